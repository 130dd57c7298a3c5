import { expect, test } from "vitest";
import { clock, fullTime, number } from "../src/format";
import { cancelKey, describeJob } from "../src/view-model-jobs";
import { NOW, queued, row, running, snapshot } from "./fixtures";

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
    error: null,
  });
});

test("a job without a name or shots", () => {
  const bare = row("a", { name: null, shots: null, primitive: "estimator" });
  expect(describeJob(bare, snapshot())).toMatchObject({ name: "–", shots: "" });
});

test("a job that failed keeps its error", () => {
  const failed = row("a", { status: "ERROR", error: "out of memory" });
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
