import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Announcements, sentence } from "../../src/page/announcements";
import type { Change } from "../../src/store/changes";
import { clock } from "../../src/view-model/format";
import { head, NOW, queued, row } from "../fixtures";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const setUp = (session: object = {}) => {
  const controller = new AbortController();
  const said: string[] = [];
  const ended: string[] = [];
  const listener = {
    say: (text: string, unseen: string) => void said.push([text, unseen].join("|")),
    ended: (text: string) => void ended.push(text),
  };
  const news = new Announcements(session, listener, controller.signal);
  return { controller, said, ended, news };
};
const change = (changes: Partial<Change> = {}): Change => ({
  stateBefore: "active",
  jobs: [],
  isReset: false,
  ...changes,
});
const done = (id: string) => ({ row: row(id), before: "RUNNING" as const });
const failed = (id: string) => ({ row: row(id, { status: "ERROR" }), before: "RUNNING" as const });

test("a burst becomes one sentence", () => {
  const { news, said } = setUp();
  for (const id of ["a", "b", "c"]) news.note(change({ jobs: [done(id)] }), head());
  news.note(change({ jobs: [failed("d")] }), head());
  vi.runAllTimers();
  expect(said).toEqual(["3 jobs done. 1 job failed|"]);
});

test("a change of state is told with the kernel's word", () => {
  const { news, said, ended } = setUp();
  news.note(change(), head({ state: "closing", label: "Closing" }));
  vi.runAllTimers();
  expect([said, ended]).toEqual([["Session: closing|"], []]);
});

test("an end is told with its time and reason", () => {
  const { news, said, ended } = setUp();
  const reason = "its max_time of 2h ran out";
  news.note(change(), head({ state: "expired", ended_ms: NOW, ended_reason: reason }));
  vi.runAllTimers();
  const text = `Session: Expired at ${clock(NOW, NOW)}: ${reason}`;
  expect([said, ended]).toEqual([[`|${text}`], [text]]);
});

test("ended jobs are told beside, without the warnings that came with them", () => {
  const { news, said, ended } = setUp();
  news.note(change({ jobs: [done("a"), done("b")] }), head());
  news.warn(["Idle since noon"]);
  vi.runAllTimers();
  expect([said, ended]).toEqual([["2 jobs done|Idle since noon"], ["2 jobs done"]]);
});

test("warnings alone are told as they are", () => {
  const { news, said, ended } = setUp();
  news.warn([]);
  expect(vi.getTimerCount()).toBe(0);
  news.warn(["Less than 1 m left"]);
  vi.runAllTimers();
  expect([said, ended]).toEqual([["|Less than 1 m left"], []]);
});

test("what was told is not told again with what comes next", () => {
  const { news, said, ended } = setUp();
  news.note(change({ jobs: [done("a")] }), head({ state: "closed", label: "Closed" }));
  news.warn(["Idle since noon"]);
  vi.runAllTimers();
  news.note(change({ stateBefore: "closed" }), head({ state: "closing", label: "Closing" }));
  vi.runAllTimers();
  news.warn(["The kernel is gone"]);
  vi.runAllTimers();
  expect(said.slice(1)).toEqual(["Session: closing|", "|The kernel is gone"]);
  expect(ended).toHaveLength(1);
});

test("a warning after the end is no other end", () => {
  const { news, said, ended } = setUp();
  news.note(change(), head({ state: "closed", label: "Closed" }));
  vi.runAllTimers();
  news.warn(["The kernel is gone"]);
  vi.runAllTimers();
  expect([said.length, ended]).toEqual([2, ["Session: Closed"]]);
});

test("what did not change is not told", () => {
  const { news, said } = setUp();
  news.note(change({ jobs: [{ row: queued("a"), before: null }] }), head());
  news.note(change({ stateBefore: null, jobs: [{ row: row("b"), before: "DONE" }] }), head());
  vi.runAllTimers();
  expect(said).toEqual([]);
});

test("nothing is said after the view is gone", () => {
  const { controller, news, said } = setUp();
  news.note(change({ jobs: [done("a")] }), head());
  controller.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  expect(said).toEqual([]);
});

describe("of two views of a session", () => {
  test("only the first speaks, and the second once the first is gone", () => {
    const session = {};
    const [first, second] = [setUp(session), setUp(session)];
    const tell = (id: string): void => {
      for (const { news } of [first, second]) news.note(change({ jobs: [done(id)] }), head());
      vi.runAllTimers();
    };
    tell("a");
    expect([first.said.length, second.said.length]).toEqual([1, 0]);
    first.controller.abort();
    tell("b");
    expect([first.said.length, second.said.length]).toEqual([1, 1]);
  });

  test("both speak when the sessions differ", () => {
    expect([setUp().news.isSpeaker, setUp().news.isSpeaker]).toEqual([true, true]);
  });
});

test("a single job is named", () => {
  expect(sentence(null, [row("d3k9fa7c2q0042")])).toBe("Job d3k9…0042 (bell) done");
});
