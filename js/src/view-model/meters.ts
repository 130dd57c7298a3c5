import { type Head, STATUSES, type Status } from "../wire/wire";
import { describeCost, describeQuota, usageNow } from "./bill";
import { clock, countdown, number, percent, roundSpan, shortClock, span, took } from "./format";
import { countWord, isEnded } from "./words";

/** A countdown with its bar. */
export interface CountdownView {
  readonly value: string;
  readonly caption: string;
  /** What is left, 0 to 1; null while nothing counts. */
  readonly fraction: number | null;
  readonly isLow: boolean;
}

export interface MetersView {
  readonly remaining: CountdownView;
  readonly idle: CountdownView;
  readonly usage: {
    readonly value: string;
    readonly caption: string;
    /** What it costs, and what is left of the quota: lines that may be absent. */
    readonly notes: readonly string[];
    /** The part of the usage in which the QPU worked, 0 to 1. */
    readonly fraction: number;
  };
  readonly jobs: {
    readonly value: string;
    readonly caption: string;
    readonly shares: readonly { readonly status: Status; readonly share: number }[];
  };
}

const NOTHING = "–";

/** Below this share of the time, a countdown asks for attention. */
const LOW_FRACTION = 0.1;

/** Describes the four meters. */
export function describeMeters(head: Head, nowMs: number): MetersView {
  return {
    remaining: describeRemaining(head, nowMs),
    idle: describeIdle(head, nowMs),
    usage: describeUsage(head, nowMs),
    jobs: describeJobs(head),
  };
}

function describeRemaining(head: Head, nowMs: number): CountdownView {
  const { limit_s: limit, started_ms: started, expires_ms: expires } = head;
  if (isEnded(head.state)) return still(NOTHING, endedCaption(head, nowMs));
  if (expires === null) {
    const caption = `starts ${head.state === "open" ? "when the first job runs" : "with the first job"}`;
    return still(limit === null ? NOTHING : countdown(limit), caption);
  }
  const whole = limit ?? (started === null ? null : (expires - started) / 1000);
  const of = whole === null ? "" : ` · of ${roundSpan(whole)}`;
  return running(expires, whole, nowMs, `ends ${shortClock(expires, nowMs)}${of}`);
}

function describeIdle(head: Head, nowMs: number): CountdownView {
  const { idle_since_ms: since, idle_until_ms: until, interactive_timeout_s: limit } = head;
  if (isEnded(head.state)) return still(NOTHING, "the session has ended");
  if (until === null) {
    if (limit === null) return still(NOTHING, "not idle");
    const isStarted = head.started_ms !== null;
    const caption = isStarted
      ? `not idle · limit ${roundSpan(limit)}`
      : `limit ${roundSpan(limit)}`;
    return still(NOTHING, caption);
  }
  const whole = since === null ? limit : (until - since) / 1000;
  return running(until, whole, nowMs, `idle · released ${clock(until, nowMs)}`);
}

function endedCaption({ ended_ms: ended }: Head, nowMs: number): string {
  return ended === null ? "the session has ended" : `ended ${shortClock(ended, nowMs)}`;
}

function still(value: string, caption: string): CountdownView {
  return { value, caption, fraction: null, isLow: false };
}

function running(
  untilMs: number,
  wholeS: number | null,
  nowMs: number,
  caption: string,
): CountdownView {
  const left = Math.max(0, (untilMs - nowMs) / 1000);
  const fraction = wholeS ? Math.min(1, left / wholeS) : null;
  const isLow = fraction !== null && fraction < LOW_FRACTION;
  return { value: countdown(left), caption, fraction, isLow };
}

function describeUsage(head: Head, nowMs: number): MetersView["usage"] {
  const usage = usageNow(head, nowMs);
  const fraction = usage > 0 ? Math.min(1, head.qpu_s / usage) : 0;
  const share = fraction > 0 ? ` · ${percent(fraction)}` : "";
  return {
    value: span(usage),
    caption: `QPU ${took(head.qpu_s)}${share}`,
    notes: [describeCost(head, nowMs), describeQuota(head)].filter(Boolean),
    fraction,
  };
}

function describeJobs({ counts }: Head): MetersView["jobs"] {
  const total = STATUSES.reduce((sum, status) => sum + counts[status], 0);
  const present = STATUSES.filter((status) => counts[status] > 0);
  return {
    value: number(total),
    caption:
      present.map((status) => `${number(counts[status])} ${countWord(status)}`).join(" · ") ||
      "none yet",
    shares: present.map((status) => ({ status, share: counts[status] / total })),
  };
}
