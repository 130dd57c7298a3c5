import { expect, test } from "vitest";
import { describeEstimate } from "../../src/view-model/estimate";
import type { Estimate } from "../../src/wire/estimate";

const price = { per_minute: 96, currency: "USD" };
const estimate: Estimate = {
  qpu_s: 4.1,
  cost: 6.56,
  left_s: 540,
  left_of: "the quota of mine",
  fits: true,
  remarks: [],
};

test("an estimate tells time, money and what is left", () => {
  expect(describeEstimate(estimate, price)).toMatchObject({
    text: "About 4.1 s of QPU, $6.56 · 9 m left of the quota of mine",
    isExcess: false,
  });
});

test("what is not known is left out", () => {
  const bare = { ...estimate, cost: null, left_s: null, left_of: null };
  expect(describeEstimate(bare, null).text).toBe("About 4.1 s of QPU");
});

test("what does not fit is said to be too much", () => {
  expect(describeEstimate({ ...estimate, left_s: 2, fits: false }, price)).toMatchObject({
    text: "About 4.1 s of QPU, $6.56 · only 2 s left of the quota of mine",
    isExcess: true,
  });
});

test("a tooltip says where it comes from and what makes it uncertain", () => {
  const told = describeEstimate(
    { ...estimate, remarks: ["circuits are not transpiled yet"] },
    null,
  );
  expect(told.title).toMatch(/^An estimate by IBM's formula.* Circuits are not transpiled yet\.$/);
});
