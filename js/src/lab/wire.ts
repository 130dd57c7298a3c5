/**
 * What Jupyter's server answers. `server/encoding.py` owns these names; a Python test reads this
 * file to compare them.
 */
import { DASHBOARD_VERSION, entryShape, overviewShape } from "../dashboard/wire";
import { isBoolean, isMoment, isString, listOf, orNull, type Shaped, shaped } from "../wire/wire";

const servedEntryShape = {
  ...entryShape,
  is_paid: isBoolean,
  notebook: orNull(isString),
  kernel_id: orNull(isString),
  kernel_state: orNull(isString),
  idle_since_ms: orNull(isMoment),
  idle_until_ms: orNull(isMoment),
};

const servedShape = { ...overviewShape, entries: listOf(shaped(servedEntryShape)) };

/** A session, with where it was opened. */
export type ServedEntry = Shaped<typeof servedEntryShape>;

/** All that the server knows. */
export type Served = Shaped<typeof servedShape>;

const isServed = shaped(servedShape);

/** Reads an answer with sessions; null for one that this page cannot read. */
export function readServed(value: unknown): Served | null {
  return isServed(value) && value.version === DASHBOARD_VERSION ? value : null;
}

/** Reads the words of an answer; null if it has none. */
export function readMessage(value: unknown): string | null {
  return isMessage(value) ? value.message : null;
}

const isMessage = shaped({ message: isString });
