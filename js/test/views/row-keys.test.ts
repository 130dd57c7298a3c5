import { expect, test } from "vitest";
import { moveFor } from "../../src/views/row-keys";

test.each([
  ["ArrowDown", 51],
  ["ArrowUp", 49],
  ["PageDown", 59],
  ["PageUp", 41],
  ["Home", 0],
  ["End", 99],
])("%s leads from row 50 of 100 to row %i", (key, to) => {
  expect(moveFor(key, 50, 100, 9)).toBe(to);
});

test("no key leads beyond the ends", () => {
  expect(moveFor("ArrowUp", 0, 100, 9)).toBe(0);
  expect(moveFor("PageDown", 98, 100, 9)).toBe(99);
});

test("other keys do not move", () => {
  for (const key of ["Enter", "a", "toString"]) expect(moveFor(key, 5, 100, 9)).toBeNull();
});
