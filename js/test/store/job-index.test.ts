import { describe, expect, test } from "vitest";
import { JobIndex, NEWEST_FIRST, type SortKey } from "../../src/store/job-index";
import { JobList } from "../../src/store/job-list";
import type { Row } from "../../src/wire/wire";
import { NOW, queued, row, running } from "../fixtures";

function setUp(...rows: readonly Row[]): { list: JobList; index: JobIndex } {
  const list = new JobList();
  list.putNewest(rows, { areAll: true });
  return { list, index: new JobIndex(list) };
}

function change(
  { list, index }: { list: JobList; index: JobIndex },
  ...rows: readonly Row[]
): void {
  for (const row of rows) list.put(row);
  index.apply(rows);
}

const ids = (index: JobIndex): string[] =>
  Array.from({ length: index.length }, (_, place) => index.at(place)?.job_id ?? "?");

const at = (id: string, minute: number, changes: Partial<Row> = {}): Row =>
  row(id, { created_ms: NOW + minute * 60_000, ...changes });

test("the newest job is first; of the same moment, the one that came later", () => {
  const { index } = setUp(at("b", 1), at("c", 2), at("d", 2), at("a", 0));
  expect(ids(index)).toEqual(["d", "c", "b", "a"]);
});

test("jobs that change stay in place, and new ones come where they belong", () => {
  const jobs = setUp(at("a", 0), at("b", 1), at("c", 2));
  change(jobs, at("b", 1, { status: "ERROR" }), at("d", 3), at("late", 0.5));
  expect(ids(jobs.index)).toEqual(["d", "c", "b", "late", "a"]);
  expect(jobs.index.at(2)?.status).toBe("ERROR");
});

test("a job's place is found; one that is not shown has none", () => {
  const { index } = setUp(at("a", 0), at("b", 1));
  expect([index.indexOf("a"), index.indexOf("b"), index.indexOf("x")]).toEqual([1, 0, -1]);
  expect(index.at(2)).toBeNull();
  index.setStatuses(new Set(["QUEUED"]));
  expect(index.indexOf("a")).toBe(-1);
});

describe("sorting", () => {
  const jobs = [
    row("job-10", { name: "bell 10", primitive: "sampler", run_s: 2 }),
    row("job-9", { name: "bell 9", primitive: "estimator", run_s: 30 }),
    { ...running("job-2"), name: "ansatz" },
    { ...queued("job-1"), name: null },
    row("job-3", { status: "ERROR", name: "Bell 1", run_s: null }),
  ];
  const sorted = (by: SortKey, isDescending: boolean): string[] => {
    const { index } = setUp(...jobs);
    index.setOrder({ by, isDescending });
    return ids(index);
  };

  test("names and ids go by the numbers in them, and names without regard to capitals", () => {
    expect(sorted("id", false)).toEqual(["job-1", "job-2", "job-3", "job-9", "job-10"]);
    expect(sorted("name", false)).toEqual(["job-2", "job-3", "job-9", "job-10", "job-1"]);
  });

  test("what has no value is last in either direction", () => {
    expect(sorted("name", true).at(-1)).toBe("job-1");
    expect(sorted("run", true).at(-1)).toBe("job-1");
    expect(sorted("run", false).at(-1)).toBe("job-1");
  });

  test("a running job counts as the longest; an unmeasured one by its ends", () => {
    expect(sorted("run", true)).toEqual(["job-2", "job-9", "job-3", "job-10", "job-1"]);
  });

  test("what needs attention is first by status", () => {
    expect(sorted("status", false).slice(0, 3)).toEqual(["job-2", "job-1", "job-3"]);
  });

  test("the oldest first is the newest first turned round", () => {
    expect(sorted("created", false)).toEqual(sorted("created", true).reverse());
  });

  test("follows jobs as they change", () => {
    const started = setUp(...jobs);
    started.index.setOrder({ by: "status", isDescending: false });
    change(started, running("job-1"), row("job-2"));
    expect(ids(started.index)[0]).toBe("job-1");
    expect(ids(started.index).slice(2)).toContain("job-2");
  });
});

describe("a filter", () => {
  const jobs = (): ReturnType<typeof setUp> =>
    setUp(
      row("a1", { name: "bell", tags: ["H2", "night"] }),
      row("b2", { name: "ansatz", status: "ERROR" }),
      { ...queued("c3"), name: "bell" },
    );

  test("by status shows the jobs of any that is chosen, and all if none is", () => {
    const { index } = jobs();
    index.setStatuses(new Set(["ERROR", "QUEUED"]));
    expect([ids(index), index.isFiltered]).toEqual([["c3", "b2"], true]);
    index.setStatuses(new Set());
    expect([index.length, index.isFiltered]).toEqual([3, false]);
  });

  test.each([
    ["BELL", ["c3", "a1"]],
    ["b2", ["b2"]],
    ["h2", ["a1"]],
    ["night bell", ["a1"]],
    ["night ansatz", []],
    ["  ", ["c3", "b2", "a1"]],
  ])("by %o finds names, ids and tags that have all its words", (query, found) => {
    const { index } = jobs();
    index.setQuery(query);
    expect(ids(index)).toEqual(found);
  });

  test("lets jobs in and out as they change", () => {
    const filtered = jobs();
    filtered.index.setStatuses(new Set(["QUEUED"]));
    change(filtered, { ...running("c3"), name: "bell" }, queued("d4"));
    expect(ids(filtered.index)).toEqual(["d4"]);
  });

  test("counts by status what the search finds, shown or not", () => {
    const filtered = jobs();
    filtered.index.setQuery("bell");
    filtered.index.setStatuses(new Set(["DONE"]));
    const counts = () => (["DONE", "QUEUED", "ERROR"] as const).map((s) => filtered.index.count(s));
    expect(counts()).toEqual([1, 1, 0]);
    change(filtered, row("c3", { name: "bell" }), queued("d4"));
    expect(counts()).toEqual([2, 1, 0]);
  });
});

describe("thousands of jobs", () => {
  const STATUSES = ["QUEUED", "RUNNING", "DONE", "ERROR"] as const;
  // Numbers that look random and are the same each time.
  const spread = (n: number): number => (n * 7919) % 10_007;
  const job = (n: number, turn: number): Row =>
    row(`job-${n}`, {
      created_ms: NOW + spread(n) * 1000,
      status: STATUSES[spread(n + turn) % 4] ?? "DONE",
      run_s: spread(n * turn) / 10,
    });

  test.each([
    [NEWEST_FIRST, new Set<Row["status"]>()],
    [{ by: "run", isDescending: true } as const, new Set(["DONE", "RUNNING"] as const)],
    [{ by: "status", isDescending: false } as const, new Set<Row["status"]>()],
  ])("in order %o are, job by job, what sorting them all anew gives", (order, statuses) => {
    const jobs = setUp(...Array.from({ length: 3000 }, (_, n) => job(n, 1)));
    jobs.index.setOrder(order);
    jobs.index.setStatuses(new Set(statuses));
    for (let turn = 2; turn < 202; turn += 1) change(jobs, job(spread(turn) % 3100, turn));
    const anew = new JobIndex(jobs.list);
    anew.setOrder(order);
    anew.setStatuses(new Set(statuses));
    expect(ids(jobs.index)).toEqual(ids(anew));
    expect(STATUSES.map((status) => jobs.index.count(status))).toEqual(
      STATUSES.map((status) => anew.count(status)),
    );
  });

  test("that change all at once are taken in too", () => {
    const jobs = setUp(...Array.from({ length: 1000 }, (_, n) => queued(`job-${n}`)));
    change(jobs, ...Array.from({ length: 1000 }, (_, n) => row(`job-${n}`)));
    expect([jobs.index.count("QUEUED"), jobs.index.count("DONE")]).toEqual([0, 1000]);
  });
});
