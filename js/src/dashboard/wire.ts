/**
 * What crosses the wire between the kernel and the page of a dashboard. `dashboards/encoding.py`
 * owns these names; a Python test reads this file to compare them.
 */
import {
  isBoolean,
  isCurrency,
  isMoment,
  isNumber,
  isString,
  listOf,
  orNull,
  type Shaped,
  shaped,
} from "../wire/wire";

export const DASHBOARD_VERSION = 1;

export const DASHBOARD_ACTIONS = [
  "look",
  "ask",
  "show",
  "hide",
  "close",
  "cancel",
  "close_all",
] as const;

export type DashboardAction = (typeof DASHBOARD_ACTIONS)[number];

export const entryShape = {
  key: isString,
  session_id: orNull(isString),
  name: orNull(isString),
  backend: orNull(isString),
  mode: isString,
  state: isString,
  label: isString,
  opened_ms: orNull(isMoment),
  ended_ms: orNull(isMoment),
  remaining_s: orNull(isNumber),
  usage_s: orNull(isNumber),
  cost: orNull(isNumber),
  currency: orNull(isCurrency),
  jobs: orNull(isNumber),
  where: isString,
  pid: orNull(isNumber),
  is_open: isBoolean,
  is_shown: isBoolean,
};

export const overviewShape = {
  version: isNumber,
  now_ms: isMoment,
  asked_ms: orNull(isMoment),
  problem: orNull(isString),
  clicks_wait: isBoolean,
  entries: listOf(shaped(entryShape)),
};

/** A session in the list. */
export type Entry = Shaped<typeof entryShape>;

/** All that the dashboard shows. */
export type Overview = Shaped<typeof overviewShape>;

const isOverview = shaped(overviewShape);

/** Reads the `overview` trait; null for one that this page cannot read. */
export function readOverview(value: unknown): Overview | null {
  return isOverview(value) && value.version === DASHBOARD_VERSION ? value : null;
}
