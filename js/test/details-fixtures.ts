import type { Circuit, Counts, Details, Values } from "../src/wire/details";

export function counts(changes: Partial<Counts> = {}): Counts {
  return {
    kind: "counts",
    pub: 0,
    name: "meas",
    shots: 100,
    distinct: 2,
    frequent: [
      ["11", 60],
      ["00", 40],
    ],
    first: null,
    ...changes,
  } as Counts;
}

export function values(changes: Partial<Values> = {}): Values {
  return {
    kind: "values",
    pub: 0,
    shape: [],
    size: 1,
    values: [[-1.13249, 0.01123]],
    ...changes,
  } as Values;
}

export function circuit(changes: Partial<Circuit> = {}): Circuit {
  return {
    name: "bell",
    qubits: 127,
    used_qubits: 2,
    depth: 3,
    size: 4,
    operations: [
      ["measure", 2],
      ["ecr", 1],
    ],
    other_operations: 1,
    ...changes,
  };
}

export function details(changes: Partial<Details> = {}): Details {
  return {
    job_id: "a",
    status: "DONE",
    code: ['session.job("a").result()'],
    problem: null,
    result: { parts: [counts()], hidden: 0 },
    spans: [],
    error: null,
    circuits: [circuit()],
    circuit_count: 1,
    parameters: [],
    parameter_count: 0,
    ...changes,
  };
}
