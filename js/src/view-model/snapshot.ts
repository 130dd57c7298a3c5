/** What the view of a session is worked out from, and the state of its buttons. */

import type { Connection } from "../store/session-store";
import { type Head, WIRE_VERSION } from "../wire/wire";

/** Everything the description depends on. */
export interface Snapshot {
  readonly head: Head | null;
  readonly connection: Connection;
  readonly problem: string | null;
  /** Whether news come only while cells run, and at their end. */
  readonly updatesWait: boolean;
  /** Whether clicks wait for the running cell. */
  readonly clicksWait: boolean;
  /** Whether a request under this key waits for its reply. */
  readonly isPending: (key: string) => boolean;
  /** Now by the kernel's clock. */
  readonly nowMs: number;
}

/** A button: `reason` says why it cannot act, null if it can. */
export interface ActionView {
  readonly reason: string | null;
  readonly isPending: boolean;
}

export const WAITING = "Waiting for the kernel…";
export const DISCONNECTED = "No connection to the kernel";

/** Stands in until the kernel has spoken. */
export const BLANK: Head = {
  version: WIRE_VERSION,
  state: "not-started",
  label: WAITING,
  session_id: null,
  name: null,
  backend: "",
  mode: "session",
  max_time_s: null,
  limit_s: null,
  interactive_timeout_s: null,
  now_ms: 0,
  started_ms: null,
  expires_ms: null,
  idle_since_ms: null,
  idle_until_ms: null,
  ended_ms: null,
  ended_reason: null,
  usage_s: 0,
  usage_runs: false,
  qpu_s: 0,
  counts: { QUEUED: 0, RUNNING: 0, DONE: 0, CANCELLED: 0, ERROR: 0 },
  programs: [],
  last_work: null,
  can_cancel_running: false,
  is_paid: false,
  queue: null,
  quota: null,
  price: null,
  budget: { max_usage_s: null, max_cost: null },
  clicks_wait: false,
  stale_since_ms: null,
  error: null,
};

/** Said where news come only with cells. */
export const UPDATES_WAIT = "This notebook is told of news when a cell ends.";

/** A button's view, given the reason against it that is its own. */
export function action(
  snapshot: Omit<Snapshot, "nowMs" | "problem">,
  key: string,
  ownReason: string | null,
): ActionView {
  if (snapshot.connection !== "live") return { reason: DISCONNECTED, isPending: false };
  if (!snapshot.head) return { reason: WAITING, isPending: false };
  if (ownReason) return { reason: ownReason, isPending: false };
  return snapshot.isPending(key)
    ? { reason: WAITING, isPending: true }
    : { reason: null, isPending: false };
}
