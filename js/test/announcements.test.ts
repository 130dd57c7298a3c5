import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Announcements, sentence } from "../src/announcements";
import { head, queued, row } from "./fixtures";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const setUp = () => {
  const controller = new AbortController();
  const said: string[] = [];
  return {
    controller,
    said,
    news: new Announcements((text) => said.push(text), controller.signal),
  };
};
const done = (id: string) => ({ row: row(id), before: "RUNNING" as const });

test("a burst becomes one sentence", () => {
  const { news, said } = setUp();
  for (const id of ["a", "b", "c"]) news.note({ stateBefore: "active", jobs: [done(id)] }, head());
  news.note(
    { stateBefore: "active", jobs: [{ row: row("d", { status: "ERROR" }), before: "RUNNING" }] },
    head(),
  );
  vi.runAllTimers();
  expect(said).toEqual(["3 jobs done. 1 job failed"]);
});

test("a change of state is told with the kernel's word", () => {
  const { news, said } = setUp();
  news.note({ stateBefore: "active", jobs: [] }, head({ state: "closing", label: "Closing" }));
  vi.runAllTimers();
  expect(said).toEqual(["Session: closing"]);
});

test("what did not change is not told", () => {
  const { news, said } = setUp();
  news.note({ stateBefore: "active", jobs: [{ row: queued("a"), before: null }] }, head());
  news.note({ stateBefore: null, jobs: [{ row: row("b"), before: "DONE" }] }, head());
  vi.runAllTimers();
  expect(said).toEqual([]);
});

test("nothing is said after the view is gone", () => {
  const { controller, news, said } = setUp();
  news.note({ stateBefore: "active", jobs: [done("a")] }, head());
  controller.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  expect(said).toEqual([]);
});

test("a single job is named", () => {
  expect(sentence(null, [row("d3k9fa7c2q0042")])).toBe("Job d3k9…0042 (bell) done");
});
