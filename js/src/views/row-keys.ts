/** The row that a key leads to from another, of `count`; null for a key that does not move. */
export function moveFor(key: string, from: number, count: number, pageRows: number): number | null {
  const moves = new Map([
    ["ArrowDown", from + 1],
    ["ArrowUp", from - 1],
    ["PageDown", from + pageRows],
    ["PageUp", from - pageRows],
    ["Home", 0],
    ["End", count - 1],
  ]);
  const to = moves.get(key);
  return to === undefined ? null : Math.max(0, Math.min(to, count - 1));
}
