/** Jobs beside each other, as the kernel tells it (`comparisons.py`). Shown and forgotten. */

import { isNumber, isPair, isString, listOf, oneOf, orNull, type Shaped, shaped } from "./wire";

const isDistance = (value: unknown): value is readonly [number, number, number] =>
  Array.isArray(value) && value.length === 3 && value.every(isNumber);

const isEstimate = isPair(orNull(isNumber), orNull(isNumber));

type ValuesRow = readonly [
  string,
  readonly (readonly [number | null, number | null])[],
  readonly (number | null)[],
];

const isValuesRow = (value: unknown): value is ValuesRow =>
  Array.isArray(value) &&
  value.length === 3 &&
  isString(value[0]) &&
  listOf(isEstimate)(value[1]) &&
  listOf(orNull(isNumber))(value[2]);

const countsShape = {
  kind: oneOf(["counts"]),
  title: isString,
  rows: listOf(isPair(isString, listOf(isNumber))),
  others: isNumber,
  distances: listOf(isDistance),
};

const valuesShape = {
  kind: oneOf(["values"]),
  title: isString,
  rows: listOf(isValuesRow),
  others: isNumber,
  largest: listOf(orNull(isNumber)),
};

export type ComparedCounts = Shaped<typeof countsShape>;
export type ComparedValues = Shaped<typeof valuesShape>;
export type ComparedPart = ComparedCounts | ComparedValues;

const isCounts = shaped(countsShape);
const isValues = shaped(valuesShape);
const isPart = (value: unknown): value is ComparedPart => isCounts(value) || isValues(value);

const comparisonShape = {
  labels: listOf(isString),
  parts: listOf(isPart),
  hidden: isNumber,
  unmatched: listOf(isString),
};

export type Comparison = Shaped<typeof comparisonShape>;

export const isComparison = shaped(comparisonShape);
