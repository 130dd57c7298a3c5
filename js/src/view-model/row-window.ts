/** Which rows of a long table are drawn. Pure; lengths are in CSS pixels. */

/** The height of each row, in every layout. */
export const ROW_HEIGHT = 34;

/** Rows drawn beyond each edge, so that scrolling finds them there. */
const MARGIN_ROWS = 8;

/** However tall the table is made, no more rows than this are drawn. */
export const MOST_ROWS = 56;

export interface Scroll {
  /** How far the rows are scrolled. */
  readonly top: number;
  /** How much of them can be seen. */
  readonly height: number;
}

export interface RowWindow {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** The rows to draw out of `count`. */
export function rowWindow({ top, height }: Scroll, count: number): RowWindow {
  const seen = Math.floor(top / ROW_HEIGHT);
  const wanted = Math.min(MOST_ROWS, Math.ceil(height / ROW_HEIGHT) + 1 + 2 * MARGIN_ROWS);
  const first = Math.max(0, Math.min(seen - MARGIN_ROWS, count - wanted));
  return { first, end: Math.min(count, first + wanted) };
}

/** Where to scroll so that a whole row is seen, moving no further than needed. */
export function scrollToSee(index: number, { top, height }: Scroll): number {
  const rowTop = index * ROW_HEIGHT;
  return Math.max(0, Math.min(rowTop, Math.max(top, rowTop + ROW_HEIGHT - height)));
}
