/**
 * What a session did with its time, worked out from its jobs without a document: when jobs ran, when
 * they waited, and when the session was held idle.
 */

import type { Head, Row } from "../wire/wire";
import { countdown, counted, span } from "./format";
import { isEnded } from "./words";

export type Kind = "running" | "failed" | "queued" | "idle" | "released";

/** A stretch of time; moments in milliseconds. */
export interface Stretch {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
  /** How many jobs it is of. */
  readonly jobs: number;
  /** The job, if it is of one. */
  readonly jobId: string | null;
  /** Whether its times are only as good as the looks that saw the job change. */
  readonly isEstimated: boolean;
}

/** What happened in a session, in order. */
export interface Story {
  readonly begin: number;
  /** Until when something happened: now, or when it ended. */
  readonly end: number;
  /** When its `max_time` is or would have been over, null if there is none. */
  readonly limit: number | null;
  /** Jobs that ran, one after the other. */
  readonly work: readonly Stretch[];
  /** When jobs waited. */
  readonly waiting: readonly Stretch[];
  /** When it held the backend without a job, and when it had been released. */
  readonly rest: readonly Stretch[];
  readonly totals: Readonly<Record<Kind, number>>;
  /** Whether the times of some job that ran are estimated. */
  readonly isEstimated: boolean;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the story of a session from its jobs; null before the first job.
 *
 * @param before the story as it was told last: stretches that are as they were are taken from it.
 *   Thousands of new ones a second would cost a pause whenever they are collected.
 */
export function tellStory(
  head: Head,
  rows: readonly Row[],
  nowMs: number,
  before: Story | null = null,
): Story | null {
  const jobs = inOrder(rows, (row) => row.created_ms);
  const [first] = jobs;
  if (!first) return null;
  const end = Math.max(head.ended_ms ?? nowMs, first.created_ms);
  const work: Stretch[] = [];
  const waited: Writable<Stretch>[] = [];
  const wait: Writable<Stretch> = {
    kind: "queued",
    from: 0,
    to: 0,
    jobs: 1,
    jobId: null,
    isEstimated: false,
  };
  const rest: Stretch[] = [];
  const pause = pausesOf(head, rest);
  let failed = 0;
  // Until when some job was queued or running.
  let busyUntil = first.created_ms;
  for (const row of jobs) {
    const { created_ms: created, started_ms: started, job_id: jobId } = row;
    const over = row.finished_ms ?? end;
    const start = started ?? over;
    if (created > busyUntil) pause(busyUntil, Math.min(created, end));
    busyUntil = Math.max(busyUntil, over);
    const isEstimated = row.are_times_estimated;
    if (start > created) {
      wait.from = created;
      wait.to = start;
      wait.jobId = jobId;
      wait.isEstimated = isEstimated;
      join(waited, wait, 0);
    }
    if (started === null) continue;
    const kind = row.status === "ERROR" ? "failed" : "running";
    const to = Math.max(started, over);
    if (kind === "failed") failed += to - started;
    const known = before?.work[work.length];
    const isKnown =
      known?.jobId === jobId &&
      known.kind === kind &&
      known.from === started &&
      known.to === to &&
      known.isEstimated === isEstimated;
    work.push(isKnown ? known : { kind, from: started, to, jobs: 1, jobId, isEstimated });
  }
  if (end > busyUntil) pause(busyUntil, end);
  const ran = inOrder(work, ({ from }) => from);
  return {
    begin: Math.min(first.created_ms, head.started_ms ?? first.created_ms),
    end,
    limit: head.expires_ms,
    work: ran,
    waiting: waited,
    rest,
    isEstimated: ran.some(({ isEstimated }) => isEstimated),
    totals: {
      running: covered(ran) / 1000,
      failed: failed / 1000,
      queued: covered(waited) / 1000,
      idle: covered(rest.filter(({ kind }) => kind === "idle")) / 1000,
      released: covered(rest.filter(({ kind }) => kind === "released")) / 1000,
    },
  };
}

/**
 * Takes in pauses: a session that has started holds its backend for the interactive timeout after
 * its last job, and is released then. A batch holds nothing.
 */
function pausesOf(head: Head, rest: Stretch[]): (from: number, to: number) => void {
  const { started_ms: begun, interactive_timeout_s: timeout } = head;
  if (begun === null || head.mode === "batch") return () => undefined;
  const heldMs = timeout === null ? Number.POSITIVE_INFINITY : timeout * 1000;
  return (after, to) => {
    const from = Math.max(after, begun);
    const released = Math.min(to, from + heldMs);
    const nobody = { jobs: 0, jobId: null, isEstimated: false };
    if (released > from) rest.push({ kind: "idle", from, to: released, ...nobody });
    if (to > released && released >= from) {
      rest.push({ kind: "released", from: released, to, ...nobody });
    }
  };
}

/** In the order of their times; usually they are, and nothing is copied. */
function inOrder<T>(items: readonly T[], time: (item: T) => number): readonly T[] {
  let last = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const each = time(item);
    if (each < last) return [...items].sort((a, b) => time(a) - time(b));
    last = each;
  }
  return items;
}

/** How many milliseconds lie in at least one of the stretches, which are in order. */
function covered(stretches: readonly Stretch[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of stretches) {
    if (to > until) {
      sum += to - Math.max(from, until);
      until = to;
    }
  }
  return sum;
}

/**
 * Adds a stretch to those before it, of which none begins later: to the last one, if they touch or
 * lie no further apart than `gap` milliseconds.
 */
function join(joined: Writable<Stretch>[], stretch: Stretch, gap: number): void {
  const last = joined.at(-1);
  if (!last || stretch.from > last.to + gap) {
    joined.push({ ...stretch });
    return;
  }
  last.to = Math.max(last.to, stretch.to);
  last.jobs += stretch.jobs;
  last.jobId = null;
  last.isEstimated ||= stretch.isEstimated;
}

/** The part of the time that is shown. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A stretch on the screen; places are 0 to 1. */
export interface Block {
  readonly kind: Kind;
  readonly left: number;
  readonly width: number;
  readonly title: string;
  readonly jobId: string | null;
}

/** How finely time is drawn: stretches that lie closer than this share are one. */
const RESOLUTION = 1 / 400;

/** The stretches of a lane that are in sight. */
export function blocksOf(stretches: readonly Stretch[], shown: Span): readonly Block[] {
  const length = shown.to - shown.from;
  const isInSight = ({ from, to }: Stretch): boolean => to >= shown.from && from <= shown.to;
  let count = 0;
  for (const stretch of stretches) if (isInSight(stretch)) count += 1;
  const gap = count > 100 ? length * RESOLUTION : 0;
  const failed: Writable<Stretch>[] = [];
  const others: Writable<Stretch>[] = [];
  for (const stretch of stretches) {
    if (isInSight(stretch)) join(stretch.kind === "failed" ? failed : others, stretch, gap);
  }
  // Failures are drawn last: a few among many jobs show, and do not hide the others.
  return [...others, ...failed].map((stretch) => {
    const left = Math.max(0, (stretch.from - shown.from) / length);
    const right = Math.min(1, (stretch.to - shown.from) / length);
    return {
      kind: stretch.kind,
      left,
      width: Math.max(right - left, 0),
      title: describeStretch(stretch),
      jobId: stretch.jobId,
    };
  });
}

const WORDS: Readonly<Record<Kind, string>> = {
  running: "Running",
  failed: "Failed",
  queued: "Waiting",
  idle: "Idle",
  released: "Released",
};

function describeStretch({ kind, from, to, jobs, isEstimated }: Stretch): string {
  const of = jobs > 1 ? ` (${counted(jobs, "job")})` : "";
  return `${WORDS[kind]} ${about(isEstimated)}${short((to - from) / 1000)}${of}`;
}

const about = (isEstimated: boolean): string => (isEstimated ? "about " : "");

const short = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(seconds < 1 ? 2 : 1)} s` : span(seconds);

/** An entry of the legend: what a pattern means, and how much of it there was. */
export interface Total {
  readonly kind: Kind;
  readonly text: string;
}

/** The numbers of a story in words; kinds that did not occur are left out. */
export function describeTotals({ totals, isEstimated }: Story, head: Head): readonly Total[] {
  const isPaid = head.is_paid && head.mode === "session";
  const told: Total[] = [
    { kind: "running", text: `Running ${about(isEstimated)}${short(totals.running)}` },
    { kind: "failed", text: `Failed ${short(totals.failed)}` },
    { kind: "queued", text: `Waiting ${short(totals.queued)}` },
    { kind: "idle", text: `Idle${isPaid ? ", paid" : ""} ${short(totals.idle)}` },
    { kind: "released", text: `Released ${short(totals.released)}` },
  ];
  return told.filter(({ kind }) => totals[kind] >= 0.005 || kind === "running");
}

/** How much of the `max_time` is left, in words; empty if that says nothing. */
export function describeLeft(head: Head, nowMs: number): string {
  if (isEnded(head.state) || head.expires_ms === null) return "";
  return `Left ${countdown((head.expires_ms - nowMs) / 1000)}`;
}
