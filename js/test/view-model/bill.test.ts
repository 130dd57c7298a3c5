import { describe, expect, test } from "vitest";
import { costOf, describeCost, describeQuota, usageNow } from "../../src/view-model/bill";
import type { Quota } from "../../src/wire/wire";
import { head, NOW } from "../fixtures";

const price = { per_minute: 96, currency: "USD" };
const used = { usage_s: 60, usage_runs: false, qpu_s: 15, is_paid: true };

const quota = (changes: Partial<Quota> = {}): Quota => ({
  used_s: 180,
  limit_s: 600,
  remaining_s: 420,
  is_used_up: false,
  instance: "mine",
  plan: "open",
  asked_ms: NOW,
  ...changes,
});

describe("the cost", () => {
  test("is that of the usage, with its idle share", () => {
    expect(describeCost(head({ ...used, price }), NOW)).toBe("About $96.00, idle $72.00");
  });

  test("grows while usage does", () => {
    const running = head({ ...used, price, usage_runs: true });
    expect(usageNow(running, NOW + 30_000)).toBe(90);
    expect(describeCost(running, NOW + 30_000)).toBe("About $144.00, idle $120.00");
  });

  test("of a batch has no idle share: nothing is held", () => {
    expect(describeCost(head({ ...used, price, mode: "batch" }), NOW)).toBe("About $96.00");
  });

  test("of a rehearsal is what it would be", () => {
    expect(describeCost(head({ ...used, price, is_paid: false, qpu_s: 60 }), NOW)).toBe(
      "Would cost about $96.00",
    );
  });

  test("is not told without a price", () => {
    expect(describeCost(head(used), NOW)).toBe("");
    expect(costOf(head(used), 60)).toBe("");
  });

  test.each([
    ["EUR", "€0.40"],
    ["CHF", "CHF 0.40"],
  ])("in %s has the reader's form", (currency, text) => {
    const told = costOf(head({ price: { per_minute: 24, currency } }), 1);
    expect(told.replaceAll("\u00a0", " ")).toBe(text);
  });
});

describe("the quota", () => {
  test.each([
    [quota(), "7 m left of 10 m (open plan)"],
    [quota({ plan: null }), "7 m left of 10 m"],
    [quota({ limit_s: null, remaining_s: null }), "Instance used 3 m 00 s (open plan)"],
    [quota({ is_used_up: true, remaining_s: 0 }), "Quota used up (open plan)"],
    [null, ""],
  ])("%# is told as it is", (told, text) => {
    expect(describeQuota(head({ quota: told }))).toBe(text);
  });
});
