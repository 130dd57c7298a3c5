import { describe, expect, test } from "vitest";
import { clock, fullTime, number } from "../../src/view-model/format";
import {
  cancelKey,
  cancelQueuedAction,
  describeJob,
  describeMissing,
  describeQueuedEnd,
} from "../../src/view-model/jobs";
import { NOW, queued, row, running, snapshot } from "../fixtures";

test("a job that is done", () => {
  const done = row("d3k9fa7c2q0042", { tags: ["h2"] });
  expect(describeJob(done, snapshot())).toEqual({
    id: "d3k9fa7c2q0042",
    shortId: "d3k9…0042",
    status: "DONE",
    sign: { word: "Done", icon: "check", tone: "good" },
    name: "bell",
    tags: ["h2"],
    primitive: "sampler",
    shots: `${number(4096)} shots`,
    submitted: {
      text: clock(NOW - 60_000, NOW),
      full: fullTime(NOW - 60_000),
      iso: "2026-03-14T13:59:00.000Z",
    },
    runTime: "9.0 s",
    cancel: null,
    error: "",
  });
});

test("a job without a name or shots", () => {
  const bare = row("a", { name: null, shots: null, primitive: "estimator" });
  expect(describeJob(bare, snapshot())).toMatchObject({ name: "–", shots: "" });
});

test("a job that failed keeps its error, on one line", () => {
  const failed = row("a", { status: "ERROR", error: " out of\n  memory" });
  expect(describeJob(failed, snapshot())).toMatchObject({ error: "out of memory", cancel: null });
});

test("a job of another day says which", () => {
  const { submitted } = describeJob(row("a", { created_ms: NOW - 86_400_000 }), snapshot());
  expect(submitted.text).toContain(",");
  expect(submitted.iso).toBe("2026-03-13T14:00:00.000Z");
});

test.each([
  ["a job that waits", queued("a"), "–"],
  ["a job that runs, counting up", running("a"), "15 s"],
  ["a job that was measured", row("a"), "9.0 s"],
  ["a job that was looked at now and then", row("a", { are_times_estimated: true }), "≈ 9.0 s"],
  ["a job that was not: the time between its ends", row("a", { run_s: null }), "10.0 s"],
  ["a job that never ran", row("a", { run_s: null, started_ms: null }), "–"],
  ["a job whose end is unknown", row("a", { run_s: null, finished_ms: null }), "–"],
] as const)("the run time of %s", (_what, job, text) => {
  expect(describeJob(job, snapshot({}, { nowMs: NOW + 3000 })).runTime).toBe(text);
});

test("a job that waits or runs can be cancelled", () => {
  for (const job of [queued("a"), running("a")]) {
    expect(describeJob(job, snapshot()).cancel).toEqual({ reason: null, isPending: false });
  }
});

test("a running job that cannot be stopped says so; a waiting one can still be cancelled", () => {
  const local = snapshot({ can_cancel_running: false });
  const reason = "A running local job cannot be stopped";
  expect(describeJob(running("a"), local).cancel?.reason).toBe(reason);
  expect(describeJob(queued("a"), local).cancel?.reason).toBeNull();
});

test("a job is being cancelled by a request of its own", () => {
  const pending = snapshot({}, { isPending: (key) => key === cancelKey("a") });
  expect(describeJob(queued("a"), pending).cancel?.isPending).toBe(true);
  expect(describeJob(queued("b"), pending).cancel?.isPending).toBe(false);
});

describe("cancelling all queued jobs", () => {
  const counts = (QUEUED: number, RUNNING = 0) => ({
    counts: { QUEUED, RUNNING, DONE: 0, CANCELLED: 0, ERROR: 0 },
  });

  test("is offered when there are several", () => {
    expect(cancelQueuedAction(snapshot(counts(1)))).toBeNull();
    expect(cancelQueuedAction(snapshot(counts(2)))).toEqual({ reason: null, isPending: false });
    expect(cancelQueuedAction(snapshot(null))).toBeNull();
  });

  test("waits for the kernel, and needs one", () => {
    const pending = snapshot(counts(2), { isPending: (key) => key === "cancel_queued" });
    expect(cancelQueuedAction(pending)?.isPending).toBe(true);
    const dead = snapshot(counts(2), { connection: "dead" });
    expect(cancelQueuedAction(dead)?.reason).toBe("No connection to the kernel");
  });

  test("is described by what goes and what stays", () => {
    expect(describeQueuedEnd(snapshot(counts(1)))).toBe(
      "1 queued job will be cancelled. The session takes new jobs as before.",
    );
    expect(describeQueuedEnd(snapshot(counts(2500, 1)))).toContain(
      `${number(2500)} queued jobs will be cancelled. 1 running job will finish.`,
    );
  });
});

describe("what is not in the table", () => {
  const numbers = { shown: 10, known: 500, total: 500, isFiltered: false };

  test("needs no words if all is there", () => {
    expect(describeMissing(snapshot(), numbers)).toBe("");
  });

  test("is what a filter leaves out", () => {
    const words = describeMissing(snapshot(), { ...numbers, isFiltered: true });
    expect(words).toBe("10 of 500 jobs");
  });

  test("is on its way, or was not saved", () => {
    const some = { ...numbers, total: 9000 };
    expect(describeMissing(snapshot(), some)).toBe(
      `Loading older jobs: 500 of ${number(9000)} are here`,
    );
    const saved = snapshot({}, { connection: "dead" });
    expect(describeMissing(saved, { ...some, isFiltered: true })).toBe(
      `10 of ${number(9000)} jobs · Only the newest 500 of ${number(9000)} jobs were saved`,
    );
  });
});
