import { describe, expect, test } from "vitest";
import { clock, percent, shortClock, took } from "../../src/view-model/format";
import { describeMeters } from "../../src/view-model/meters";
import type { Head } from "../../src/wire/wire";
import { freshHead, head, NOW } from "../fixtures";

const meters = (changes: Partial<Head> = {}, laterMs = 0) =>
  describeMeters(head(changes), NOW + laterMs);
const fresh = (changes: Partial<Head> = {}) => describeMeters(freshHead(changes), NOW);

describe("time remaining", () => {
  test("counts down to the end, with what is left as a fraction", () => {
    const { remaining } = meters({}, 1000);
    expect(remaining.value).toBe("1:29:59");
    expect(remaining.fraction).toBeCloseTo(5399 / 7200, 6);
    expect(remaining.caption).toBe(`ends ${shortClock(NOW + 5_400_000, NOW)} · of 2 h`);
    expect(remaining.isLow).toBe(false);
  });

  test("is a part of the time from start to end where there is no limit", () => {
    expect(meters({ limit_s: null, started_ms: NOW - 5_400_000 }).remaining.fraction).toBe(0.5);
  });

  test("has no part where the whole is unknown", () => {
    const { remaining } = meters({ limit_s: null, started_ms: null });
    expect(remaining).toEqual({
      value: "1:30:00",
      caption: `ends ${shortClock(NOW + 5_400_000, NOW)}`,
      fraction: null,
      isLow: false,
    });
  });

  test("is low in the last tenth and never negative", () => {
    expect(meters({}, 5_400_000 - 720_000).remaining.isLow).toBe(false);
    expect(meters({}, 5_400_000 - 719_000).remaining.isLow).toBe(true);
    const { remaining } = meters({}, 9_999_999);
    expect([remaining.value, remaining.fraction]).toEqual(["0:00", 0]);
  });

  test.each([
    ["not-started", "starts with the first job"],
    ["open", "starts when the first job runs"],
  ] as const)("shows the limit, standing still, while %s", (state, caption) => {
    expect(fresh({ state }).remaining).toEqual({
      value: "2:00:00",
      caption,
      fraction: null,
      isLow: false,
    });
  });

  test("shows nothing where nothing limits it", () => {
    expect(fresh({ limit_s: null }).remaining.value).toBe("–");
  });
});

describe("idle time remaining", () => {
  const idle = { idle_since_ms: NOW - 15_000, idle_until_ms: NOW + 45_000 };

  test("counts down while no job waits or runs", () => {
    expect(meters(idle).idle).toEqual({
      value: "0:45",
      caption: `idle · released ${clock(NOW + 45_000, NOW)}`,
      fraction: 0.75,
      isLow: false,
    });
  });

  test("is a part of the limit where its start is unknown", () => {
    expect(meters({ ...idle, idle_since_ms: null }).idle.fraction).toBe(0.75);
  });

  test.each([
    ["says the limit when not idle", meters(), "not idle · limit 1 m"],
    ["says only the limit before the start", fresh(), "limit 1 m"],
    ["says so without a limit", meters({ interactive_timeout_s: null }), "not idle"],
  ])("%s", (_what, view, caption) => {
    expect(view.idle).toEqual({ value: "–", caption, fraction: null, isLow: false });
  });
});

test.each(["closed", "cancelled", "expired"] as const)("nothing remains once %s", (state) => {
  const over = { value: "–", caption: "the session has ended", fraction: null, isLow: false };
  expect(meters({ state, idle_until_ms: NOW + 1 })).toMatchObject({ remaining: over, idle: over });
});

test("an end is told with its time, if that is known", () => {
  const ended = meters({ state: "closed", ended_ms: NOW }).remaining;
  expect(ended.caption).toBe(`ended ${shortClock(NOW, NOW)}`);
});

describe("usage", () => {
  test("counts up from the moment the head was sent, while it runs", () => {
    expect(meters({}, 65_000).usage.value).toBe("31 m 05 s");
    expect(meters({ usage_runs: false }, 65_000).usage.value).toBe("30 m 00 s");
    expect(meters({}, -65_000).usage.value).toBe("30 m 00 s");
  });

  test("tells the QPU's part in it", () => {
    expect(meters().usage).toMatchObject({
      caption: `QPU 7 m 30 s · ${percent(0.25)}`,
      fraction: 0.25,
    });
    expect(meters({ qpu_s: 9999 }).usage.fraction).toBe(1);
    expect(fresh().usage).toEqual({ value: "0 s", caption: "QPU 0 s", notes: [], fraction: 0 });
  });

  test("of less than a second is not zero, nor is the QPU's part in it", () => {
    const short = meters({ usage_s: 0.5, usage_runs: false, qpu_s: 0.21 }).usage;
    expect(short).toMatchObject({ value: "<1 s", caption: `QPU 210 ms · ${percent(0.42)}` });
    const some = meters({ usage_s: 20, usage_runs: false, qpu_s: 12.44 }).usage;
    expect(some.caption).toBe(`QPU ${took(12.44)} · ${percent(0.622)}`);
  });
});

describe("jobs", () => {
  test("are counted by status, without the zeros", () => {
    const counts = { QUEUED: 2, RUNNING: 1, DONE: 38, CANCELLED: 0, ERROR: 3 };
    expect(meters({ counts }).jobs).toMatchObject({
      value: "44",
      caption: "38 done · 1 running · 2 queued · 3 failed",
    });
  });

  test("have shares of the whole", () => {
    const counts = { QUEUED: 1, RUNNING: 0, DONE: 3, CANCELLED: 0, ERROR: 0 };
    expect(meters({ counts }).jobs.shares).toEqual([
      { status: "DONE", share: 0.75 },
      { status: "QUEUED", share: 0.25 },
    ]);
  });

  test("may be none yet", () => {
    expect(fresh().jobs).toEqual({ value: "0", caption: "none yet", shares: [] });
  });
});
