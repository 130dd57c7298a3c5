import { describe, expect, test } from "vitest";
import { clock, shortClock } from "../../src/view-model/format";
import { describeNotices, endedText, type Notice } from "../../src/view-model/notices";
import type { Snapshot } from "../../src/view-model/snapshot";
import type { Head, Quota } from "../../src/wire/wire";
import { head, NOW, snapshot } from "../fixtures";

const notices = (changes: Partial<Head> = {}, others: Partial<Snapshot> = {}): Notice[] =>
  describeNotices(snapshot(changes, others), head(changes));
const texts = (changes: Partial<Head> = {}, others: Partial<Snapshot> = {}): string[] =>
  notices(changes, others).map(({ text }) => text);
const only = (changes: Partial<Head> = {}): Notice => {
  const [notice, ...more] = notices(changes);
  if (!notice || more.length > 0) throw new Error(`${more.length + 1} notices`);
  return notice;
};

test("a session in which all is well has none", () => {
  expect(notices()).toEqual([]);
});

describe("time that runs out", () => {
  const left = (seconds: number, limit: number | null = 7200, changes: Partial<Head> = {}) =>
    notices({ expires_ms: NOW + seconds * 1000, limit_s: limit, ...changes })[0];

  test.each([
    [301, 7200, undefined],
    [300, 7200, "time:300"],
    [61, 7200, "time:300"],
    [60, 7200, "time:60"],
    [0, 7200, "time:60"],
    [181, 1800, undefined],
    [180, 1800, "time:180"],
    [13, 120, undefined],
    [12, 120, "time:12"],
    [290, null, "time:300"],
  ])("%d s of %s s are %s", (seconds, limit, key) => {
    expect(left(seconds, limit)?.key).toBe(key);
  });

  test("is told with the time of the end, and what becomes of the queue", () => {
    const ends = clock(NOW + 200_000, NOW);
    const text = `Less than 5 m left: the session ends at ${ends}.`;
    const counts = { QUEUED: 0, RUNNING: 1, DONE: 0, CANCELLED: 0, ERROR: 0 };
    expect(left(200, 7200, { counts })).toMatchObject({ kind: "time", tone: "warn", text });
    expect(left(200, 7200, { counts: { ...counts, QUEUED: 2 } })?.text).toBe(
      `${text} Jobs that are still queued then are cancelled.`,
    );
  });

  test("is no warning any more once it has", () => {
    expect(left(-1)).toBeUndefined();
  });
});

describe("an idle session", () => {
  const idle = (since: number, timeout: number | null, changes: Partial<Head> = {}) => ({
    is_paid: true,
    idle_since_ms: NOW - since * 1000,
    idle_until_ms: timeout === null ? null : NOW + (timeout - since) * 1000,
    interactive_timeout_s: timeout,
    ...changes,
  });
  const since = (seconds: number) => clock(NOW - seconds * 1000, NOW);

  test.each([
    ["paid: not at once", 29, 300, true, undefined],
    ["paid: after half a minute", 30, 300, true, "idle:paid"],
    ["paid: after half of a short timeout", 20, 40, true, "idle:paid"],
    ["paid: without a timeout", 30, null, true, "idle:paid"],
    ["paid: in the last minute", 240, 300, true, "idle:soon"],
    ["free: not before the last minute", 239, 300, false, undefined],
    ["free: in the last minute", 240, 300, false, "idle:soon"],
    ["free: in the last third of a short timeout", 40, 60, false, "idle:soon"],
    ["free: not before that", 39, 60, false, undefined],
    ["free: never without a timeout", 9999, null, false, undefined],
  ])("%s", (_case, seconds, timeout, isPaid, key) => {
    expect(notices(idle(seconds, timeout, { is_paid: isPaid }))[0]?.key).toBe(key);
  });

  test("that is paid is told what it costs and what to do", () => {
    expect(only(idle(40, 300)).text).toBe(
      `Idle since ${since(40)}, and idle time is charged. Close the session if you are done.`,
    );
  });

  test("is told when it will be released", () => {
    const until = clock(NOW + 10_000, NOW);
    const words = `The backend is released at ${until} unless a job comes.`;
    expect(only(idle(50, 60, { is_paid: false })).text).toBe(`Idle since ${since(50)}. ${words}`);
    expect(only(idle(50, 60)).text).toBe(
      `Idle since ${since(50)}, and idle time is charged. ${words}`,
    );
  });

  test("costs nothing where only QPU time is charged, as in a batch", () => {
    expect(notices(idle(100, 300, { mode: "batch", usage_runs: false }))).toEqual([]);
  });
});

test("a session that lost its backend says so", () => {
  expect(only({ state: "inactive" })).toMatchObject({ kind: "released", isDismissable: true });
});

describe("a session that ended", () => {
  test("says when and why, and warns of nothing any more", () => {
    const ended = { state: "expired", ended_ms: NOW, ended_reason: "its max_time of 2h ran out" };
    const changes = { ...ended, expires_ms: NOW, stale_since_ms: NOW } as Partial<Head>;
    expect(only(changes)).toMatchObject({
      kind: "ended",
      tone: "warn",
      text: `Expired at ${clock(NOW, NOW)}: its max_time of 2h ran out`,
      isSpoken: false,
      isDismissable: false,
    });
  });

  test("may not know more", () => {
    expect(endedText(head({ state: "closed" }), NOW)).toBe("Closed");
  });
});

describe("a session that waits for its backend", () => {
  const queue = { pending_jobs: 12, is_operational: true, message: "", asked_ms: NOW };
  const asOf = `as of ${shortClock(NOW, NOW)}`;

  test("says how many jobs wait there, and when that was asked", () => {
    expect(only({ state: "open", queue })).toMatchObject({
      kind: "queue",
      tone: "quiet",
      text: `Waiting for ibm_torino: 12 jobs in its queue ${asOf}.`,
    });
  });

  test("hands on what the service says of the backend", () => {
    const down = { ...queue, is_operational: false, message: "Calibration until 15:00." };
    expect(only({ state: "open", queue: down })).toMatchObject({
      tone: "warn",
      text: `ibm_torino runs no jobs at present: 12 jobs in its queue ${asOf}. Calibration until 15:00.`,
    });
  });

  test("is told once of a queue whose length changes, and again when the backend stops", () => {
    const keyOf = (changes: Partial<typeof queue>): string =>
      only({ state: "open", queue: { ...queue, ...changes } }).key;
    expect(keyOf({ pending_jobs: 11 })).toBe(keyOf({}));
    expect(keyOf({ is_operational: false })).not.toBe(keyOf({}));
  });

  test("does without a length that the service did not tell", () => {
    expect(only({ state: "open", queue: { ...queue, pending_jobs: null } }).text).toBe(
      `Waiting for ibm_torino: ${asOf}.`,
    );
  });
});

describe("a quota that runs out", () => {
  const left = (remaining: number, changes: Partial<Quota> = {}) => ({
    quota: {
      used_s: 600 - remaining,
      limit_s: 600,
      remaining_s: remaining,
      is_used_up: false,
      instance: "mine",
      plan: "open",
      asked_ms: NOW,
      ...changes,
    },
  });

  test.each([
    [61, undefined],
    [60, "quota:0.1"],
    [12, "quota:0.02"],
  ])("with %d s of 600 left is %s", (seconds, key) => {
    expect(notices(left(seconds))[0]?.key).toBe(key);
  });

  test("is told with what is left, and when it is used up", () => {
    expect(only(left(45)).text).toBe(
      "Only 45 s left of the quota of mine: jobs that need more do not run.",
    );
    expect(only(left(0, { is_used_up: true })).text).toBe(
      "The quota of mine is used up: jobs do not run until it has time again.",
    );
  });

  test("cannot run out without a limit", () => {
    expect(notices(left(0, { limit_s: null, remaining_s: null }))).toEqual([]);
  });
});

describe("a budget that runs out", () => {
  const price = { per_minute: 60, currency: "USD" };
  const spent = (usage: number, budget: Partial<Head["budget"]>, changes: Partial<Head> = {}) =>
    notices({
      usage_s: usage,
      usage_runs: false,
      price,
      budget: { max_usage_s: null, max_cost: null, ...budget },
      ...changes,
    })[0];

  test("is told in the money of max_cost", () => {
    expect(spent(89, { max_cost: 100 })).toBeUndefined();
    expect(spent(90, { max_cost: 100 })?.text).toBe(
      "About $90.00 of max_cost $100.00 are used: the session is closed there, and its queued jobs are cancelled.",
    );
    expect(spent(99, { max_cost: 100 })?.key).toBe("budget:0.02");
  });

  test("or in the time of max_usage, whichever ends first", () => {
    expect(spent(45, { max_cost: 100, max_usage_s: 50 })?.text).toContain(
      "45 s of max_usage 50 s are used",
    );
    expect(spent(45, { max_usage_s: 50 }, { price: null })?.text).toContain("max_usage");
  });

  test("cannot be told without a price, nor if a minute costs nothing", () => {
    expect(spent(99, { max_cost: 100 }, { price: null })).toBeUndefined();
    const free = { price: { per_minute: 0, currency: "USD" } };
    expect(spent(99, { max_cost: 100 }, free)).toBeUndefined();
  });
});

describe("a connection that was lost", () => {
  test("to the service is told with the time, and read out unless an error is", () => {
    expect(only({ stale_since_ms: NOW })).toMatchObject({
      kind: "stale",
      text: `Not updated since ${shortClock(NOW, NOW)}.`,
      isSpoken: true,
    });
    expect(only({ stale_since_ms: NOW, error: "no network" }).isSpoken).toBe(false);
  });

  test("another time is another notice", () => {
    const first = only({ stale_since_ms: NOW - 1 }).key;
    expect(only({ stale_since_ms: NOW }).key).not.toBe(first);
  });

  test("to the kernel leaves nothing to warn of", () => {
    const late = { expires_ms: NOW + 1000, stale_since_ms: NOW };
    expect(texts(late, { connection: "dead" })).toEqual([
      "The kernel is gone: this is the last known state.",
    ]);
  });
});

test("what cannot be read is told, and more than one thing at once", () => {
  const late = { expires_ms: NOW + 1000 };
  expect(notices(late, { problem: "fields state" }).map(({ kind }) => kind)).toEqual([
    "problem",
    "time",
  ]);
});
