import { describe, expect, test } from "vitest";
import {
  describeBars,
  describeCircuit,
  describeFacts,
  describeWhiskers,
  hasSeveralPubs,
  titleOfCounts,
  whyNoResult,
} from "../../src/view-model/details";
import type { Row } from "../../src/wire/wire";
import { circuit, counts, details, values } from "../details-fixtures";
import { head, NOW, queued, row, running } from "../fixtures";

const facts = (of: Row): Record<string, string> =>
  Object.fromEntries(describeFacts(of, NOW, head()).map(({ label, text }) => [label, text]));

describe("the facts", () => {
  test("of a job that is done tell how long it waited and ran", () => {
    expect(facts(row("a", { tags: ["x", "y"] }))).toMatchObject({
      Primitive: "sampler",
      Shots: "4,096",
      Waited: "10.0 s",
      Ran: "9.0 s",
      "QPU time": "4.0 s",
      Tags: "x, y",
    });
  });

  test("of one that runs, and of one that waits, count up", () => {
    expect(facts(running("a"))).toMatchObject({ "Running for": "12 s", Waited: "48.0 s" });
    expect(facts(queued("a"))).toMatchObject({ Waited: "1 m 00 s" });
  });

  test("that are estimated are said to be", () => {
    const told = facts(row("a", { are_times_estimated: true, is_qpu_estimated: true }));
    expect(told).toMatchObject({ Ran: "about 9.0 s", "QPU time": "4.0 s (not settled yet)" });
  });

  test("tell what was expected, and how far off that was once the bill is settled", () => {
    const job = row("a", { qpu_s: 4, forecast_s: 5, service_forecast_s: 3 });
    expect(facts(job)).toMatchObject({ Estimate: "5.0 s, +25%", "IBM's estimate": "3.0 s, −25%" });
    expect(facts({ ...job, is_qpu_estimated: true })).toMatchObject({ Estimate: "5.0 s" });
    expect(facts({ ...job, qpu_s: null })).toMatchObject({ "IBM's estimate": "3.0 s" });
  });

  test("that are not known are left out", () => {
    const told = facts(
      row("a", { shots: null, run_s: null, qpu_s: null, started_ms: null, finished_ms: null }),
    );
    expect(Object.keys(told)).toEqual(["Primitive", "Submitted"]);
  });
});

describe("bars", () => {
  test("are as long as their counts, the longest whole", () => {
    expect(describeBars(counts(), "count")).toEqual([
      { outcome: "11", count: 60, share: 0.6, length: 1, isRest: false },
      { outcome: "00", count: 40, share: 0.4, length: 40 / 60, isRest: false },
    ]);
  });

  test("may stand in the order of values", () => {
    expect(describeBars(counts(), "value").map(({ outcome }) => outcome)).toEqual(["00", "11"]);
    const first = [["01", 5]] as const;
    const listed = describeBars(counts({ distinct: 4, first }), "value");
    expect(listed.map(({ outcome, count }) => [outcome, count])).toEqual([
      ["01", 5],
      ["3 others", 95],
    ]);
    expect(listed[1]?.length).toBe(1);
  });

  test("end with the sum of the others", () => {
    const bars = describeBars(counts({ shots: 110, distinct: 3 }), "count");
    expect(bars.at(-1)).toMatchObject({ outcome: "1 other", count: 10, isRest: true });
  });
});

test("a register says of which PUB it is where there are several", () => {
  expect(titleOfCounts(counts({ pub: 2 }), true)).toBe("PUB 2 · register meas");
  expect(titleOfCounts(counts(), false)).toBe("register meas");
  expect(hasSeveralPubs(details())).toBe(false);
  expect(
    hasSeveralPubs(details({ result: { parts: [counts(), counts({ pub: 1 })], hidden: 0 } })),
  ).toBe(true);
  expect(hasSeveralPubs(details({ result: { parts: [counts()], hidden: 2 } }))).toBe(true);
});

describe("values", () => {
  const view = describeWhiskers(
    values({
      shape: [2, 2],
      size: 9,
      values: [
        [-1, 0.5],
        [1, 0],
        [null, null],
        [0, null],
      ],
    }),
  );

  test("lie on one scale with their errors", () => {
    const [first, second] = view.whiskers;
    expect(first?.from).toBeLessThan(first?.at ?? 0);
    expect(first?.to).toBeGreaterThan(first?.at ?? 1);
    expect(second?.at).toBeLessThan(1);
    expect(view.zero).toBeCloseTo(view.whiskers[3]?.at ?? -1);
  });

  test("have their places in the array", () => {
    expect(view.whiskers.map(({ place }) => place)).toEqual(["0, 0", "0, 1", "1, 0", "1, 1"]);
    expect(describeWhiskers(values()).whiskers[0]?.place).toBe("–");
  });

  test("that are no numbers have no place on the scale", () => {
    expect(view.whiskers[2]).toMatchObject({ at: null, text: "–" });
  });

  test("that are not listed are counted", () => {
    expect(view.others).toBe(5);
  });

  test("far from zero have a scale without it", () => {
    expect(describeWhiskers(values()).zero).toBeNull();
  });
});

test("a circuit is told in words", () => {
  expect(describeCircuit(circuit({ name: "bell" }))).toEqual({
    heading: "bell",
    size: "2 of 127 qubits · depth 3 · 4 operations",
    operations: "2 measure · 1 ecr · 1 other",
  });
  const large = circuit({
    name: "large",
    used_qubits: null,
    depth: null,
    size: 1_000_000,
    other_operations: 0,
  });
  expect(describeCircuit(large)).toEqual({
    heading: "large",
    size: "127 qubits · 1,000,000 operations",
    operations: "2 measure · 1 ecr",
  });
});

test("a circuit that nobody named is told by its size", () => {
  const { heading, size } = describeCircuit(circuit({ name: "" }));
  expect([heading, size]).toEqual(["2 of 127 qubits · depth 3 · 4 operations", ""]);
});

test.each([
  [queued("a"), /^Waits in the queue/],
  [running("a"), /^Runs/],
  [row("a", { status: "CANCELLED", error: "because" }), /^because$/],
  [row("a", { status: "CANCELLED" }), /^Cancelled before/],
])("a job without a result says why: %j", (of, words) => {
  expect(whyNoResult(of)).toMatch(words);
});

test("a job that has ended by itself needs no excuse", () => {
  expect([whyNoResult(row("a")), whyNoResult(row("a", { status: "ERROR" }))]).toEqual([null, null]);
});
