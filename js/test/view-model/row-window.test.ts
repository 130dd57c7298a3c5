import { expect, test } from "vitest";
import { MOST_ROWS, ROW_HEIGHT, rowWindow, scrollToSee } from "../../src/view-model/row-window";

const HEIGHT = 10 * ROW_HEIGHT;
const at = (row: number, height = HEIGHT) => ({ top: row * ROW_HEIGHT, height });

test("a short table is drawn whole", () => {
  expect(rowWindow(at(0), 12)).toEqual({ first: 0, end: 12 });
  expect(rowWindow(at(0), 0)).toEqual({ first: 0, end: 0 });
});

test("of a long one, what is in sight is drawn, and some rows around it", () => {
  expect(rowWindow(at(0), 10_000)).toEqual({ first: 0, end: 27 });
  expect(rowWindow(at(5000), 10_000)).toEqual({ first: 4992, end: 5019 });
  expect(rowWindow(at(9990), 10_000)).toEqual({ first: 9973, end: 10_000 });
});

test("wherever it is scrolled to, every row in sight is drawn", () => {
  for (let top = 0; top <= 10_000 * ROW_HEIGHT - HEIGHT; top += 3331) {
    const { first, end } = rowWindow({ top, height: HEIGHT }, 10_000);
    expect(first * ROW_HEIGHT).toBeLessThanOrEqual(top);
    expect(end * ROW_HEIGHT).toBeGreaterThanOrEqual(top + HEIGHT);
  }
});

test("however tall it is, the number of rows is bounded", () => {
  const { first, end } = rowWindow({ top: 0, height: 100_000 }, 10_000);
  expect(end - first).toBe(MOST_ROWS);
  expect(MOST_ROWS).toBeLessThan(60);
});

test("scrolled past the end of a table that has become short, its last rows are drawn", () => {
  expect(rowWindow(at(9000), 3)).toEqual({ first: 0, end: 3 });
});

test("a row is brought into sight by the shortest way", () => {
  expect(scrollToSee(3, at(0))).toBe(0);
  expect(scrollToSee(10, at(0))).toBe(ROW_HEIGHT);
  expect(scrollToSee(2, at(5))).toBe(2 * ROW_HEIGHT);
  expect(scrollToSee(7, at(5))).toBe(5 * ROW_HEIGHT);
});
