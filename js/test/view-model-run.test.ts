import { describe, expect, test } from "vitest";
import { describeRun, readShots } from "../src/view-model-run";
import type { Head } from "../src/wire";
import { freshHead, head } from "./fixtures";

const describeWith = (changes: Partial<Head> = {}, of = head) =>
  describeRun(of(changes), (reason) => ({ reason, isPending: false }));
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
    ["estimator", null, 0.02, { kind: "fixed", text: "precision 0.02" }],
    ["estimator", null, null, { kind: "fixed", text: "default precision" }],
  ])("takes shots, or tells an estimator's precision: %s, %s, %s", (...of) => {
    const [primitive, shots, precision, field] = of;
    const programs = [{ name: "p", primitive, shots, precision }];
    expect(choices({ programs })[0]?.field).toEqual(field);
  });
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
    expect(readShots(text)).toEqual({ kind: "valid", shots });
  });

  test.each(["0", "-1", "1.5", "1e3", "abc", "9".repeat(20)])("%j are refused", (text) => {
    expect(readShots(text)).toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("a whole number above 0"),
    });
  });
});
