import { expect, test } from "vitest";
import { historyOf, NoticeHistory } from "../../src/view-model/notice-history";
import type { Notice } from "../../src/view-model/notices";

const notice = (key: string, changes: Partial<Notice> = {}): Notice => ({
  kind: "idle",
  key,
  icon: "pause",
  tone: "warn",
  text: `text of ${key}`,
  isSpoken: true,
  isDismissable: true,
  ...changes,
});
const LATE = notice("time:60");
const IDLE = notice("idle:paid");

test("each notice is read out once, though it goes and comes back", () => {
  const history = new NoticeHistory();
  expect(history.takeNews([LATE])).toEqual(["text of time:60"]);
  expect(history.takeNews([LATE])).toEqual([]);
  expect(history.takeNews([])).toEqual([]);
  expect(history.takeNews([LATE, IDLE])).toEqual(["text of idle:paid"]);
});

test("what others read out is not read out, then or later", () => {
  const history = new NoticeHistory();
  expect(history.takeNews([notice("stale:1", { isSpoken: false })])).toEqual([]);
  expect(history.takeNews([notice("stale:1")])).toEqual([]);
});

test("what was put away stays away, and every view hears of it", () => {
  const history = new NoticeHistory();
  const controller = new AbortController();
  const redrawn: string[] = [];
  history.subscribe(() => redrawn.push("one"), new AbortController().signal);
  history.subscribe(() => redrawn.push("gone"), controller.signal);
  controller.abort();
  history.dismiss("time:60");
  expect(redrawn).toEqual(["one"]);
  expect(history.shown([LATE, IDLE])).toEqual([IDLE]);
});

test("the views of a session share one history, other sessions have their own", () => {
  const [session, other] = [{}, {}];
  expect(historyOf(session)).toBe(historyOf(session));
  expect(historyOf(session)).not.toBe(historyOf(other));
});
