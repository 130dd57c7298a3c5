import { expect, test } from "vitest";
import { countWord, isEnded, STATE_SIGNS, STATUS_SIGNS } from "../../src/view-model/words";
import { STATES, STATUSES } from "../../src/wire/wire";

test("states are told apart by their drawings, not by colour alone", () => {
  expect(new Set(STATES.map((state) => STATE_SIGNS[state].icon)).size).toBe(STATES.length);
});

test("job states are told apart by their words and by their drawings", () => {
  const signs = STATUSES.map((status) => STATUS_SIGNS[status]);
  expect(new Set(signs.map(({ word }) => word)).size).toBe(STATUSES.length);
  expect(new Set(signs.map(({ icon }) => icon)).size).toBe(STATUSES.length);
});

test("a session is over when it is closed, cancelled or expired; a closing one is not", () => {
  expect(STATES.filter(isEnded)).toEqual(["closed", "cancelled", "expired"]);
});

test("after a count, a job state is a small word, and an error is a failure", () => {
  expect(STATUSES.map((status) => `2 ${countWord(status)}`)).toEqual([
    "2 done",
    "2 running",
    "2 queued",
    "2 cancelled",
    "2 failed",
  ]);
});
