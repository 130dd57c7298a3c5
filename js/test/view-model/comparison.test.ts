import { expect, test } from "vitest";
import {
  announceComparison,
  describeDistances,
  describeOthers,
  inErrors,
  longestShare,
  scaleOf,
} from "../../src/view-model/comparison";
import { comparedCounts, comparedValues, comparison } from "../comparison-fixtures";

test("a distance is told with what shots alone would give", () => {
  expect(describeDistances(comparedCounts(), ["bell", "ideal"])).toEqual([
    "total variation 0.128 (0.014 from shots alone), Hellinger fidelity 0.8719",
  ]);
});

test("of several jobs each distance has a name", () => {
  const part = comparedCounts({
    distances: [
      [0.1, 0.9, 0.01],
      [0.2, 0.8, 0.01],
    ],
  });
  const lines = describeDistances(part, ["one", "other", "ideal"]);
  expect(lines.map((line) => line.slice(0, 12))).toEqual(["one: total v", "other: total"]);
});

test.each([
  [3.24, "largest difference 3.2 standard errors"],
  [null, "the values have no errors to compare by"],
])("the largest difference of values is told in errors: %s", (largest, words) => {
  expect(describeDistances(comparedValues({ largest: [largest] }), ["a", "b"])).toEqual([words]);
});

test("what is said is who was compared, and the first distance", () => {
  expect(announceComparison(comparison())).toBe(
    "bell compared with ideal: total variation 0.128 (0.014 from shots alone), " +
      "Hellinger fidelity 0.8719",
  );
});

test.each([
  [3.24, "+3.2 σ"],
  [-3.24, "−3.2 σ"],
  [0, "±0.0 σ"],
  [-0.01, "±0.0 σ"],
  [null, "–"],
])("a difference in errors: %s", (units, text) => {
  expect(inErrors(units)).toBe(text);
});

test("all values and their errors are on the scale", () => {
  const at = scaleOf(comparedValues());
  const ends = [-1.011, -0.949, 0.7, 0.731].map(at);
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...ends)).toBeLessThanOrEqual(1);
});

test("the longest bar is the largest share of any", () => {
  expect(longestShare(comparedCounts().rows)).toBe(0.5);
  expect(longestShare([])).toBeGreaterThan(0);
});

test("what is not listed is counted", () => {
  expect(describeOthers(comparedCounts())).toBe("");
  expect(describeOthers(comparedCounts({ others: 1200 }))).toBe("… and 1,200 more outcomes");
  expect(describeOthers(comparedValues({ others: 2 }))).toBe("… and 2 more values");
});
