import { describe, expect, test } from "vitest";
import { measured, rangeOf, significant, ticks } from "../../src/view-model/values";

test.each([
  [-1.13249, "−1.13249"],
  [0.5, "0.5"],
  [2.5e-7, "2.5e−7"],
  [1 / 3, "0.333333"],
  [0, "0"],
  [null, "–"],
])("%d is written as %s", (value, text) => {
  expect(significant(value)).toBe(text);
});

test.each([
  [-1.13249, 0.01123, "−1.132 ± 0.011"],
  [-1.0, 0.005, "−1.0000 ± 0.0050"],
  [12.3456, 3.2, "12.3 ± 3.2"],
  [1234.5, 100, "1235 ± 100"],
  [0.5, 0, "0.5"],
  [0.5, null, "0.5"],
  [0.5, 1e-20, "0.5 ± 1e−20"],
  [null, 0.1, "–"],
])("%d with the error %d is written as exactly as that allows", (value, error, text) => {
  expect(measured(value, error)).toBe(text);
});

describe("ticks", () => {
  test.each([
    [-1.2, -0.35, [-1, -0.75, -0.5]],
    [0, 1, [0, 0.25, 0.5, 0.75, 1]],
    [-3, 22, [0, 10, 20]],
    [0.1, 0.30000000000000004, [0.1, 0.15, 0.2, 0.25, 0.3]],
  ])("divide %d to %d by round numbers", (low, high, expected) => {
    expect(ticks(low, high)).toEqual(expected);
  });

  test("of nothing are one", () => {
    expect(ticks(2, 2)).toEqual([2]);
  });
});

describe("a range", () => {
  test("lies around all values", () => {
    const [low, high] = rangeOf([3, -1, 2]);
    expect([low, high]).toEqual([-1.24, 3.24]);
  });

  test.each([
    [[5], 4.5, 5.5],
    [[0], -1, 1],
    [[], 0, 1],
  ])("of %j has a width", (values, low, high) => {
    expect(rangeOf(values)).toEqual([low, high]);
  });
});
