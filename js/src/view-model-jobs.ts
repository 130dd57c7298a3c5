import { clock, fullTime, number, shortId, span, took } from "./format";
import { type ActionView, action, type Snapshot } from "./view-model";
import type { Row, Status } from "./wire";
import { type Sign, STATUS_SIGNS } from "./words";

/** One row of the job table. */
export interface JobView {
  readonly id: string;
  readonly shortId: string;
  readonly status: Status;
  readonly sign: Sign;
  readonly name: string;
  readonly tags: readonly string[];
  readonly primitive: string;
  readonly shots: string;
  readonly submitted: { readonly text: string; readonly full: string; readonly iso: string };
  readonly runTime: string;
  /** Null when there is nothing left to cancel. */
  readonly cancel: ActionView | null;
  readonly error: string | null;
}

/** The key under which a job's cancel request travels. */
export function cancelKey(jobId: string): string {
  return `cancel_job:${jobId}`;
}

/** Describes one job. */
export function describeJob(row: Row, snapshot: Snapshot): JobView {
  return {
    id: row.job_id,
    shortId: shortId(row.job_id, 4, 4),
    status: row.status,
    sign: STATUS_SIGNS[row.status],
    name: row.name || "–",
    tags: row.tags,
    primitive: row.primitive,
    shots: row.shots === null ? "" : `${number(row.shots)} shots`,
    submitted: {
      text: clock(row.created_ms, snapshot.nowMs),
      full: fullTime(row.created_ms),
      iso: new Date(row.created_ms).toISOString(),
    },
    runTime: runTime(row, snapshot.nowMs),
    cancel: cancelAction(row, snapshot),
    error: row.error,
  };
}

function runTime(row: Row, nowMs: number): string {
  if (row.run_s !== null) return took(row.run_s);
  if (row.started_ms === null) return "–";
  if (row.status === "RUNNING") return span((nowMs - row.started_ms) / 1000);
  return row.finished_ms === null ? "–" : took((row.finished_ms - row.started_ms) / 1000);
}

function cancelAction(row: Row, snapshot: Snapshot): ActionView | null {
  if (row.status !== "QUEUED" && row.status !== "RUNNING") return null;
  const isStuck = row.status === "RUNNING" && snapshot.head?.can_cancel_running === false;
  const reason = isStuck ? "A running local job cannot be stopped" : null;
  return action(snapshot, cancelKey(row.job_id), reason);
}
