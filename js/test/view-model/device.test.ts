import { describe, expect, test } from "vitest";
import {
  describeCoupling,
  describeDevice,
  describeLegend,
  describeQubit,
  describeTables,
  gatesOf,
  measuresOf,
  neighbour,
} from "../../src/view-model/device";
import { coupling, device, plain, qubit } from "../device-fixtures";
import { NOW } from "../fixtures";

const facts = (of = device()) =>
  Object.fromEntries(describeDevice(of, NOW).map(({ label, text }) => [label, text]));

describe("facts", () => {
  test("tell status, medians, times and limits", () => {
    expect(facts()).toMatchObject({
      Status: "Takes jobs, 31 jobs waiting",
      "Median two-qubit error": "1%",
      "Median readout error": "1.23%",
      "Median T1": "100 µs",
      Couplings: "3 (cz)",
      "Delay between shots": "0 s to 500 µs, 250 µs by default",
      dt: "4 ns",
      "Most shots": "100,000",
      Processor: "Heron r2",
    });
    expect(facts()["Calibrated"]).toContain("2026");
  });

  test("leave out what is not known", () => {
    expect(Object.keys(facts(plain()))).toEqual([
      "Qubits",
      "Couplings",
      "Basis gates",
      "dt",
      "Most shots",
      "Processor",
      "Version",
    ]);
  });

  test.each([
    [true, "internal", 1, "Takes jobs (internal), 1 job waiting"],
    [false, "maintenance", 0, "Takes no jobs (maintenance), 0 jobs waiting"],
  ])("a status of %s, %s, %i", (operational, message, pending, text) => {
    const status = {
      is_operational: operational,
      message,
      pending_jobs: pending,
      asked_ms: NOW,
    };
    expect(facts(device({ status }))["Status"]).toBe(text);
  });
});

test("qubits can be coloured by what is known of any", () => {
  expect(measuresOf(device())).toEqual(["readout_error", "t1_s", "gate_error"]);
  expect(measuresOf(plain())).toEqual([]);
});

test("the legend has the numbers at both ends of each scale", () => {
  expect(describeLegend(device(), "t1_s")).toEqual([
    { title: "Qubits: T1", best: "200 µs", worst: "100 µs" },
    { title: "Couplings: error of the best gate", best: "1%", worst: "3%" },
  ]);
  expect(describeLegend(plain(), null)).toEqual([]);
});

describe("a qubit", () => {
  test("tells its numbers and those of its couplings", () => {
    expect(describeQubit(device(), 0, null)).toEqual({
      title: "Qubit 0",
      lines: [
        "Readout error 1.23%",
        "T1 100 µs",
        "T2 50 µs",
        "Gate error 0.0243%",
        "4.722 GHz",
        "to 1: cz 1%, 84 ns",
        "to 2: ecr 2→0 3%, 660 ns",
      ],
    });
  });

  test("that is out of service says so, and so does one of which nothing is known", () => {
    expect(describeQubit(device(), 3, null).lines[0]).toBe("not in service");
    expect(describeQubit(plain(), 0, null).lines).toEqual(["No properties", "to 1: cx 0→1 –"]);
  });

  test("says that the job uses it", () => {
    const use = { job_id: "a", qubits: [1], couplings: [] };
    expect(describeQubit(device(), 1, use).title).toBe("Qubit 1, used by the job");
    expect(describeQubit(device(), 0, use).title).toBe("Qubit 0");
  });

  test("that is not there says nothing", () => {
    expect(describeQubit(device(), 9, null)).toEqual({ title: "", lines: [] });
  });
});

test("a coupling tells each of its gates, one that is the same both ways once", () => {
  const several = coupling(0, 1, {
    gates: [
      ["cz", [0, 1], 0.01, 8e-8],
      ["cz", [1, 0], 0.01, 8e-8],
      ["rzz", [0, 1], 0.002, null],
    ],
  });
  expect(describeCoupling(several)).toEqual({
    title: "Qubits 0 and 1",
    lines: ["cz 1%, 80 ns", "rzz 0→1 0.2%"],
  });
  expect(gatesOf(coupling(0, 1, { is_usable: false }))).toEqual(["not in service"]);
});

test("the tables have a row for each qubit and coupling", () => {
  const [qubits, couplings] = describeTables(device());
  expect(qubits).toEqual([
    ["0", "1.23%", "100 µs", "50 µs", "0.0243%", "4.722 GHz"],
    ["1", "5%", "200 µs", "50 µs", "0.0243%", "4.722 GHz"],
    ["2", "–", "100 µs", "50 µs", "0.0243%", "4.722 GHz"],
    ["3 (not in service)", "100%", "100 µs", "50 µs", "0.0243%", "4.722 GHz"],
  ]);
  expect(couplings[1]).toEqual(["0–2", "3%", "ecr 2→0 3%, 660 ns"]);
  expect(couplings[2]?.[2]).toBe("not in service");
});

describe("arrow keys", () => {
  const grid = [0, 1, 2].flatMap((y) => [0, 1, 2, 3].map((x) => qubit(x, y)));

  test.each([
    [5, 1, 0, 6],
    [5, -1, 0, 4],
    [5, 0, -1, 1],
    [5, 0, 1, 9],
    [3, 1, 0, 3],
    [0, 0, -1, 0],
  ])("from qubit %i, (%i, %i) is qubit %i", (from, dx, dy, to) => {
    expect(neighbour(grid, from, dx, dy)).toBe(to);
  });

  test("find a way out of a corner of a heavy hexagon", () => {
    const hexagon = [qubit(0, 0), qubit(1, 0), qubit(2, 0), qubit(0, 1), qubit(0, 2), qubit(1, 2)];
    expect(neighbour(hexagon, 1, 0, 1)).toBe(5);
    expect(neighbour(hexagon, 3, 1, 0)).toBe(1);
    expect(neighbour(hexagon, 2, 0, 1)).toBe(5);
  });

  test("do not go to what lies aside rather than ahead", () => {
    const aside = [qubit(0, 0), qubit(3, 0.5)];
    expect(neighbour(aside, 0, 0, 1)).toBe(0);
    expect(neighbour(aside, 0, 1, 0)).toBe(1);
  });

  test("reach every qubit of a lattice", () => {
    const reached = new Set([0]);
    for (const at of reached) {
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        reached.add(neighbour(grid, at, dx, dy));
      }
    }
    expect(reached.size).toBe(grid.length);
  });

  test("stay where there is no qubit", () => {
    expect(neighbour([], 0, 1, 0)).toBe(0);
  });
});
