import { describe, expect, test } from "vitest";
import { fit } from "../../src/view-model/time-window";
import {
  blocksOf,
  describeLeft,
  describeTotals,
  type Story,
  tellStory,
} from "../../src/view-model/timeline";
import type { Head, Row } from "../../src/wire/wire";
import { freshHead, head, NOW, row } from "../fixtures";

const S = 1000;
const BEGIN = NOW - 100 * S;

/** A job by seconds after the beginning. */
const job = (id: string, created: number, started: number | null, finished: number | null): Row =>
  row(id, {
    status: finished === null ? (started === null ? "QUEUED" : "RUNNING") : "DONE",
    created_ms: BEGIN + created * S,
    started_ms: started === null ? null : BEGIN + started * S,
    finished_ms: finished === null ? null : BEGIN + finished * S,
  });

const held = (changes: Partial<Head> = {}): Head =>
  head({ started_ms: BEGIN, expires_ms: BEGIN + 300 * S, interactive_timeout_s: 30, ...changes });

function tell(rows: readonly Row[], changes: Partial<Head> = {}): Story {
  const story = tellStory(held(changes), rows, NOW);
  if (!story) throw new Error("no story");
  return story;
}

/** Kinds with seconds after the beginning. */
const seconds = (stretches: Story["rest"]) =>
  stretches.map(({ kind, from, to }) => [kind, (from - BEGIN) / S, (to - BEGIN) / S]);

test("before the first job there is nothing to tell", () => {
  expect(tellStory(freshHead(), [], NOW)).toBeNull();
});

describe("a session that runs jobs", () => {
  const story = tell([job("a", 0, 0, 10), job("b", 2, 10, 20), job("c", 90, 91, null)]);

  test("has stretches of work, one a job", () => {
    expect(seconds(story.work)).toEqual([
      ["running", 0, 10],
      ["running", 10, 20],
      ["running", 91, 100],
    ]);
    expect(story.work.map(({ jobId }) => jobId)).toEqual(["a", "b", "c"]);
  });

  test("has stretches in which a job waits", () => {
    expect(seconds(story.waiting)).toEqual([
      ["queued", 2, 10],
      ["queued", 90, 91],
    ]);
  });

  test("is idle between jobs as long as it is held, and released after that", () => {
    expect(seconds(story.rest)).toEqual([
      ["idle", 20, 50],
      ["released", 50, 90],
    ]);
  });

  test("adds it all up", () => {
    expect(story.totals).toEqual({ running: 29, failed: 0, queued: 9, idle: 30, released: 40 });
  });
});

test("told again, it takes what is as it was from the story before, and nothing else", () => {
  const begun = [job("a", 0, 0, 10), job("b", 2, 10, 20), job("c", 20, 20, null)];
  const before = tell(begun);
  const settled = [{ ...job("a", 0, 0, 10), are_times_estimated: true }, ...begun.slice(1)];
  const later = NOW + 5 * S;
  const after = tellStory(held(), settled, later, before);
  expect(after).toEqual(tellStory(held(), settled, later));
  const isTaken = after?.work.map((stretch) => before.work.includes(stretch));
  expect(isTaken).toEqual([false, true, false]);
});

test("jobs that ran at once count once", () => {
  expect(tell([job("a", 0, 0, 50), job("b", 0, 10, 60)]).totals.running).toBe(60);
});

test("a pause goes on until now, or until the session ended", () => {
  const rows = [job("a", 0, 0, 90)];
  expect(seconds(tell(rows).rest)).toEqual([["idle", 90, 100]]);
  const ended = { state: "closed", ended_ms: BEGIN + 95 * S } as const;
  expect(seconds(tell(rows, ended).rest)).toEqual([["idle", 90, 95]]);
});

test("a batch holds nothing, and so is never idle", () => {
  expect(tell([job("a", 0, 0, 10)], { mode: "batch" }).rest).toEqual([]);
});

test("before a job has started nothing is held", () => {
  const story = tell([job("a", 0, null, null)], { started_ms: null, expires_ms: null });
  expect([story.rest, story.work, story.totals.queued]).toEqual([[], [], 100]);
});

test("jobs that failed stand out", () => {
  const story = tell([{ ...job("a", 0, 0, 10), status: "ERROR" }, job("b", 10, 10, 20)]);
  expect(story.totals).toMatchObject({ running: 20, failed: 10 });
  expect(story.work[0]?.kind).toBe("failed");
});

test("jobs out of order are put in order", () => {
  const story = tell([job("b", 50, 50, 60), job("a", 0, 0, 10)]);
  expect(story.work.map(({ jobId }) => jobId)).toEqual(["a", "b"]);
});

describe("blocks", () => {
  test("are cut at the edges and left out beyond them", () => {
    const { work } = tell([job("a", 0, 0, 10), job("b", 40, 40, 60), job("c", 90, 90, 95)]);
    const shown = { from: BEGIN + 50 * S, to: BEGIN + 80 * S };
    expect(blocksOf(work, shown)).toMatchObject([{ left: 0, jobId: "b" }]);
    expect(blocksOf(work, shown)[0]?.width).toBeCloseTo(1 / 3);
  });

  test("say what they are", () => {
    const { work } = tell([job("a", 0, 0, 10)]);
    expect(blocksOf(work, { from: BEGIN, to: NOW })[0]?.title).toBe("Running 10 s");
  });

  test("of ten thousand jobs are no more than can be seen, and zooming shows them again", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) =>
      job(`j${i}`, i / 100, i / 100, i / 100 + 0.006),
    );
    const story = tell(rows);
    const blocks = blocksOf(story.work, fit(story));
    expect(blocks.length).toBeLessThanOrEqual(410);
    expect(blocks[0]?.title).toContain("jobs");
    const close = blocksOf(story.work, { from: BEGIN, to: BEGIN + 500 });
    expect(close.map(({ jobId }) => jobId)).toContain("j20");
  });

  test("of a few failures among many jobs hide neither", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      ...job(`j${i}`, i / 10, i / 10, i / 10 + 0.09),
      ...(i % 300 === 150 ? { status: "ERROR" as const } : {}),
    }));
    const story = tell(rows);
    const blocks = blocksOf(story.work, fit(story));
    const failed = blocks.filter(({ kind }) => kind === "failed");
    expect(failed.map(({ jobId }) => jobId)).toEqual(["j150", "j450", "j750"]);
    const shown = (kind: string): number =>
      blocks.filter((block) => block.kind === kind).reduce((sum, { width }) => sum + width, 0);
    expect(shown("running")).toBeCloseTo(1 / 3, 2);
    expect(shown("failed")).toBeLessThan(0.01);
    expect(blocks.slice(-3)).toEqual(failed);
  });
});

describe("the numbers in words", () => {
  const rows = [job("a", 0, 0, 10)];
  const texts = (changes: Partial<Head>) =>
    describeTotals(tell(rows, changes), held(changes)).map(({ text }) => text);

  test("leave out what did not occur", () => {
    expect(texts({ interactive_timeout_s: null })).toEqual(["Running 10 s", "Idle 1 m 30 s"]);
  });

  test("mark idle time that is paid, which is that of a session alone", () => {
    expect(texts({ is_paid: true })).toContain("Idle, paid 30 s");
    expect(texts({ is_paid: false })).toContain("Idle 30 s");
    expect(texts({ is_paid: true, mode: "batch" }).join()).not.toContain("paid");
  });

  test("say which are estimated, of one job and of all", () => {
    const estimated = rows.map((each) => ({ ...each, are_times_estimated: true }));
    const story = tell(estimated);
    expect(describeTotals(story, held())[0]?.text).toBe("Running about 10 s");
    const [block] = blocksOf(story.work, { from: BEGIN, to: NOW });
    expect(block?.title).toBe("Running about 10 s");
    expect(blocksOf(tell(rows).work, { from: BEGIN, to: NOW })[0]?.title).toBe("Running 10 s");
  });

  test("tell what is left while there is something", () => {
    expect(describeLeft(held(), NOW)).toBe("Left 3:20");
    expect(describeLeft(held({ state: "closed" }), NOW)).toBe("");
    expect(describeLeft(freshHead(), NOW)).toBe("");
  });
});
