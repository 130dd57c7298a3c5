/**
 * What crosses the wire between the kernel and the page. `wire.py` owns these names; the lists
 * below mirror it and a Python test reads this file to compare them.
 *
 * Everything that arrives goes through the guards here, so the rest of the page can trust its types.
 */

export const WIRE_VERSION = 2;

/** How many rows the `rows` trait holds. */
export const NEWEST_ROWS = 500;

export const HEAD_FIELDS = [
  "version",
  "state",
  "label",
  "session_id",
  "name",
  "backend",
  "mode",
  "max_time_s",
  "limit_s",
  "interactive_timeout_s",
  "now_ms",
  "started_ms",
  "expires_ms",
  "idle_since_ms",
  "idle_until_ms",
  "ended_ms",
  "ended_reason",
  "usage_s",
  "usage_runs",
  "qpu_s",
  "counts",
  "programs",
  "last_work",
  "can_cancel_running",
  "is_paid",
  "queue",
  "quota",
  "price",
  "budget",
  "clicks_wait",
  "stale_since_ms",
  "error",
] as const;

export const ROW_FIELDS = [
  "job_id",
  "name",
  "primitive",
  "status",
  "created_ms",
  "started_ms",
  "finished_ms",
  "run_s",
  "qpu_s",
  "shots",
  "tags",
  "error",
  "values",
  "are_times_estimated",
  "is_qpu_estimated",
  "forecast_s",
  "service_forecast_s",
] as const;

export const ACTIONS = [
  "run",
  "cancel_session",
  "close_session",
  "cancel_job",
  "cancel_queued",
  "compare",
  "details",
  "device",
  "drawing",
  "estimate",
  "here",
  "older",
  "picture",
  "quota",
  "resync",
  "use",
] as const;

export const KINDS = ["delta", "older", "ping", "request", "reply"] as const;

/** The session states, in the order a session can go through them. */
export const STATES = [
  "not-started",
  "open",
  "active",
  "inactive",
  "closing",
  "closed",
  "cancelled",
  "expired",
] as const;

/** The job states, in the order in which counts are shown. */
export const STATUSES = ["DONE", "RUNNING", "QUEUED", "CANCELLED", "ERROR"] as const;

export type Action = (typeof ACTIONS)[number];
export type State = (typeof STATES)[number];
export type Status = (typeof STATUSES)[number];

export type Guard<T> = (value: unknown) => value is T;
type Shape = Readonly<Record<string, Guard<unknown>>>;
export type Shaped<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Guard<infer T> ? T : never;
};

export const isString: Guard<string> = (value) => typeof value === "string";
export const isNumber: Guard<number> = (value): value is number =>
  typeof value === "number" && Number.isFinite(value);
export const isBoolean: Guard<boolean> = (value) => typeof value === "boolean";

// Beyond this a number is no date and cannot be shown as one.
const LAST_MOMENT_MS = 8.64e15;
export const isMoment: Guard<number> = (value): value is number =>
  isNumber(value) && Math.abs(value) <= LAST_MOMENT_MS;

/** A currency by its code of three letters: with anything else no amount can be formatted. */
export const isCurrency: Guard<string> = (value): value is string =>
  isString(value) && /^[A-Z]{3}$/.test(value);

const isAnything: Guard<unknown> = (_value): _value is unknown => true;
export const isObject: Guard<object> = (value) => typeof value === "object" && value !== null;

export function oneOf<T extends string>(words: readonly T[]): Guard<T> {
  return (value): value is T => words.some((word) => word === value);
}

export function orNull<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

export function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

export function isPair<A, B>(first: Guard<A>, second: Guard<B>): Guard<readonly [A, B]> {
  return (value): value is readonly [A, B] =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
}

/** The fields of `value` that do not have the type the shape asks for. */
function badFields(value: object, shape: Shape): string[] {
  return Object.entries(shape)
    .filter(([name, guard]) => !guard(Reflect.get(value, name)))
    .map(([name]) => name);
}

export function shaped<S extends Shape>(shape: S): Guard<Shaped<S>> {
  return (value): value is Shaped<S> => isObject(value) && badFields(value, shape).length === 0;
}

const programShape = {
  name: isString,
  primitive: isString,
  shots: orNull(isNumber),
  precision: orNull(isNumber),
  parameters: listOf(isPair(isString, orNull(isNumber))),
  parameter_count: isNumber,
};

const workShape = { name: orNull(isString), primitive: isString, shots: orNull(isNumber) };

const countsShape = {
  QUEUED: isNumber,
  RUNNING: isNumber,
  DONE: isNumber,
  CANCELLED: isNumber,
  ERROR: isNumber,
} satisfies Record<Status, Guard<number>>;

/** The queue of the backend while the session waits in it. */
const queueShape = {
  pending_jobs: orNull(isNumber),
  is_operational: isBoolean,
  message: isString,
  asked_ms: isMoment,
};

/** What the instance has used of what it may use, as the service said. */
const quotaShape = {
  used_s: isNumber,
  limit_s: orNull(isNumber),
  remaining_s: orNull(isNumber),
  is_used_up: isBoolean,
  instance: orNull(isString),
  plan: orNull(isString),
  asked_ms: isMoment,
};

/** What a minute costs, as the user says, in a currency by its code. */
const priceShape = { per_minute: isNumber, currency: isCurrency };

/** What the session may use before its guard closes it; null is any amount. */
const budgetShape = { max_usage_s: orNull(isNumber), max_cost: orNull(isNumber) };

const headShape = {
  version: isNumber,
  state: oneOf(STATES),
  label: isString,
  session_id: orNull(isString),
  name: orNull(isString),
  backend: isString,
  mode: isString,
  max_time_s: orNull(isNumber),
  limit_s: orNull(isNumber),
  interactive_timeout_s: orNull(isNumber),
  now_ms: isMoment,
  started_ms: orNull(isMoment),
  expires_ms: orNull(isMoment),
  idle_since_ms: orNull(isMoment),
  idle_until_ms: orNull(isMoment),
  ended_ms: orNull(isMoment),
  ended_reason: orNull(isString),
  usage_s: isNumber,
  usage_runs: isBoolean,
  qpu_s: isNumber,
  counts: shaped(countsShape),
  programs: listOf(shaped(programShape)),
  last_work: orNull(shaped(workShape)),
  can_cancel_running: isBoolean,
  is_paid: isBoolean,
  queue: orNull(shaped(queueShape)),
  quota: orNull(shaped(quotaShape)),
  price: orNull(shaped(priceShape)),
  budget: shaped(budgetShape),
  clicks_wait: isBoolean,
  stale_since_ms: orNull(isMoment),
  error: orNull(isString),
} satisfies Record<(typeof HEAD_FIELDS)[number], Guard<unknown>>;

const rowShape = {
  job_id: isString,
  name: orNull(isString),
  primitive: isString,
  status: oneOf(STATUSES),
  created_ms: isMoment,
  started_ms: orNull(isMoment),
  finished_ms: orNull(isMoment),
  run_s: orNull(isNumber),
  qpu_s: orNull(isNumber),
  shots: orNull(isNumber),
  tags: listOf(isString),
  error: orNull(isString),
  values: listOf(isPair(orNull(isNumber), orNull(isNumber))),
  are_times_estimated: isBoolean,
  is_qpu_estimated: isBoolean,
  forecast_s: orNull(isNumber),
  service_forecast_s: orNull(isNumber),
} satisfies Record<(typeof ROW_FIELDS)[number], Guard<unknown>>;

const replyShape = {
  kind: oneOf(["reply"]),
  id: isString,
  ok: isBoolean,
  message: orNull(isString),
  error: orNull(shaped({ type: isString, message: isString })),
};

const deltaShape = {
  kind: oneOf(["delta"]),
  seq: isNumber,
  head: isObject,
  rows: listOf(isAnything),
};

const olderShape = {
  kind: oneOf(["older"]),
  before: isString,
  rows: listOf(isAnything),
  is_all: isBoolean,
};

export type Program = Shaped<typeof programShape>;
export type Quota = Shaped<typeof quotaShape>;
export type Price = Shaped<typeof priceShape>;
export type Head = Shaped<typeof headShape>;
export type Row = Shaped<typeof rowShape>;
export type Reply = Shaped<typeof replyShape>;

/** A numbered change; its rows and the head it makes are still to be checked. */
export type Delta = Shaped<typeof deltaShape>;

/** Jobs that are older than one; the rows are still to be checked. */
export type Older = Shaped<typeof olderShape>;

/** A row as it travels: its values in the order of {@link ROW_FIELDS}. */
export type PackedRow = readonly unknown[];

const isRow: Guard<Row> = shaped(rowShape);
export const isOlder: Guard<Older> = shaped(olderShape);
export const isReply: Guard<Reply> = shaped(replyShape);
export const isPing = shaped({ kind: oneOf(["ping"]) });
export const isDelta: Guard<Delta> = shaped(deltaShape);
export const isSeq: Guard<number> = isNumber;

/** A head that was read: it, nothing sent yet, or why it cannot be used. */
export type ReadHead =
  | { readonly kind: "head"; readonly head: Head }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly why: string };

const isHead: Guard<Head> = shaped(headShape);

/** Reads a row; null for one that cannot be used. */
export function readRow(value: unknown): Row | null {
  if (!Array.isArray(value)) return null;
  const values: PackedRow = value;
  const row: unknown = Object.fromEntries(ROW_FIELDS.map((name, index) => [name, values[index]]));
  return isRow(row) ? row : null;
}

/** Reads rows, leaving out those that cannot be used. */
export function readRows(values: unknown): Row[] {
  return Array.isArray(values) ? values.map(readRow).filter((row) => row !== null) : [];
}

/** A row as it travels. */
export function packRow(row: Row): PackedRow {
  return ROW_FIELDS.map((name) => row[name]);
}

/** Reads the `head` trait, or the head that a delta makes of the one before. */
export function readHead(value: unknown): ReadHead {
  if (isHead(value) && value.version === WIRE_VERSION) return { kind: "head", head: value };
  // Without a version it is nothing yet, or what changed in one that has not come.
  if (!isObject(value) || !("version" in value)) return { kind: "absent" };
  const { version } = value;
  const why =
    version === WIRE_VERSION
      ? `fields ${badFields(value, headShape).join(", ")}`
      : `version ${String(version)} instead of ${WIRE_VERSION}`;
  return { kind: "unreadable", why };
}
