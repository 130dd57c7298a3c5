import { expect, test, vi } from "vitest";
import { MOST_MARKED, SelectedJob } from "../../src/page/selection";

test("nothing is selected at first", () => {
  expect(new SelectedJob().jobId).toBeNull();
});

test("listeners are told of each change, and of nothing else", () => {
  const selected = new SelectedJob();
  const told: (string | null)[] = [];
  selected.subscribe(() => told.push(selected.jobId), new AbortController().signal);
  for (const id of ["a", "a", "b", null, null]) selected.select(id);
  expect(told).toEqual(["a", "b", null]);
});

test("a listener is told nothing after its end, nor if it had ended before", () => {
  const selected = new SelectedJob();
  const controller = new AbortController();
  const told = vi.fn();
  selected.subscribe(told, controller.signal);
  controller.abort();
  selected.subscribe(told, controller.signal);
  selected.select("a");
  expect(told).not.toHaveBeenCalled();
});

test("a listener may end another while being told", () => {
  const selected = new SelectedJob();
  const other = new AbortController();
  const told = vi.fn();
  selected.subscribe(() => other.abort(), new AbortController().signal);
  selected.subscribe(told, other.signal);
  selected.select("a");
  selected.select("b");
  expect(told).toHaveBeenCalledTimes(1);
});

test("jobs are marked to be compared, and no longer", () => {
  const selected = new SelectedJob();
  for (const id of ["a", "b", "a"]) selected.mark(id);
  expect(selected.marked).toEqual(["b"]);
});

test("the first mark takes the open job along", () => {
  const selected = new SelectedJob();
  selected.select("open");
  selected.mark("a");
  expect(selected.marked).toEqual(["open", "a"]);
  selected.setMarked([]);
  selected.mark("open");
  expect(selected.marked).toEqual(["open"]);
});

test("of too many, the one that was marked first goes", () => {
  const selected = new SelectedJob();
  for (const id of ["a", "b", "c", "d", "e"]) selected.mark(id);
  expect(selected.marked).toEqual(["b", "c", "d", "e"]);
  expect(selected.marked).toHaveLength(MOST_MARKED);
});

test("listeners are told of marks", () => {
  const selected = new SelectedJob();
  const told = vi.fn();
  selected.subscribe(told, new AbortController().signal);
  selected.mark("a");
  selected.setMarked([]);
  expect(told).toHaveBeenCalledTimes(2);
});
