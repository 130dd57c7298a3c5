/**
 * What the view of a session shows, worked out without a document: words, reasons, meters.
 *
 * Jobs have their own in `view-model/jobs.ts`; they are described one by one, for the rows on show.
 */

import type { Connection } from "../store/session-store";
import type { Head, State } from "../wire/wire";
import { clock, counted, shortId } from "./format";
import { describeMeters, type MetersView } from "./meters";
import { describeNotices, type Notice } from "./notices";
import { describeRun, type RunView } from "./run";
import { type ActionView, action, BLANK, type Snapshot, UPDATES_WAIT } from "./snapshot";
import { isEnded, type Sign, STATE_SIGNS } from "./words";

export interface SessionView {
  readonly state: State;
  readonly connection: Connection | "waiting";
  readonly regionLabel: string;
  readonly sign: Sign;
  readonly title: string;
  readonly subtitle: string;
  readonly sessionId: { readonly short: string; readonly full: string } | null;
  readonly cancel: ActionView;
  readonly close: ActionView;
  readonly meters: MetersView;
  readonly run: RunView;
  readonly notices: readonly Notice[];
  readonly error: string | null;
  readonly hint: string;
  readonly emptyText: string;
  /** Whether anything shown changes by itself as time goes by. */
  readonly isCounting: boolean;
}

/** Describes the session. */
export function describeSession(snapshot: Snapshot): SessionView {
  const head = snapshot.head ?? BLANK;
  const { nowMs } = snapshot;
  const isLive = snapshot.connection === "live";
  const hasEnded = isEnded(head.state);
  return {
    state: head.state,
    connection: isLive && !snapshot.head ? "waiting" : snapshot.connection,
    regionLabel: `Session ${head.name || head.session_id || head.backend}`.trim(),
    sign: { ...STATE_SIGNS[head.state], word: head.label },
    title: head.name || head.backend,
    subtitle: [head.name ? `on ${head.backend}` : "", head.mode].filter(Boolean).join(" · "),
    sessionId: head.session_id ? { short: shortId(head.session_id), full: head.session_id } : null,
    cancel: action(snapshot, "cancel_session", endedReason(head)),
    close: action(
      snapshot,
      "close_session",
      endedReason(head) ?? (head.state === "closing" ? "The session is already closing" : null),
    ),
    meters: describeMeters(head, nowMs),
    run: describeRun(head, nowMs, (reason) => action(snapshot, "run", endedReason(head) ?? reason)),
    notices: describeNotices(snapshot, head),
    error: head.error,
    hint: isLive && !hasEnded ? hint(snapshot, head) : "",
    emptyText: hasEnded
      ? "No job ran in this session."
      : "No jobs yet. Run a circuit in this session, or use the Run button: each job gets a row here.",
    isCounting:
      isLive &&
      !hasEnded &&
      (head.expires_ms !== null ||
        head.idle_until_ms !== null ||
        head.usage_runs ||
        head.counts.RUNNING > 0),
  };
}

function hint({ updatesWait, clicksWait, nowMs }: Snapshot, head: Head): string {
  if (updatesWait) return `As of ${clock(head.now_ms, nowMs)}. ${UPDATES_WAIT}`;
  return clicksWait ? "Clicks wait for the running cell to end" : "";
}

function endedReason(head: Head): string | null {
  return isEnded(head.state)
    ? `The session is ${STATE_SIGNS[head.state].word.toLowerCase()}`
    : null;
}

/** The two ways to end a session, each of which asks first. */
export type Ending = "cancel_session" | "close_session";

/** What a confirmation says will happen. */
export function describeEnding(ending: Ending, head: Head | null): string {
  const { QUEUED: queued, RUNNING: running } = (head ?? BLANK).counts;
  const stays = running > 0 ? `${counted(running, "running job")} will finish. ` : "";
  const waiting = counted(queued, "queued job");
  if (ending === "cancel_session") {
    const dropped = queued > 0 ? `${waiting} will be cancelled. ` : "No job is queued. ";
    return `${dropped}${stays}No new jobs are accepted.`;
  }
  const parts = [
    running > 0 ? counted(running, "running job") : "",
    queued > 0 ? waiting : "",
  ].filter(Boolean);
  const rest =
    parts.length > 0 ? `${parts.join(" and ")} will finish. ` : "No job is queued or running. ";
  return `${rest}No new jobs are accepted.`;
}
