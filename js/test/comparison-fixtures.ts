import type { ComparedCounts, ComparedValues, Comparison } from "../src/wire/comparison";

export function comparedCounts(changes: Partial<ComparedCounts> = {}): ComparedCounts {
  return {
    kind: "counts",
    title: "PUB 0, register meas",
    rows: [
      ["00", [0.445, 0.499]],
      ["11", [0.427, 0.5]],
      ["01", [0.128, 0]],
    ],
    others: 0,
    distances: [[0.128, 0.87193, 0.014]],
    ...changes,
  } as ComparedCounts;
}

export function comparedValues(changes: Partial<ComparedValues> = {}): ComparedValues {
  return {
    kind: "values",
    title: "PUB 0, expectation values",
    rows: [
      [
        "0",
        [
          [-0.96, 0.011],
          [-1, 0.002],
        ],
        [3.6],
      ],
      [
        "1",
        [
          [0.72, 0.011],
          [0.71, null],
        ],
        [null],
      ],
    ],
    others: 0,
    largest: [3.6],
    ...changes,
  } as ComparedValues;
}

export function comparison(changes: Partial<Comparison> = {}): Comparison {
  return {
    labels: ["bell", "ideal"],
    parts: [comparedCounts()],
    hidden: 0,
    unmatched: [],
    ...changes,
  } as Comparison;
}
