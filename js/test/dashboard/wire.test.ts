import { expect, test } from "vitest";
import { readOverview } from "../../src/dashboard/wire";
import { entry, overview } from "./fixtures";

test("an overview is read", () => {
  const sent = overview([entry("a", { cost: 1.5, currency: "USD" })], { asked_ms: 3 });
  expect(readOverview(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
});

test.each([
  null,
  { ...overview([]), version: 2 },
  { ...overview([]), now_ms: 1e300 },
  overview([entry("a", { opened_ms: 1e300 })]),
  // No amount can be formatted in it.
  overview([entry("a", { cost: 1.5, currency: "dollars" })]),
])("%j is refused", (sent) => {
  expect(readOverview(sent)).toBeNull();
});
