import { describe, expect, test } from "vitest";
import {
  againKey,
  describeRun,
  readParameter,
  readPrecision,
  readShots,
} from "../../src/view-model/run";
import type { Head } from "../../src/wire/wire";
import { freshHead, head, NOW, program } from "../fixtures";

const describeWith = (changes: Partial<Head> = {}, of = head) =>
  describeRun(of(changes), NOW, (reason) => ({ reason, isPending: false }));
const choices = (changes: Partial<Head> = {}) => describeWith(changes).choices;

const last_work = { name: "bell", primitive: "sampler", shots: 512 };

describe("work to choose", () => {
  test("is the last work again, then the programs", () => {
    expect(choices({ last_work }).map(({ label, program }) => [label, program])).toEqual([
      ["bell · sampler (again)", null],
      ["bell · sampler", "bell"],
      ["ansatz · estimator", "ansatz"],
    ]);
    expect(choices({ last_work })[0]?.field).toEqual({ kind: "shots", placeholder: "512" });
  });

  test("is told apart by key, even where it has the same name", () => {
    const keys = choices({ last_work }).map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
  });

  test("may have no name, when it was run last", () => {
    const nameless = choices({ last_work: { ...last_work, name: null } });
    expect(nameless[0]?.label).toBe("last work · sampler (again)");
  });

  test.each([
    ["sampler", 4096, null, { kind: "shots", placeholder: "4096" }],
    ["sampler", null, null, { kind: "shots", placeholder: "default" }],
    ["estimator", null, 0.02, { kind: "precision", placeholder: "0.02" }],
    ["estimator", null, null, { kind: "precision", placeholder: "default" }],
  ])("takes shots or a precision: %s, %s, %s", (...of) => {
    const [primitive, shots, precision, field] = of;
    const programs = [program("p", { primitive, shots, precision })];
    expect(choices({ programs })[0]?.field).toEqual(field);
  });

  test("keeps its precision when it is an estimator's that is run again", () => {
    const again = choices({ last_work: { ...last_work, primitive: "estimator" } });
    expect(again[0]?.field).toEqual({ kind: "fixed", text: "same precision" });
  });

  test("has its parameters, which stand at 0 where they have no value", () => {
    const parameters = [
      ["a", 0.5],
      ["b", null],
    ] as const;
    const [choice] = choices({ programs: [program("p", { parameters })] });
    expect(choice?.parameters).toEqual([
      { name: "a", value: 0.5 },
      { name: "b", value: 0 },
    ]);
    expect(choice?.reason).toBeNull();
  });

  test("with more parameters than are told cannot be run from here if one lacks a value", () => {
    const describeOne = (value: number | null) =>
      choices({ programs: [program("p", { parameters: [["a", value]], parameter_count: 40 })] })[0];
    expect(describeOne(null)?.reason).toMatch(/^p has 40 parameters, too many for this panel/);
    expect(describeOne(1)).toMatchObject({ reason: null, parameters: [] });
  });
});

describe("what it costs", () => {
  test("is told where it is paid: what is left, and what was used", () => {
    const { cost } = describeWith({ is_paid: true, usage_s: 65, usage_runs: false });
    expect(cost).toBe("It runs on ibm_torino and is charged. 1:30:00 left. Usage so far 1 m 05 s.");
  });

  test("says nothing of what is left before the session has started", () => {
    const { cost } = describeWith({ is_paid: true }, freshHead);
    expect(cost).toBe("It runs on ibm_torino and is charged. Usage so far 0 s.");
  });

  test("is nothing where nothing is paid", () => {
    expect(describeWith({ is_paid: false }).cost).toBeNull();
  });
});

test("jobs that are run again are told apart", () => {
  expect(againKey("a")).not.toBe(againKey("b"));
});

describe("the reason against running", () => {
  test("is that there is nothing to run, until something ran", () => {
    const reason = "Nothing to run yet: run a circuit in this session or add a program";
    expect(describeWith({}, freshHead).action.reason).toBe(reason);
    expect(describeWith({ last_work }, freshHead).action.reason).toBeNull();
  });

  test("is that the session is closing, whatever there is to run", () => {
    const reason = "The session is closing: it takes no new jobs";
    expect(describeWith({ state: "closing" }).action.reason).toBe(reason);
    expect(describeWith({ state: "closing" }, freshHead).action.reason).toBe(reason);
  });
});

describe("shots", () => {
  test.each([
    ["", null],
    ["  ", null],
    [" 100 ", 100],
  ])("%j are read as %j", (text, shots) => {
    expect(readShots(text)).toEqual({ kind: "valid", value: shots });
  });

  test.each(["0", "-1", "1.5", "1e3", "abc", "9".repeat(20)])("%j are refused", (text) => {
    expect(readShots(text)).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("a whole number above 0"),
    });
  });
});

describe("a precision", () => {
  test.each([
    ["", null],
    [" 0.02 ", 0.02],
    ["1e-3", 0.001],
  ])("%j is read as %j", (text, value) => {
    expect(readPrecision(text)).toEqual({ kind: "valid", value });
  });

  test.each(["0", "-0.1", "abc", "Infinity"])("%j is refused", (text) => {
    expect(readPrecision(text)).toMatchObject({ kind: "invalid" });
  });
});

describe("a parameter", () => {
  test.each([
    ["-1.5", -1.5],
    [" 0 ", 0],
  ])("%j is read as %j", (text, value) => {
    expect(readParameter("a", text)).toEqual({ kind: "valid", value });
  });

  test.each(["", " ", "x", "1e999"])("%j is refused by name", (text) => {
    expect(readParameter("a", text)).toEqual({ kind: "invalid", message: "a needs a number" });
  });
});
