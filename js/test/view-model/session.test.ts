import { describe, expect, test } from "vitest";
import { clock, shortClock } from "../../src/view-model/format";
import { describeEnding, describeSession } from "../../src/view-model/session";
import type { Snapshot } from "../../src/view-model/snapshot";
import type { Head } from "../../src/wire/wire";
import { freshHead, head, NOW, snapshot } from "../fixtures";

const describeWith = (changes: Partial<Head> | null = {}, others: Partial<Snapshot> = {}) =>
  describeSession(snapshot(changes, others));

describe("who and how", () => {
  test("the word is the kernel's, the drawing and the colour are the state's", () => {
    expect(describeWith({ state: "closing", label: "Draining" }).sign).toEqual({
      word: "Draining",
      icon: "drain",
      tone: "active",
    });
  });

  test.each([
    [{}, "Session vqe-h2", "vqe-h2", "on ibm_torino · session"],
    [{ name: null }, "Session 7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4", "ibm_torino", "session"],
    [{ name: null, session_id: null, mode: "batch" }, "Session ibm_torino", "ibm_torino", "batch"],
  ])("%j is %s", (changes, region, title, subtitle) => {
    expect(describeWith(changes)).toMatchObject({ regionLabel: region, title, subtitle });
  });

  test("the id is shortened, and kept in full", () => {
    expect(describeWith().sessionId).toEqual({
      short: "7b2ed505…61f4",
      full: "7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4",
    });
    expect(describeWith({ session_id: null }).sessionId).toBeNull();
  });

  test("before the kernel has spoken everything waits for it", () => {
    const view = describeWith(null);
    expect(view.connection).toBe("waiting");
    expect(view.sign.word).toBe("Waiting for the kernel…");
    for (const { reason } of [view.cancel, view.close, view.run.action]) {
      expect(reason).toBe("Waiting for the kernel…");
    }
  });
});

describe("why a button cannot act", () => {
  const reasons = (changes: Partial<Head> | null, others: Partial<Snapshot> = {}) => {
    const { cancel, close, run } = describeWith(changes, others);
    return [cancel.reason, close.reason, run.action.reason];
  };

  test("it can", () => {
    expect(reasons({})).toEqual([null, null, null]);
  });

  test.each(["closed", "cancelled", "expired"] as const)("the session is %s", (state) => {
    const reason = `The session is ${state}`;
    expect(reasons({ state })).toEqual([reason, reason, reason]);
  });

  test("a closing session can be cancelled, but takes no work", () => {
    expect(reasons({ state: "closing" })).toEqual([
      null,
      "The session is already closing",
      "The session is closing: it takes no new jobs",
    ]);
  });

  test("the kernel is gone, which beats every other reason", () => {
    const reason = "No connection to the kernel";
    expect(reasons({ state: "closed" }, { connection: "dead" })).toEqual([reason, reason, reason]);
  });

  test("its request is under way; the others can act", () => {
    const view = describeWith({}, { isPending: (key) => key === "cancel_session" });
    expect(view.cancel).toEqual({ reason: "Waiting for the kernel…", isPending: true });
    expect(view.close).toEqual({ reason: null, isPending: false });
  });
});

describe("what counts by itself", () => {
  test.each([
    [{}, true],
    [{ expires_ms: null, usage_runs: false }, true],
    [{ expires_ms: null, usage_runs: false, counts: freshHead().counts }, false],
    [{ state: "closed" }, false],
  ] as const)("%j: %s", (changes, isCounting) => {
    expect(describeWith(changes).isCounting).toBe(isCounting);
  });

  test("nothing without a kernel", () => {
    expect(describeWith({}, { connection: "dead" }).isCounting).toBe(false);
  });
});

describe("notices", () => {
  const texts = (changes: Partial<Head>, others: Partial<Snapshot> = {}) =>
    describeWith(changes, others).notices.map(({ text }) => text);

  test("say when and why the session ended", () => {
    const ended = { state: "cancelled", ended_ms: NOW, ended_reason: "cancelled here" } as const;
    expect(texts(ended)).toEqual([`Cancelled at ${clock(NOW, NOW)}: cancelled here`]);
    expect(texts({ state: "expired" })).toEqual(["Expired"]);
  });

  test("say since when nothing is new", () => {
    expect(texts({ stale_since_ms: NOW })).toEqual([`Not updated since ${shortClock(NOW, NOW)}.`]);
  });

  test("say that the kernel is gone, and what cannot be read", () => {
    expect(texts({}, { connection: "dead", problem: "fields state" })).toEqual([
      "The kernel is gone: this is the last known state.",
      "This page cannot read what the kernel sent (fields state). Reload the page.",
    ]);
  });

  test("where news come only with cells, it says how new it is", () => {
    const told = describeWith({}, { clicksWait: true, updatesWait: true });
    expect(told.hint).toMatch(
      /^As of .*2:00:00.*\. This notebook is told of news when a cell ends\.$/,
    );
    expect(describeWith({ state: "closed" }, { updatesWait: true }).hint).toBe("");
  });

  test("clicks that wait are hinted at only while they can", () => {
    const hint = "Clicks wait for the running cell to end";
    expect(describeWith({}, { clicksWait: true }).hint).toBe(hint);
    expect(describeWith({ state: "closed" }, { clicksWait: true }).hint).toBe("");
    expect(describeWith({}, { clicksWait: true, connection: "dead" }).hint).toBe("");
  });
});

describe("what an ending does", () => {
  const counts = (QUEUED: number, RUNNING: number) =>
    head({ counts: { QUEUED, RUNNING, DONE: 0, CANCELLED: 0, ERROR: 0 } });

  test.each([
    [
      "cancel_session",
      2,
      1,
      "2 queued jobs will be cancelled. 1 running job will finish. No new jobs are accepted.",
    ],
    ["cancel_session", 0, 0, "No job is queued. No new jobs are accepted."],
    [
      "close_session",
      1,
      1,
      "1 running job and 1 queued job will finish. No new jobs are accepted.",
    ],
    ["close_session", 0, 0, "No job is queued or running. No new jobs are accepted."],
  ] as const)("%s with %d queued and %d running", (ending, queuedJobs, runningJobs, text) => {
    expect(describeEnding(ending, counts(queuedJobs, runningJobs))).toBe(text);
  });
});
