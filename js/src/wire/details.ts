/**
 * One job in full, as the kernel tells it when it is opened (`job_details.py`). It is asked for,
 * shown and forgotten: nothing of it goes into the model, so nothing is saved with the notebook.
 */

import {
  isMoment,
  isNumber,
  isPair,
  isString,
  listOf,
  oneOf,
  orNull,
  type Shaped,
  shaped,
} from "./wire";

const isOutcome = isPair(isString, isNumber);

const countsShape = {
  kind: oneOf(["counts"]),
  pub: isNumber,
  name: isString,
  shots: isNumber,
  distinct: isNumber,
  frequent: listOf(isOutcome),
  first: orNull(listOf(isOutcome)),
};

const valuesShape = {
  kind: oneOf(["values"]),
  pub: isNumber,
  shape: listOf(isNumber),
  size: isNumber,
  values: listOf(isPair(orNull(isNumber), orNull(isNumber))),
};

const otherShape = { kind: oneOf(["other"]), pub: isNumber, name: isString, words: isString };

const isCounts = shaped(countsShape);
const isValues = shaped(valuesShape);
const isOther = shaped(otherShape);
const isPart = (value: unknown): value is Part =>
  isCounts(value) || isValues(value) || isOther(value);

const circuitShape = {
  name: isString,
  qubits: isNumber,
  used_qubits: orNull(isNumber),
  depth: orNull(isNumber),
  size: isNumber,
  operations: listOf(isPair(isString, isNumber)),
  other_operations: isNumber,
};

/** Start and stop in milliseconds, and how many executions. */
export type ExecutionSpan = readonly [number, number, number];

const isSpan = (value: unknown): value is ExecutionSpan =>
  Array.isArray(value) &&
  value.length === 3 &&
  isMoment(value[0]) &&
  isMoment(value[1]) &&
  isNumber(value[2]);

const detailsShape = {
  job_id: isString,
  status: isString,
  code: listOf(isString),
  problem: orNull(isString),
  result: orNull(shaped({ parts: listOf(isPart), hidden: isNumber })),
  spans: listOf(isSpan),
  error: orNull(shaped({ type: isString, message: isString, traceback: isString })),
  circuits: listOf(shaped(circuitShape)),
  circuit_count: isNumber,
  parameters: listOf(isPair(isString, isString)),
  parameter_count: isNumber,
};

const isDrawing = shaped({ job_id: isString, index: isNumber, drawing: isString });

export type Counts = Shaped<typeof countsShape>;
export type Values = Shaped<typeof valuesShape>;
export type Part = Counts | Values | Shaped<typeof otherShape>;
export type Circuit = Shaped<typeof circuitShape>;
export type Details = Shaped<typeof detailsShape>;

export const isDetails = shaped(detailsShape);

/** The text of a drawing, null for anything else. */
export function readDrawing(value: unknown): string | null {
  return isDrawing(value) ? value.drawing : null;
}
