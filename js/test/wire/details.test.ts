import { expect, test } from "vitest";
import { isDetails, readDrawing } from "../../src/wire/details";
import { counts, details, values } from "../details-fixtures";

test("details of every kind are read", () => {
  const other = { kind: "other", pub: 0, name: "x", words: "3 × 4 float64" } as const;
  const error = { type: "E", message: "m", traceback: "" };
  for (const sent of [
    details(),
    details({ result: null, error }),
    details({ result: { parts: [values(), other as never, counts({ first: [] })], hidden: 3 } }),
  ]) {
    expect(isDetails(JSON.parse(JSON.stringify(sent)))).toBe(true);
  }
});

test.each([
  null,
  {},
  { ...details(), code: "x" },
  { ...details(), spans: [[0, 1e300, 5]] },
  { ...details(), result: { parts: [{ kind: "dance" }], hidden: 0 } },
  { ...details(), result: { parts: [{ ...counts(), frequent: [["0"]] }], hidden: 0 } },
])("%j are refused", (sent) => {
  expect(isDetails(sent)).toBe(false);
});

test("a drawing is read, anything else is none", () => {
  expect(readDrawing({ job_id: "a", index: 0, drawing: "q: ─" })).toBe("q: ─");
  expect(readDrawing({ job_id: "a" })).toBeNull();
  expect(readDrawing(undefined)).toBeNull();
});
