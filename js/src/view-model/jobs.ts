import type { Row, Status } from "../wire/wire";
import { clock, counted, fullTime, number, shortId, span, took } from "./format";
import { type ActionView, action, type Snapshot } from "./snapshot";
import { type Sign, STATUS_SIGNS } from "./words";

/** What changes of a job that goes on while nothing is reported of it. */
export interface LiveJobView {
  readonly runTime: string;
  /** Null when there is nothing left to cancel. */
  readonly cancel: ActionView | null;
}

/** One row of the job table. */
export interface JobView extends LiveJobView {
  readonly id: string;
  readonly shortId: string;
  readonly status: Status;
  readonly sign: Sign;
  readonly name: string;
  readonly tags: readonly string[];
  readonly primitive: string;
  readonly shots: string;
  readonly submitted: { readonly text: string; readonly full: string; readonly iso: string };
  /** Why it failed or was cancelled, on one line. */
  readonly error: string;
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
    ...describeLive(row, snapshot),
    error: (row.error ?? "").trim().replaceAll(/\s+/g, " "),
  };
}

/** Describes what time and requests change of a job: far less work than all of it. */
export function describeLive(row: Row, snapshot: Snapshot): LiveJobView {
  return { runTime: runTime(row, snapshot.nowMs), cancel: cancelAction(row, snapshot) };
}

function runTime(row: Row, nowMs: number): string {
  if (row.run_s !== null) return `${row.are_times_estimated ? "≈ " : ""}${took(row.run_s)}`;
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

/** The button that cancels all queued jobs; null unless there are several. */
export function cancelQueuedAction(snapshot: Snapshot): ActionView | null {
  const queued = snapshot.head?.counts.QUEUED ?? 0;
  return queued > 1 ? action(snapshot, "cancel_queued", null) : null;
}

/** What a confirmation says will happen when all queued jobs are cancelled. */
export function describeQueuedEnd({ head }: Snapshot): string {
  const { QUEUED: queued = 0, RUNNING: running = 0 } = head?.counts ?? {};
  const dropped = `${counted(queued, "queued job")} will be cancelled. `;
  const stays = running > 0 ? `${counted(running, "running job")} will finish. ` : "";
  return `${dropped}${stays}The session takes new jobs as before.`;
}

/** What is said under the table of jobs that are not in it; empty when all are. */
export function describeMissing(
  { connection }: Snapshot,
  { shown, known, total, isFiltered }: JobNumbers,
): string {
  const found = isFiltered ? `${number(shown)} of ${counted(total, "job")}` : "";
  if (known >= total) return found;
  const missing =
    connection === "live"
      ? `Loading older jobs: ${number(known)} of ${number(total)} are here`
      : `Only the newest ${number(known)} of ${counted(total, "job")} were saved`;
  return [found, missing].filter(Boolean).join(" · ");
}

/** Numbers of jobs. */
export interface JobNumbers {
  readonly shown: number;
  /** How many this page has. */
  readonly known: number;
  /** How many the session has. */
  readonly total: number;
  readonly isFiltered: boolean;
}
