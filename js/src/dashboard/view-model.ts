/** What a dashboard shows, without a document. Pure. */

import type { Connection } from "../store/session-store";
import {
  clock,
  countdown,
  counted,
  fullTime,
  money,
  number,
  shortClock,
  shortId,
  span,
} from "../view-model/format";
import { UPDATES_WAIT } from "../view-model/snapshot";
import { type Sign, STATE_SIGNS, type Tone } from "../view-model/words";
import type { Entry, Overview } from "./wire";

/** What waits for the running cell: news for its end, or clicks. */
export interface Waiting {
  readonly updatesWait: boolean;
  readonly clicksWait: boolean;
}

/** What can be done with a session from where a dashboard stands, and why not. */
export interface Place {
  /** What the first button of a session opens. */
  readonly opens: "session" | "notebook";
  whyNotOpen(entry: Entry): string | null;
  whyNotEnd(entry: Entry): string | null;
  /** The state where more is known of it than its name; else null. */
  sign(entry: Entry, nowMs: number): Sign | null;
  /** What to say when a request is not answered for long, if it is not of a kernel. */
  readonly lateText?: string;
}

/** In a kernel, beside its sessions. */
export const KERNEL: Place = {
  opens: "session",
  whyNotOpen: whyNotHere,
  whyNotEnd,
  sign: () => null,
};

export interface EntryView {
  readonly key: string;
  /** How buttons and rows name the session for people who do not see them. */
  readonly who: string;
  readonly title: string;
  readonly mode: string;
  /** Its id, where the title is not that already. */
  readonly id: string;
  readonly fullId: string;
  readonly backend: string;
  readonly sign: Sign;
  readonly opened: string;
  readonly openedInFull: string;
  readonly left: string;
  /** Whether little time is left. */
  readonly isShort: boolean;
  readonly usage: string;
  readonly jobs: string;
  readonly where: string;
  readonly isOpen: boolean;
  readonly isShown: boolean;
  /** Why it, or its notebook, cannot be opened; null if it can. */
  readonly whyNotOpen: string | null;
  /** Why it cannot be ended; null if it can. */
  readonly whyNotEnd: string | null;
}

export interface DashboardView {
  readonly title: string;
  /** How many of them are open, if not all are. */
  readonly subtitle: string;
  readonly entries: readonly EntryView[];
  readonly emptyText: string | null;
  readonly problem: string | null;
  readonly hint: string;
  /** How many sessions "Close all" would close. */
  readonly openCount: number;
  /** Whether a time on show runs. */
  readonly isCounting: boolean;
}

const NOTHING = "–";

/** From here on the time that is left stands out, in seconds. */
const SHORT_S = 300;

const GONE = "The kernel is gone: nothing can be done from here.";

const LOST: Sign = { word: "Lost", icon: "unplugged", tone: "warn" };

/**
 * @param nowMs the kernel's time, as far as the page knows it.
 * @param place where the dashboard stands.
 */
export function describeDashboard(
  overview: Overview | null,
  connection: Connection,
  nowMs: number,
  { updatesWait, clicksWait }: Waiting,
  place: Place = KERNEL,
): DashboardView {
  const isLive = connection === "live";
  const entries = (overview?.entries ?? []).map((entry) =>
    describe(entry, overview, isLive, nowMs, place),
  );
  const openCount = entries.filter((entry) => entry.isOpen).length;
  return {
    title: entries.length === 0 ? "Sessions" : counted(entries.length, "session"),
    subtitle: [
      openCount === entries.length ? "" : `${number(openCount)} open`,
      totalCost(overview?.entries ?? []),
    ]
      .filter(Boolean)
      .join(" · "),
    entries,
    emptyText: emptyText(overview),
    problem: overview?.problem ?? null,
    hint:
      updatesWait && isLive
        ? waitingHint(overview, nowMs)
        : hint(overview, connection, nowMs, clicksWait),
    openCount,
    isCounting: isLive && entries.some((entry) => entry.left !== NOTHING),
  };
}

/** What closing every session would mean. */
export function describeClosingAll(openCount: number): string {
  return openCount === 1
    ? "One open session takes no more jobs; what it has finishes."
    : `${number(openCount)} open sessions take no more jobs; what they have finishes.`;
}

function describe(
  entry: Entry,
  overview: Overview | null,
  isLive: boolean,
  nowMs: number,
  place: Place,
): EntryView {
  const id = entry.session_id === null ? "not opened" : shortId(entry.session_id);
  const sinceMs = isLive ? nowMs - (overview?.now_ms ?? nowMs) : 0;
  const leftS = secondsLeft(entry, sinceMs);
  return {
    key: entry.key,
    who: entry.name || id,
    title: entry.name || id,
    mode: entry.mode,
    id: entry.name ? id : "",
    fullId: entry.session_id ?? "",
    backend: entry.backend ?? NOTHING,
    sign: (isLive ? place.sign(entry, nowMs) : null) ?? signOf(entry),
    opened: entry.opened_ms === null ? NOTHING : shortClock(entry.opened_ms, nowMs),
    openedInFull: entry.opened_ms === null ? "" : fullTime(entry.opened_ms),
    left: leftS === null ? NOTHING : countdown(leftS),
    isShort: leftS !== null && leftS < SHORT_S,
    usage: usageOf(entry),
    jobs: entry.jobs === null ? NOTHING : number(entry.jobs),
    where: entry.where,
    isOpen: entry.is_open,
    isShown: entry.is_shown,
    whyNotOpen: isLive ? place.whyNotOpen(entry) : GONE,
    whyNotEnd: isLive ? place.whyNotEnd(entry) : GONE,
  };
}

function usageOf({ usage_s: usage, cost, currency }: Entry): string {
  if (usage === null) return NOTHING;
  const bill = cost === null || currency === null ? "" : ` · ≈ ${money(cost, currency)}`;
  return `${span(usage)}${bill}`;
}

/** What all of them cost together, by currency; empty if nothing is known to cost anything. */
function totalCost(entries: readonly Entry[]): string {
  const totals = new Map<string, number>();
  for (const { cost, currency } of entries) {
    if (cost !== null && currency !== null)
      totals.set(currency, (totals.get(currency) ?? 0) + cost);
  }
  const parts = [...totals].map(([currency, total]) => money(total, currency));
  return parts.length > 0 ? `about ${parts.join(" + ")} in all` : "";
}

function secondsLeft(entry: Entry, sinceMs: number): number | null {
  if (!entry.is_open || entry.remaining_s === null) return null;
  return Math.max(0, entry.remaining_s - sinceMs / 1000);
}

function signOf(entry: Entry): Sign {
  if (entry.state === "lost") return LOST;
  const known = Object.entries(STATE_SIGNS).find(([state]) => state === entry.state);
  const tone: Tone = "quiet";
  return { ...(known?.[1] ?? { icon: "ring", tone }), word: entry.label };
}

function whyNotHere({ pid }: Entry): string | null {
  return pid === null ? null : `It is open in process ${pid}, and can be used there alone.`;
}

/** Why a session cannot be ended from the process that lists it; null if it can. */
export function whyNotEnd(entry: Entry): string | null {
  if (entry.state === "lost") return "Its process is gone. Show it to read its results.";
  return entry.is_open ? null : (whyNotHere(entry) ?? `It is ${entry.label.toLowerCase()}.`);
}

function emptyText(overview: Overview | null): string | null {
  if (overview === null) return "This list cannot be read. Run the cell again.";
  return overview.entries.length > 0 ? null : "No open sessions. A new one appears here by itself.";
}

function waitingHint(overview: Overview | null, nowMs: number): string {
  const when = overview === null ? "" : `As of ${clock(overview.now_ms, nowMs)}. `;
  return `${when}${UPDATES_WAIT}`;
}

function hint(
  overview: Overview | null,
  connection: Connection,
  nowMs: number,
  clicksWait: boolean,
): string {
  if (connection === "exported") return "As it was when the notebook had run.";
  if (connection === "dead") return "The kernel is gone. This is what was known last.";
  if (clicksWait) return "While a cell runs, clicks wait for its end.";
  if (overview === null || overview.asked_ms === null) return "";
  return `Account asked at ${clock(overview.asked_ms, nowMs)}`;
}
