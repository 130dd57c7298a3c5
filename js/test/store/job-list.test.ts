import { expect, test } from "vitest";
import { JobList } from "../../src/store/job-list";
import type { Row } from "../../src/wire/wire";
import { queued, row, running } from "../fixtures";

const ids = (list: JobList): string[] => list.rows.map((row) => row.job_id);
const inOrder = (list: JobList): boolean => {
  const numbers = list.rows.map((row) => list.numberOf(row.job_id));
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
};

function listOf(...rows: readonly Row[]): JobList {
  const list = new JobList();
  list.putNewest(rows, { areAll: true });
  return list;
}

test("a new job is the newest; a known one changes where it is", () => {
  const list = listOf(row("a"), queued("b"));
  expect(list.put(queued("c"))).toBeNull();
  expect(list.put(running("b"))).toEqual(queued("b"));
  expect(ids(list)).toEqual(["a", "b", "c"]);
  expect(list.get("b")).toEqual(running("b"));
  expect(list.get("x")).toBeNull();
});

test("older jobs come in front, and the numbers of the others stay", () => {
  const list = listOf(row("c"), row("d"));
  const before = list.numberOf("d");
  list.putOlder([row("a"), row("b")]);
  expect(ids(list)).toEqual(["a", "b", "c", "d"]);
  expect(list.numberOf("d")).toBe(before);
  expect(inOrder(list)).toBe(true);
  expect(list.get("a")).toEqual(row("a"));
});

test("of older jobs, one that is known already is brought up to date where it is", () => {
  const list = listOf(row("c"));
  list.put(running("a"));
  list.putOlder([row("a"), row("b")]);
  expect(ids(list)).toEqual(["b", "c", "a"]);
  expect(list.get("a")).toEqual(row("a"));
});

test("the newest jobs told anew bring their order; what else is known is older", () => {
  const list = listOf(row("a"), row("b"), row("d"));
  list.putNewest([running("b"), row("c"), row("d")], { areAll: false });
  expect(ids(list)).toEqual(["a", "b", "c", "d"]);
  expect(list.get("b")).toEqual(running("b"));
  expect(inOrder(list)).toBe(true);
});

test("if the newest are all there are, the others are gone", () => {
  const list = listOf(row("a"), row("b"));
  list.putNewest([row("c")], { areAll: true });
  expect(ids(list)).toEqual(["c"]);
  expect(list.get("a")).toBeNull();
});
