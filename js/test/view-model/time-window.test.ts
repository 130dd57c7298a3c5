import { expect, test } from "vitest";
import { fit, pan, whole, zoom } from "../../src/view-model/time-window";
import type { Story } from "../../src/view-model/timeline";
import { NOW } from "../fixtures";

const S = 1000;
const BEGIN = NOW - 100 * S;

/** A session that began 100 s ago, and ends in 200 s. */
const story: Story = {
  begin: BEGIN,
  end: NOW,
  limit: BEGIN + 300 * S,
  work: [],
  waiting: [],
  rest: [],
  totals: { running: 0, failed: 0, queued: 0, idle: 0, released: 0 },
  isEstimated: false,
};

test("is what happened up to a limit that is near, and everything on demand", () => {
  expect(fit(story)).toEqual({ from: BEGIN, to: BEGIN + 300 * S });
  const far = { ...story, limit: BEGIN + 7200 * S };
  expect(fit(far)).toEqual({ from: BEGIN, to: NOW + 5 * S });
  expect(whole(far)).toEqual({ from: BEGIN, to: BEGIN + 7200 * S });
});

test("is zoomed around a place, which stays", () => {
  const near = zoom(fit(story), 0.5, 0, story);
  expect(near).toEqual({ from: BEGIN, to: BEGIN + 150 * S });
  expect(zoom(fit(story), 0.5, 1, story)).toEqual({ from: BEGIN + 150 * S, to: BEGIN + 300 * S });
  expect(zoom(near, 10, 0.3, story)).toEqual(whole(story));
});

test("moves no further than there is something", () => {
  const near = zoom(fit(story), 0.5, 0, story);
  expect(pan(near, 0.5, story)).toEqual({ from: BEGIN + 75 * S, to: BEGIN + 225 * S });
  expect(pan(near, -1, story)).toEqual(near);
  expect(pan(near, 5, story).to).toBe(BEGIN + 300 * S);
});

test("never is less than can be told apart", () => {
  let shown = fit(story);
  for (let count = 0; count < 60; count += 1) shown = zoom(shown, 0.5, 0.5, story);
  expect(shown.to - shown.from).toBeCloseTo(50);
});
