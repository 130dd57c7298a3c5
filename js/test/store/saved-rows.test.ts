import { expect, test } from "vitest";
import { SavedRows } from "../../src/store/saved-rows";
import { NEWEST_ROWS, packRow } from "../../src/wire/wire";
import { row } from "../fixtures";

const rows = (count: number) => Array.from({ length: count }, (_, number) => row(`j${number}`));

test("rows are put into the array that the model holds", () => {
  const held: unknown[] = [packRow(row("old"))];
  const saved = new SavedRows();
  saved.hold(held);
  expect(saved.put(rows(2))).toBe(held);
  expect(held).toEqual(rows(2).map(packRow));
});

test("the newest are kept, and a row that has not changed is packed once", () => {
  const saved = new SavedRows();
  const all = rows(NEWEST_ROWS + 2);
  const [first] = saved.put(all);
  expect(first).toEqual(packRow(row("j2")));
  expect(saved.areAll).toBe(false);
  expect(saved.put(all)[0]).toBe(first);
});

test("what is no array is none", () => {
  const saved = new SavedRows();
  saved.hold("rows");
  expect(saved.areAll).toBe(true);
  expect(saved.put([])).toEqual([]);
});
