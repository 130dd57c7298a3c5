/**
 * What a reader should know about the session as a whole, now: warnings, and why it stands still.
 *
 * A notice is there for as long as its condition is. Whether it was read out or put away before is
 * remembered in `view-model/notice-history.ts`, by its key.
 */

import type { Head } from "../wire/wire";
import { costOf, usageNow } from "./bill";
import { clock, counted, roundSpan, shortClock, span } from "./format";
import type { Snapshot } from "./snapshot";
import { type IconName, isEnded, STATE_SIGNS, type Tone } from "./words";

export type NoticeKind =
  | "dead"
  | "exported"
  | "problem"
  | "stale"
  | "time"
  | "idle"
  | "released"
  | "queue"
  | "quota"
  | "budget"
  | "ended";

export interface Notice {
  readonly kind: NoticeKind;
  /** The same for as long as it says the same thing: it is read out, or put away, once. */
  readonly key: string;
  readonly icon: IconName;
  readonly tone: Tone;
  readonly text: string;
  /** Whether it is read out when it appears; what others say already is not. */
  readonly isSpoken: boolean;
  readonly isDismissable: boolean;
}

/** When less than this is left of `max_time`, in seconds; never more than a tenth of it. */
const TIME_SOON_S = 300;
const TIME_LAST_S = 60;
const TIME_SHARE = 0.1;

/** When less than this is left of the idle timeout, in seconds; never more than a third of it. */
const IDLE_SOON_S = 60;
const IDLE_SHARE = 1 / 3;

/** After this long idle time that is paid is worth a word, in seconds; at most half the timeout. */
const PAID_IDLE_S = 30;
const PAID_IDLE_SHARE = 1 / 2;

/** Describes what holds at this moment, the most pressing first. */
export function describeNotices(snapshot: Snapshot, head: Head): Notice[] {
  const { connection, problem, nowMs } = snapshot;
  const found: (Notice | null)[] = [
    connection === "dead" ? DEAD : null,
    connection === "exported" ? EXPORTED : null,
    problem ? unreadable(problem) : null,
  ];
  if (isEnded(head.state)) found.push(ended(head, nowMs));
  else if (connection === "live") {
    found.push(
      stale(head, nowMs),
      time(head, nowMs),
      idle(head, nowMs),
      released(head),
      queue(head, nowMs),
      quota(head),
      budget(head, nowMs),
    );
  }
  return found.filter((notice) => notice !== null);
}

/** That a session has ended, when, and why: `Expired at 16:32:00: its max_time of 2h ran out`. */
export function endedText(head: Head, nowMs: number): string {
  const word = isEnded(head.state) ? STATE_SIGNS[head.state].word : head.label;
  const when = head.ended_ms === null ? "" : ` at ${clock(head.ended_ms, nowMs)}`;
  const why = head.ended_reason ? `: ${head.ended_reason}` : "";
  return `${word}${when}${why}`;
}

const DEAD: Notice = {
  kind: "dead",
  key: "dead",
  icon: "unplugged",
  tone: "warn",
  text: "The kernel is gone: this is the last known state.",
  isSpoken: true,
  isDismissable: false,
};

const EXPORTED: Notice = {
  kind: "exported",
  key: "exported",
  icon: "clock",
  tone: "quiet",
  text: "As it was when the notebook had run.",
  isSpoken: false,
  isDismissable: false,
};

function unreadable(problem: string): Notice {
  return {
    kind: "problem",
    key: "problem",
    icon: "alert",
    tone: "warn",
    text: `This page cannot read what the kernel sent (${problem}). Reload the page.`,
    isSpoken: true,
    isDismissable: false,
  };
}

function ended(head: Head, nowMs: number): Notice {
  return {
    kind: "ended",
    key: "ended",
    icon: STATE_SIGNS[head.state].icon,
    tone: head.state === "expired" ? "warn" : "quiet",
    text: endedText(head, nowMs),
    // The change of state is read out with these words.
    isSpoken: false,
    isDismissable: false,
  };
}

function stale({ stale_since_ms: since, error }: Head, nowMs: number): Notice | null {
  if (since === null) return null;
  return {
    kind: "stale",
    key: `stale:${since}`,
    icon: "clock",
    tone: "warn",
    text: `Not updated since ${shortClock(since, nowMs)}.`,
    // An error that says why is read out by itself.
    isSpoken: error === null,
    isDismissable: true,
  };
}

function time(head: Head, nowMs: number): Notice | null {
  const { expires_ms: expires, limit_s: limit, counts } = head;
  if (expires === null) return null;
  const left = (expires - nowMs) / 1000;
  const stage = [TIME_LAST_S, TIME_SOON_S]
    .map((seconds) => atMost(seconds, TIME_SHARE, limit))
    .find((seconds) => left <= seconds);
  if (stage === undefined || left < 0) return null;
  const queued = counts.QUEUED > 0 ? " Jobs that are still queued then are cancelled." : "";
  return {
    kind: "time",
    key: `time:${stage}`,
    icon: "hourglass",
    tone: "warn",
    text: `Less than ${roundSpan(stage)} left: the session ends at ${clock(expires, nowMs)}.${queued}`,
    isSpoken: true,
    isDismissable: true,
  };
}

function idle(head: Head, nowMs: number): Notice | null {
  const { idle_since_ms: since, idle_until_ms: until, interactive_timeout_s: limit } = head;
  if (since === null) return null;
  const isPaid =
    head.is_paid &&
    head.usage_runs &&
    (nowMs - since) / 1000 >= atMost(PAID_IDLE_S, PAID_IDLE_SHARE, limit);
  const isSoon = until !== null && (until - nowMs) / 1000 <= atMost(IDLE_SOON_S, IDLE_SHARE, limit);
  if (!isPaid && !isSoon) return null;
  const parts = [
    isPaid
      ? `Idle since ${clock(since, nowMs)}, and idle time is charged.`
      : `Idle since ${clock(since, nowMs)}.`,
    isSoon
      ? `The backend is released at ${clock(until, nowMs)} unless a job comes.`
      : "Close the session if you are done.",
  ];
  return {
    kind: "idle",
    key: isSoon ? "idle:soon" : "idle:paid",
    icon: "pause",
    tone: "warn",
    text: parts.join(" "),
    isSpoken: true,
    isDismissable: true,
  };
}

function released({ state, idle_since_ms: since }: Head): Notice | null {
  if (state !== "inactive" || since !== null) return null;
  return {
    kind: "released",
    key: "released",
    icon: "info",
    tone: "quiet",
    text: "No job came in time, so the backend was released. The next job waits in its queue again.",
    isSpoken: true,
    isDismissable: true,
  };
}

/** What a session waits for that waits in the queue of its backend. */
function queue({ queue, backend }: Head, nowMs: number): Notice | null {
  if (queue === null) return null;
  const { pending_jobs: pending, is_operational: isOperational, message, asked_ms: asked } = queue;
  const jobs = pending === null ? "" : `${counted(pending, "job")} in its queue`;
  const parts = [
    isOperational ? `Waiting for ${backend}` : `${backend} runs no jobs at present`,
    [jobs, `as of ${shortClock(asked, nowMs)}`].filter(Boolean).join(" "),
  ];
  return {
    kind: "queue",
    key: `queue:${isOperational}`,
    icon: isOperational ? "clock" : "alert",
    tone: isOperational ? "quiet" : "warn",
    text: `${parts.join(": ")}.${message ? ` ${message}` : ""}`,
    isSpoken: true,
    isDismissable: true,
  };
}

/** When less than this share of the quota or of the budget is left. */
const LITTLE_SHARES = [0.02, 0.1] as const;

function quota({ quota }: Head): Notice | null {
  if (quota === null) return null;
  const { remaining_s: left, limit_s: limit, is_used_up: isUsedUp } = quota;
  const of = quota.instance === null ? "the instance" : quota.instance;
  if (isUsedUp) {
    const text = `The quota of ${of} is used up: jobs do not run until it has time again.`;
    return warning("quota", "quota:0", "alert", text);
  }
  if (left === null || limit === null) return null;
  const stage = LITTLE_SHARES.find((share) => left <= share * limit);
  if (stage === undefined) return null;
  const text = `Only ${roundSpan(left)} left of the quota of ${of}: jobs that need more do not run.`;
  return warning("quota", `quota:${stage}`, "hourglass", text);
}

function budget(head: Head, nowMs: number): Notice | null {
  const { max_usage_s: most, max_cost: mostCost } = head.budget;
  const { price } = head;
  const affordable =
    mostCost === null || price === null || price.per_minute === 0
      ? Number.POSITIVE_INFINITY
      : (mostCost / price.per_minute) * 60;
  const limit = Math.min(most ?? Number.POSITIVE_INFINITY, affordable);
  if (!Number.isFinite(limit)) return null;
  const usage = usageNow(head, nowMs);
  const stage = LITTLE_SHARES.find((share) => limit - usage <= share * limit);
  if (stage === undefined) return null;
  const used =
    affordable <= limit
      ? `About ${costOf(head, usage)} of max_cost ${costOf(head, limit)} are used`
      : `${span(usage)} of max_usage ${roundSpan(limit)} are used`;
  const text = `${used}: the session is closed there, and its queued jobs are cancelled.`;
  return warning("budget", `budget:${stage}`, "hourglass", text);
}

function warning(kind: NoticeKind, key: string, icon: IconName, text: string): Notice {
  return { kind, key, icon, tone: "warn", text, isSpoken: true, isDismissable: true };
}

function atMost(seconds: number, share: number, limitS: number | null): number {
  return limitS === null ? seconds : Math.min(seconds, limitS * share);
}
