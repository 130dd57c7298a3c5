import { expect, test, vi } from "vitest";
import { SelectedJob } from "../../src/page/selection";

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
