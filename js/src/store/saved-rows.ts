import { NEWEST_ROWS, type PackedRow, packRow, type Row } from "../wire/wire";

/** Rows as they are saved; each is packed once. */
const packed = new WeakMap<Row, PackedRow>();

/** The model's own array of rows, kept as it is: models are told apart by it. */
export class SavedRows {
  #values: unknown[] = [];

  /** Whether the model holds all the jobs of the session, not the newest alone. */
  get areAll(): boolean {
    return this.#values.length < NEWEST_ROWS;
  }

  /** Takes over what the model holds. */
  hold(values: unknown): void {
    this.#values = Array.isArray(values) ? values : [];
  }

  /**
   * Puts rows into the array, of which the model keeps the newest.
   *
   * In place: a new array for each delta would cost the host a deep comparison of all rows.
   */
  put(rows: readonly Row[]): readonly unknown[] {
    this.#values.splice(0, this.#values.length, ...rows.slice(-NEWEST_ROWS).map(pack));
    return this.#values;
  }
}

function pack(row: Row): PackedRow {
  const known = packed.get(row);
  if (known) return known;
  const values = packRow(row);
  packed.set(row, values);
  return values;
}
