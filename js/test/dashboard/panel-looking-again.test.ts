import { describe, expect, test, vi } from "vitest";
import { NOW } from "../fixtures";
import { entry, overview } from "./fixtures";
import { button, end, host, isObserved, open, scroll, settle } from "./opened-panel";

describe("looking again", () => {
  test("here every few seconds, at the account once a minute", async () => {
    const model = open(overview([]));
    const actions: string[] = [];
    for (let second = 0; second < 63; second += 3) {
      await vi.advanceTimersByTimeAsync(3000);
      actions.push(model.sent.at(-1)?.action ?? "");
      model.answer(null);
    }
    expect(actions.filter((action) => action === "ask")).toHaveLength(1);
    expect(actions.filter((action) => action === "look").length).toBeGreaterThan(10);
  });

  test("as soon as it comes into sight, and then no more often", async () => {
    const model = open(overview([]));
    await vi.advanceTimersByTimeAsync(50);
    scroll(true);
    expect(model.sent).toMatchObject([{ action: "look" }]);
    model.answer(null);
    await settle();
    scroll(false);
    scroll(true);
    expect(model.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2950);
    expect(model.sent).toHaveLength(2);
  });

  test("not while it is scrolled out, the tab is hidden, or the cell is gone", async () => {
    const model = open(overview([]));
    scroll(false);
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    scroll(true);
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    vi.restoreAllMocks();
    host.remove();
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    document.body.append(host);
    await vi.advanceTimersByTimeAsync(3000);
    expect(model.sent).toHaveLength(1);
  });

  test("not before the last look is answered, but for once a minute", async () => {
    const model = open(overview([]));
    await vi.advanceTimersByTimeAsync(57_000);
    expect(model.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(model.sent).toHaveLength(11);
    expect(host.querySelector("[role=alert]")?.textContent).toBe("");
    model.answer(null);
    await vi.advanceTimersByTimeAsync(3000);
    expect(model.sent).toHaveLength(12);
  });

  test("without wiping out what the reader was told", async () => {
    const model = open(overview([entry("a")]));
    button("Show session a").click();
    model.answer(null, "No session a.");
    for (let second = 0; second < 63; second += 3) {
      await vi.advanceTimersByTimeAsync(3000);
      model.answer(null);
    }
    expect(host.querySelector("[role=alert]")?.textContent).toContain("No session a.");
  });

  test("not once the kernel is gone", async () => {
    const model = open(overview([entry("a")]));
    model.die();
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    expect(host.querySelector("section")?.dataset["connection"]).toBe("dead");
  });

  test("not after the view has ended", async () => {
    const model = open(overview([]));
    end();
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    expect(model.listenerCount).toBe(0);
    expect(isObserved).toBe(false);
  });
});

describe("time", () => {
  const left = (): string => host.querySelector("td[data-column=left]")?.textContent ?? "";

  test("runs on from a sight that is older than the view", () => {
    open(overview([entry("a", { remaining_s: 600 })], { now_ms: NOW - 60_000 }));
    expect(left()).toBe("9:00");
  });

  test("runs by the kernel's clock", async () => {
    const model = open(overview([entry("a", { remaining_s: 600 })]));
    model.see(overview([entry("a", { remaining_s: 500 })], { now_ms: NOW + 3_600_000 }));
    expect(left()).toBe("8:20");
    await vi.advanceTimersByTimeAsync(2100);
    expect(left()).toBe("8:18");
  });
});
