import { describe, expect, test } from "vitest";
import { clock, number, shortClock } from "../src/format";
import { describeEnding, describeSession, type Snapshot } from "../src/view-model";
import { describeJob } from "../src/view-model-jobs";
import { type Choice, readShots } from "../src/view-model-run";
import { type Head, STATES, STATUSES } from "../src/wire";
import { freshHead, head, NOW, queued, row, running } from "./fixtures";

function snapshot(changes: Partial<Head> | null = {}, others: Partial<Snapshot> = {}): Snapshot {
  return {
    head: changes && head(changes),
    connection: "live",
    problem: null,
    isPending: () => false,
    nowMs: NOW,
    ...others,
  };
}

const fresh = (changes: Partial<Head> = {}): Snapshot => ({
  ...snapshot(),
  head: freshHead(changes),
});
const describeWith = (changes: Partial<Head> | null = {}, others: Partial<Snapshot> = {}) =>
  describeSession(snapshot(changes, others));

describe("who and how", () => {
  test("every state has a word, an icon and a tone of its own", () => {
    const signs = STATES.map((state) => describeWith({ state, label: state }).sign);
    expect(new Set(signs.map(({ icon }) => icon)).size).toBe(STATES.length);
    expect(signs.map(({ word }) => word)).toEqual([...STATES]);
  });

  test("every job status has an icon of its own", () => {
    const icons = STATUSES.map((status) => describeJob(row("a", { status }), snapshot()).sign.icon);
    expect(new Set(icons).size).toBe(STATUSES.length);
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
    expect(describeSession(fresh()).sessionId).toBeNull();
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

  test("there is nothing to run, until something ran", () => {
    const reason = "Nothing to run yet: run a circuit in this session or add a program";
    expect(describeSession(fresh()).run.action.reason).toBe(reason);
    const last_work = { name: null, primitive: "sampler", shots: null };
    expect(describeSession(fresh({ last_work })).run.action.reason).toBeNull();
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

describe("time remaining", () => {
  test("counts down to the end, with what is left as a fraction", () => {
    const { remaining } = describeWith({}, { nowMs: NOW + 1000 }).meters;
    expect(remaining.value).toBe("1:29:59");
    expect(remaining.fraction).toBeCloseTo(5399 / 7200, 6);
    expect(remaining.caption).toBe(`ends ${shortClock(NOW + 5_400_000, NOW)} · of 2 h`);
    expect(remaining.isLow).toBe(false);
  });

  test("is low near the end and never negative", () => {
    expect(describeWith({}, { nowMs: NOW + 5_000_000 }).meters.remaining.isLow).toBe(true);
    const { remaining } = describeWith({}, { nowMs: NOW + 9_999_999 }).meters;
    expect([remaining.value, remaining.fraction]).toEqual(["0:00", 0]);
  });

  test("shows the limit, standing still, until the first job starts", () => {
    expect(describeSession(fresh()).meters.remaining).toEqual({
      value: "2:00:00",
      caption: "starts with the first job",
      fraction: null,
      isLow: false,
    });
  });

  test("shows nothing after the end", () => {
    const { remaining, idle } = describeWith({ state: "closed" }).meters;
    expect([remaining.value, idle.value]).toEqual(["–", "–"]);
  });
});

describe("idle time remaining", () => {
  test("counts down while no job waits or runs", () => {
    const idle = { idle_since_ms: NOW - 15_000, idle_until_ms: NOW + 45_000 };
    const view = describeWith(idle).meters.idle;
    expect(view).toMatchObject({ value: "0:45", fraction: 0.75, isLow: false });
    expect(view.caption).toBe(`idle · released ${clock(NOW + 45_000, NOW)}`);
  });

  test("says the limit when not idle", () => {
    expect(describeWith().meters.idle).toMatchObject({
      value: "–",
      caption: "not idle · limit 1 m",
    });
    expect(describeSession(fresh()).meters.idle.caption).toBe("limit 1 m");
  });
});

describe("usage and jobs", () => {
  test("usage counts up from the moment the head was sent, while it runs", () => {
    expect(describeWith({}, { nowMs: NOW + 65_000 }).meters.usage.value).toBe("31 m 05 s");
    const stopped = describeWith({ usage_runs: false }, { nowMs: NOW + 65_000 });
    expect(stopped.meters.usage).toEqual({
      value: "30 m 00 s",
      caption: "QPU 7 m 30 s · 25 %",
      fraction: 0.25,
    });
  });

  test("jobs are counted by status, without the zeros", () => {
    const counts = { QUEUED: 2, RUNNING: 1, DONE: 38, CANCELLED: 0, ERROR: 3 };
    expect(describeWith({ counts }).meters.jobs).toMatchObject({
      value: "44",
      caption: "38 done · 1 running · 2 queued · 3 failed",
    });
    expect(describeSession(fresh()).meters.jobs).toEqual({
      value: "0",
      caption: "none yet",
      shares: [],
    });
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

  test("clicks that wait are hinted at only while they can", () => {
    const hint = "Clicks wait for the running cell to end";
    expect(describeWith({ clicks_wait: true }).hint).toBe(hint);
    expect(describeWith({ clicks_wait: true, state: "closed" }).hint).toBe("");
    expect(describeWith({ clicks_wait: true }, { connection: "dead" }).hint).toBe("");
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

describe("work to run", () => {
  const choices = (changes: Partial<Head>): readonly Choice[] => describeWith(changes).run.choices;

  test("is the last work again, then the programs", () => {
    const last_work = { name: "bell", primitive: "sampler", shots: 512 };
    expect(choices({ last_work }).map(({ label, program }) => [label, program])).toEqual([
      ["bell · sampler (again)", null],
      ["bell · sampler", "bell"],
      ["ansatz · estimator", "ansatz"],
    ]);
  });

  test("takes shots, or tells an estimator's precision", () => {
    expect(choices({}).map(({ field }) => field)).toEqual([
      { kind: "shots", placeholder: "4096" },
      { kind: "fixed", text: "precision 0.02" },
    ]);
  });

  test.each([
    ["", { kind: "valid", shots: null }],
    [" 100 ", { kind: "valid", shots: 100 }],
  ])("shots %j are read", (text, read) => expect(readShots(text)).toEqual(read));

  test.each(["0", "-1", "1.5", "1e3", "abc", "9".repeat(20)])("shots %j are refused", (text) => {
    expect(readShots(text).kind).toBe("invalid");
  });
});

describe("a job", () => {
  test("that is done", () => {
    expect(describeJob(row("d3k9fa7c2q0042"), snapshot())).toMatchObject({
      shortId: "d3k9…0042",
      sign: { word: "Done" },
      name: "bell",
      shots: `${number(4096)} shots`,
      runTime: "9.0 s",
      cancel: null,
    });
  });

  test("that runs counts up", () => {
    expect(describeJob(running("a"), snapshot({}, { nowMs: NOW + 3000 })).runTime).toBe("15 s");
  });

  test("that waits has no run time and can be cancelled", () => {
    expect(describeJob(queued("a"), snapshot())).toMatchObject({
      runTime: "–",
      cancel: { reason: null },
    });
  });

  test("that runs where running jobs cannot be stopped says so", () => {
    const stuck = snapshot({ can_cancel_running: false });
    expect(describeJob(running("a"), stuck).cancel?.reason).toBe(
      "A running local job cannot be stopped",
    );
    expect(describeJob(queued("a"), stuck).cancel?.reason).toBeNull();
  });

  test("without a measured time shows the time between its ends", () => {
    expect(describeJob(row("a", { run_s: null }), snapshot()).runTime).toBe("10.0 s");
  });

  test("of another day says which", () => {
    const { submitted } = describeJob(row("a", { created_ms: NOW - 86_400_000 }), snapshot());
    expect(submitted.text).toContain(",");
    expect(submitted.iso).toBe("2026-03-13T14:00:00.000Z");
  });
});
