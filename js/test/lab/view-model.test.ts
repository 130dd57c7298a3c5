import { describe, expect, test } from "vitest";
import { describeStatus, placeOf } from "../../src/lab/view-model";
import type { ServedEntry } from "../../src/lab/wire";
import { NOW } from "../fixtures";
import { served, servedEntry } from "./served";

const MINUTE = 60_000;

describe("the status bar", () => {
  const words = (...entries: ServedEntry[]): string | undefined =>
    describeStatus(served(entries), NOW)?.text;

  test("says nothing without paid sessions that are open", () => {
    expect(describeStatus(null, NOW)).toBeNull();
    expect(words()).toBeUndefined();
    expect(words(servedEntry("a", { is_paid: false }))).toBeUndefined();
    expect(words(servedEntry("a", { is_open: false }))).toBeUndefined();
  });

  test("counts them", () => {
    expect(words(servedEntry("a"))).toBe("1 paid session open");
    expect(words(servedEntry("a"), servedEntry("b"))).toBe("2 paid sessions open");
  });

  test.each([
    [9000, "9 s"],
    [4 * MINUTE, "4 m"],
    [125 * MINUTE, "2 h 05 m"],
  ])("tells for how long one idles: %i ms", (idleMs, told) => {
    const idle = servedEntry("a", { idle_since_ms: NOW - idleMs });
    expect(words(idle)).toBe(`1 paid session open, ${told} idle`);
  });

  test("tells the longest of several", () => {
    const idle = [1, 4].map((m) => servedEntry(`${m}`, { idle_since_ms: NOW - m * MINUTE }));
    expect(words(...idle, servedEntry("busy"))).toBe("3 paid sessions open, 4 m idle");
  });

  test("warns of idle time alone", () => {
    const idle = servedEntry("a", { idle_since_ms: NOW });
    expect(describeStatus(served([idle]), NOW)?.isWarning).toBe(true);
    expect(describeStatus(served([servedEntry("a")]), NOW)?.isWarning).toBe(false);
  });

  test("names kernels that are gone to whoever asks", () => {
    const gone = servedEntry("a", { kernel_state: "gone" });
    expect(describeStatus(served([gone, servedEntry("b")]), NOW)?.title).toBe(
      "2 paid sessions open. 1 of a kernel that is gone. Show them.",
    );
  });
});

describe("the tab", () => {
  const place = (found: ServedEntry) => placeOf(() => found);
  const whyNotEnd = (found: ServedEntry) => place(found).whyNotEnd(found);

  test("opens notebooks that are in the server's folder", () => {
    expect(place(servedEntry("a")).whyNotOpen(servedEntry("a"))).toBeNull();
    const outside = servedEntry("a", { notebook: null });
    expect(place(outside).whyNotOpen(outside)).toMatch("not in this server's folder");
  });

  test("ends what is open, and says why not else", () => {
    expect(whyNotEnd(servedEntry("a"))).toBeNull();
    const local = { is_paid: false, is_open: false, pid: 7, kernel_id: null };
    expect(whyNotEnd(servedEntry("a", local))).toMatch("process 7, which is no kernel of this");
    const lost = servedEntry("a", { ...local, pid: null, state: "lost" });
    expect(whyNotEnd(lost)).toMatch("it ended with it");
    const closed = servedEntry("a", { is_open: false, label: "Closed" });
    expect(whyNotEnd(closed)).toBe("It is closed.");
  });

  test("marks what idles and is paid for", () => {
    const idle = servedEntry("a", { idle_since_ms: NOW - 4 * MINUTE });
    expect(place(idle).sign(idle, NOW)).toMatchObject({ word: "Idle 4 m", tone: "warn" });
    for (const changes of [{ is_paid: false }, { is_open: false }, { idle_since_ms: null }]) {
      const other = { ...idle, ...changes };
      expect(place(other).sign(other, NOW)).toBeNull();
    }
  });
});
