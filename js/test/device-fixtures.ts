import type { Coupling, Device, Qubit } from "../src/wire/device";
import { NOW } from "./fixtures";

export function qubit(x: number, y: number, changes: Partial<Qubit> = {}): Qubit {
  return {
    x,
    y,
    is_usable: true,
    t1_s: 0.0001,
    t2_s: 0.00005,
    readout_error: 0.0123,
    gate_error: 0.000243,
    frequency_hz: 4.7219e9,
    ...changes,
  };
}

export function coupling(first: number, second: number, changes: Partial<Coupling> = {}): Coupling {
  return {
    qubits: [first, second],
    is_usable: true,
    error: 0.01,
    gates: [
      ["cz", [first, second], 0.01, 8.4e-8],
      ["cz", [second, first], 0.01, 8.4e-8],
    ],
    ...changes,
  };
}

/** A square of four qubits; the last one is out of service. */
export function device(changes: Partial<Device> = {}): Device {
  return {
    name: "ibm_square",
    is_remote: true,
    qubit_count: 4,
    couplings_text: "3 (cz)",
    processor: "Heron r2",
    version: "1.2.8",
    basis_gates: "cz, rz, sx, x",
    dt_s: 4e-9,
    rep_delay_range_s: [0, 0.0005],
    default_rep_delay_s: 0.00025,
    max_shots: 100_000,
    calibrated_ms: NOW - 3_600_000,
    status: { is_operational: true, message: "active", pending_jobs: 31, asked_ms: NOW - 1000 },
    problem: null,
    no_properties: null,
    medians: {
      two_qubit_error: 0.01,
      readout_error: 0.0123,
      gate_error: 0.000243,
      t1_s: 0.0001,
      t2_s: 0.00005,
    },
    qubits: [
      qubit(0, 0),
      qubit(1, 0, { t1_s: 0.0002, readout_error: 0.05 }),
      qubit(0, 1, { readout_error: null }),
      qubit(1, 1, { is_usable: false, readout_error: 1 }),
    ],
    couplings: [
      coupling(0, 1),
      coupling(0, 2, { error: 0.03, gates: [["ecr", [2, 0], 0.03, 6.6e-7]] }),
      coupling(2, 3, { is_usable: false }),
    ],
    scales: {
      readout_error: { best: 0.0123, worst: 0.05, steps: [0, 6, null, null] },
      t1_s: { best: 0.0002, worst: 0.0001, steps: [6, 0, 6, null] },
      t2_s: null,
      gate_error: { best: 0.000243, worst: 0.000243, steps: [0, 0, 0, null] },
    },
    coupling_scale: { best: 0.01, worst: 0.03, steps: [0, 6, null] },
    ...changes,
  };
}

/** A device of which nothing is known but its couplings. */
export function plain(): Device {
  const unknown = { t1_s: null, t2_s: null, readout_error: null, gate_error: null };
  return device({
    no_properties: "No device properties.",
    is_remote: false,
    status: null,
    calibrated_ms: null,
    rep_delay_range_s: null,
    default_rep_delay_s: null,
    medians: { ...unknown, two_qubit_error: null },
    qubits: [0, 1].map((x) => qubit(x, 0, { ...unknown, frequency_hz: null })),
    couplings: [coupling(0, 1, { error: null, gates: [["cx", [0, 1], null, null]] })],
    scales: { t1_s: null, t2_s: null, readout_error: null, gate_error: null },
    coupling_scale: null,
  });
}
