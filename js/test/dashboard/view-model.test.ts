import { describe, expect, test } from "vitest";
import { describeClosingAll, describeDashboard } from "../../src/dashboard/view-model";
import type { Entry } from "../../src/dashboard/wire";
import { NOW } from "../fixtures";
import { entry, overview } from "./fixtures";

const AT_ONCE = { updatesWait: false, clicksWait: false };

function viewOf(changes: Partial<Entry>, { isLive = true, nowMs = NOW } = {}) {
  const [first] = describeDashboard(
    overview([entry("a", changes)]),
    isLive ? "live" : "dead",
    nowMs,
    AT_ONCE,
  ).entries;
  if (!first) throw new Error("The entry is not shown.");
  return first;
}

describe("a session in the list", () => {
  test("goes by its name, else by its id", () => {
    expect(viewOf({ name: "vqe" }).who).toBe("vqe");
    expect(viewOf({ name: null, session_id: "abc" }).who).toBe("abc");
    expect(viewOf({ name: "vqe", session_id: "abc" })).toMatchObject({ title: "vqe", id: "abc" });
    expect(viewOf({ name: null, session_id: "abc" })).toMatchObject({ title: "abc", id: "" });
    expect(viewOf({ name: "vqe", session_id: null }).id).toBe("not opened");
  });

  test("counts down from what was left when it was seen", () => {
    expect(viewOf({ remaining_s: 600 }, { nowMs: NOW + 30_000 }).left).toBe("9:30");
    expect(viewOf({ remaining_s: 10 }, { nowMs: NOW + 30_000 }).left).toBe("0:00");
  });

  test("stands still when the kernel is gone", () => {
    expect(viewOf({ remaining_s: 600 }, { isLive: false, nowMs: NOW + 30_000 }).left).toBe("10:00");
  });

  test("stands out when little time is left", () => {
    expect(viewOf({ remaining_s: 300 }).isShort).toBe(false);
    expect(viewOf({ remaining_s: 299 }).isShort).toBe(true);
    expect(viewOf({ remaining_s: null }).isShort).toBe(false);
  });

  test("shows a dash for what is not known", () => {
    const view = viewOf({ remaining_s: null, usage_s: null, jobs: null, opened_ms: null });
    expect([view.left, view.usage, view.jobs, view.opened]).toEqual(["–", "–", "–", "–"]);
  });

  test("is told apart by a sign, a lost one too", () => {
    expect(viewOf({ state: "active", label: "In progress" }).sign.icon).toBe("dot");
    expect(viewOf({ state: "lost", label: "Lost" }).sign).toMatchObject({
      word: "Lost",
      icon: "unplugged",
    });
    expect(viewOf({ state: "strange", label: "Strange" }).sign.word).toBe("Strange");
  });

  test("says why it cannot be ended", () => {
    expect(viewOf({}).whyNotEnd).toBeNull();
    expect(viewOf({ is_open: false, label: "Closed" }).whyNotEnd).toBe("It is closed.");
    expect(viewOf({ state: "lost", is_open: false }).whyNotEnd).toMatch("process is gone");
    expect(viewOf({ is_open: false, pid: 7 }).whyNotEnd).toMatch("open in process 7");
    expect(viewOf({ pid: 7 }).whyNotOpen).toMatch("open in process 7");
    expect(viewOf({}, { isLive: false }).whyNotEnd).toMatch("kernel is gone");
  });
});

describe("the list", () => {
  test("says how new it is where news come only with cells", () => {
    const view = describeDashboard(overview([entry("a")]), "live", NOW, {
      updatesWait: true,
      clicksWait: true,
    });
    expect(view.hint).toMatch(/^As of .*\. This notebook is told of news when a cell ends\.$/);
  });

  test("counts its sessions, and those that are open", () => {
    const shown = overview([entry("a"), entry("b", { is_open: false })]);
    const view = describeDashboard(shown, "live", NOW, AT_ONCE);
    expect(view.title).toBe("2 sessions");
    expect(view.subtitle).toBe("1 open");
    expect(describeDashboard(overview([entry("a")]), "live", NOW, AT_ONCE).subtitle).toBe("");
    expect(view.openCount).toBe(1);
  });

  test("sums up what its sessions cost, each currency by itself", () => {
    const costing = (key: string, cost: number, currency: string): Entry =>
      entry(key, { cost, currency });
    const total = (...entries: Entry[]): string =>
      describeDashboard(overview(entries), "live", NOW, AT_ONCE).subtitle;
    const usd = [costing("a", 1.5, "USD"), costing("b", 2, "USD"), entry("c")];
    expect(total(...usd)).toBe("about $3.50 in all");
    expect(total(...usd, costing("d", 1, "EUR"))).toBe("about $3.50 + €1.00 in all");
    expect(total(entry("c"))).toBe("");
    expect(viewOf({ cost: 1.5, currency: "USD" }).usage).toBe("1 m 01 s · ≈ $1.50");
  });

  test("says that it is empty, or that it cannot be read", () => {
    expect(describeDashboard(overview([]), "live", NOW, AT_ONCE).emptyText).toMatch(
      "No open sessions",
    );
    expect(describeDashboard(null, "live", NOW, AT_ONCE).emptyText).toMatch("cannot be read");
  });

  test("says when the account was asked, that clicks wait, or that the kernel is gone", () => {
    const asked = overview([], { asked_ms: NOW });
    expect(describeDashboard(asked, "live", NOW, AT_ONCE).hint).toMatch("Account asked at");
    const waiting = { ...AT_ONCE, clicksWait: true };
    expect(describeDashboard(overview([]), "live", NOW, waiting).hint).toMatch("wait");
    expect(describeDashboard(asked, "dead", NOW, AT_ONCE).hint).toMatch("kernel is gone");
  });

  test("counts only while a time is on show and the kernel is there", () => {
    const shown = overview([entry("a")]);
    expect(describeDashboard(shown, "live", NOW, AT_ONCE).isCounting).toBe(true);
    expect(describeDashboard(shown, "dead", NOW, AT_ONCE).isCounting).toBe(false);
    const without = overview([entry("a", { remaining_s: null })]);
    expect(describeDashboard(without, "live", NOW, AT_ONCE).isCounting).toBe(false);
  });
});

test("closing all says how many it means", () => {
  expect(describeClosingAll(1)).toMatch(/^One open session takes/);
  expect(describeClosingAll(12)).toMatch(/^12 open sessions take/);
});
