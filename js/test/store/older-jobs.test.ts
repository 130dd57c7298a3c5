import { expect, test, vi } from "vitest";
import type { SessionStore } from "../../src/store/session-store";
import { NEWEST_ROWS, type Row } from "../../src/wire/wire";
import { FakeModel, head, NOW, queued, row, settle } from "../fixtures";
import { changes, jobs, open } from "./opened-store";

const numbered = (first: number, end: number, make: (id: string) => Row = row): Row[] =>
  Array.from({ length: end - first }, (_, index) => make(`job-${first + index}`));
const counts = (DONE: number) => ({ QUEUED: 0, RUNNING: 0, DONE, CANCELLED: 0, ERROR: 0 });
const many = (count: number, traits: object = {}): FakeModel =>
  new FakeModel({
    head: head({ counts: counts(count) }),
    rows: numbered(count - NEWEST_ROWS, count),
    ...traits,
  });
const ids = (store: SessionStore): string[] => store.rows.map((row) => row.job_id);
const asked = (model: FakeModel): unknown[] => model.requests("older").map(({ before }) => before);

/** Answers the last request for older jobs as the kernel does. */
async function answerOlder(model: FakeModel, first: number, make?: (id: string) => Row) {
  const request = model.requests("older").at(-1);
  const before = String(request?.["before"]);
  const end = Number(before.slice("job-".length));
  model.older(before, numbered(first, end, make), first === 0);
  model.reply(request?.id ?? "");
  await settle();
}

test("the older ones are fetched, page by page, down to the oldest", async () => {
  const model = many(2000);
  const store = await open(model);
  expect([store.rows.length, store.jobCount, asked(model)]).toEqual([500, 2000, []]);
  store.fetchAll();
  await answerOlder(model, 700);
  await answerOlder(model, 0);
  expect(asked(model)).toEqual(["job-1500", "job-700"]);
  expect(ids(store)).toEqual(numbered(0, 2000).map((row) => row.job_id));
  expect(changes.map(({ isReset, jobs }) => [isReset, jobs.length])).toContainEqual([true, 0]);
});

test("nothing is asked for if all are there, or nobody looks", async () => {
  const few = new FakeModel({ rows: [row("a")], head: head({ counts: counts(1) }) });
  (await open(few)).fetchAll();
  expect(asked(few)).toEqual([]);
});

test("what another page asked for is taken only where it fits", async () => {
  const model = many(2000);
  const store = await open(model);
  model.older("job-900", numbered(700, 900), false);
  expect(store.rows).toHaveLength(500);
  model.older("job-1500", numbered(1300, 1500), false);
  expect(ids(store)[0]).toBe("job-1300");
});

test("an answer without progress is the last one that is asked for", async () => {
  const model = many(2000);
  (await open(model)).fetchAll();
  model.reply(model.requests("older")[0]?.id ?? "");
  await settle();
  expect(asked(model)).toHaveLength(1);
});

test("a busy kernel that answers late is asked on", async () => {
  const model = many(2000);
  const store = await open(model);
  store.fetchAll();
  await vi.advanceTimersByTimeAsync(10_000);
  await answerOlder(model, 700);
  expect(asked(model)).toEqual(["job-1500", "job-700"]);
});

test("a change of an old one costs no other", async () => {
  const model = many(2000);
  const store = await open(model);
  store.fetchAll();
  await answerOlder(model, 0);
  changes.length = 0;
  model.change(2, { now_ms: NOW }, [row("job-3", { status: "ERROR" })]);
  expect(store.job("job-3")?.status).toBe("ERROR");
  expect(changes.map(({ isReset }) => isReset)).toEqual([false]);
  expect(jobs()).toEqual(["job-3 DONE ERROR"]);
});

test("the model holds the newest, for a second view and a saved notebook", async () => {
  const model = many(2000);
  const held = model.get("rows");
  const store = await open(model);
  store.fetchAll();
  await answerOlder(model, 0);
  model.change(2, { now_ms: NOW }, [queued("job-2000"), row("job-1999", { name: "x" })]);
  expect(model.get("rows")).toBe(held);
  expect(model.savedRows).toHaveLength(NEWEST_ROWS);
  expect(model.savedRows.at(-1)).toEqual(queued("job-2000"));
  expect(model.savedRows.at(-2)?.name).toBe("x");
  expect(model.savedRows[0]?.job_id).toBe("job-1501");
});

test("after a gap the older ones are fetched anew, and shown as they were until then", async () => {
  const model = many(2000);
  const store = await open(model);
  store.fetchAll();
  await answerOlder(model, 0);
  model.change(4, { now_ms: NOW });
  model.update({ seq: 4, rows: numbered(1500, 2000) });
  await settle();
  expect(store.rows).toHaveLength(2000);
  await answerOlder(model, 0, (id) => row(id, { status: "ERROR" }));
  expect(asked(model)).toEqual(["job-1500", "job-1500"]);
  expect(store.job("job-3")?.status).toBe("ERROR");
  expect(ids(store)).toEqual(numbered(0, 2000).map((row) => row.job_id));
});

test("the answer to another page's resync brings nothing new, and is asked nothing more", async () => {
  const model = many(2000);
  const store = await open(model);
  store.fetchAll();
  await answerOlder(model, 0);
  model.update({ head: head({ counts: counts(2000), now_ms: NOW + 5 }) });
  await settle();
  expect(asked(model)).toHaveLength(1);
  expect(store.rows).toHaveLength(2000);
});

test("a saved notebook has the newest alone", async () => {
  const model = many(2000);
  const store = await open(model);
  store.freezeAsSaved();
  store.fetchAll();
  expect([store.rows.length, store.jobCount, asked(model)]).toEqual([500, 2000, []]);
});

test("a burst of thousands is taken in whole", async () => {
  const model = many(2000);
  const store = await open(model);
  for (let part = 0; part < 5; part += 1) {
    model.change(2 + part, { now_ms: NOW }, numbered(2000 + part * 1000, 3000 + part * 1000));
  }
  expect(store.rows).toHaveLength(5500);
  expect(model.requests("resync")).toHaveLength(1);
});
