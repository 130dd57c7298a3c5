/**
 * A session's device, as the kernel tells it when it is asked (`devices/encoding.py`). Like details
 * of jobs it goes into no trait.
 */

import {
  isBoolean,
  isMoment,
  isNumber,
  isPair,
  isString,
  listOf,
  orNull,
  type Shaped,
  shaped,
} from "./wire";

const isMaybe = orNull(isNumber);

const gateGuard = (value: unknown): value is Gate =>
  Array.isArray(value) &&
  isString(value[0]) &&
  isPair(isNumber, isNumber)(value[1]) &&
  isMaybe(value[2]) &&
  isMaybe(value[3]);

const qubitShape = {
  x: isNumber,
  y: isNumber,
  is_usable: isBoolean,
  t1_s: isMaybe,
  t2_s: isMaybe,
  readout_error: isMaybe,
  gate_error: isMaybe,
  frequency_hz: isMaybe,
};

const couplingShape = {
  qubits: isPair(isNumber, isNumber),
  is_usable: isBoolean,
  error: isMaybe,
  gates: listOf(gateGuard),
};

const isScale = orNull(shaped({ best: isNumber, worst: isNumber, steps: listOf(isMaybe) }));

const measureShape = {
  readout_error: isMaybe,
  t1_s: isMaybe,
  t2_s: isMaybe,
  gate_error: isMaybe,
};

const statusShape = {
  is_operational: isBoolean,
  message: isString,
  pending_jobs: isNumber,
  asked_ms: isMoment,
};

const deviceShape = {
  name: isString,
  is_remote: isBoolean,
  qubit_count: isNumber,
  couplings_text: isString,
  processor: orNull(isString),
  version: orNull(isString),
  basis_gates: isString,
  dt_s: isMaybe,
  rep_delay_range_s: orNull(isPair(isNumber, isNumber)),
  default_rep_delay_s: isMaybe,
  max_shots: isMaybe,
  calibrated_ms: orNull(isMoment),
  status: orNull(shaped(statusShape)),
  problem: orNull(isString),
  no_properties: orNull(isString),
  medians: shaped({ ...measureShape, two_qubit_error: isMaybe }),
  qubits: listOf(shaped(qubitShape)),
  couplings: listOf(shaped(couplingShape)),
  scales: shaped({ readout_error: isScale, t1_s: isScale, t2_s: isScale, gate_error: isScale }),
  coupling_scale: isScale,
};

const useShape = {
  job_id: isString,
  qubits: listOf(isNumber),
  couplings: listOf(isPair(isNumber, isNumber)),
};

/** A gate of a coupling: its name, what it acts on, its error, its duration in seconds. */
export type Gate = readonly [
  name: string,
  qubits: readonly [number, number],
  error: number | null,
  durationS: number | null,
];
export type Qubit = Shaped<typeof qubitShape>;
export type Coupling = Shaped<typeof couplingShape>;
export type Device = Shaped<typeof deviceShape>;
export type Scale = NonNullable<Device["coupling_scale"]>;

/** What qubits can be coloured by. */
export type Measure = keyof typeof measureShape;

/** What a job uses of the device. */
export type Use = Shaped<typeof useShape>;

export const isDevice = shaped(deviceShape);
export const isUse = shaped(useShape);
