/** What the tab and the item in the status bar show, without a document. Pure. */

import { type Place, whyNotEnd } from "../dashboard/view-model";
import type { Entry } from "../dashboard/wire";
import { number } from "../view-model/format";
import type { Sign } from "../view-model/words";
import type { Served, ServedEntry } from "./wire";

/** What can be done from the server's tab. */
export function placeOf(find: (key: string) => ServedEntry | null): Place {
  return {
    opens: "notebook",
    whyNotOpen: ({ key }) =>
      find(key)?.notebook ? null : "Its notebook is not known, or not in this server's folder.",
    whyNotEnd: (entry) => whyNotEndHere(entry, find(entry.key)),
    sign: ({ key }, nowMs) => idleSign(find(key), nowMs),
    lateText: "It takes long. The list shows what becomes of it.",
  };
}

function whyNotEndHere(entry: Entry, served: ServedEntry | null): string | null {
  if (entry.state === "lost") return "Its process is gone, and it ended with it.";
  if (entry.is_open) return null;
  if (served?.is_paid === false && entry.pid !== null)
    return `It lives in process ${entry.pid}, which is no kernel of this server, and ends there.`;
  return whyNotEnd(entry);
}

/** An idle session that is paid for stands out. */
function idleSign(served: ServedEntry | null, nowMs: number): Sign | null {
  if (!served?.is_paid || !served.is_open || served.idle_since_ms === null) return null;
  return { word: `Idle ${roughly(nowMs - served.idle_since_ms)}`, icon: "alert", tone: "warn" };
}

/** The item in the status bar. */
export interface StatusView {
  readonly text: string;
  /** What it says to people who do not see it, and on hover. */
  readonly title: string;
  /** Whether a session idles that is paid for. */
  readonly isWarning: boolean;
}

/** @returns null if there is nothing to say. */
export function describeStatus(served: Served | null, nowMs: number): StatusView | null {
  const paid = served?.entries.filter((entry) => entry.is_paid && entry.is_open) ?? [];
  if (paid.length === 0) return null;
  const idle = paid.flatMap(({ idle_since_ms: since }) => (since === null ? [] : [since]));
  const idleS = idle.length > 0 ? nowMs - Math.min(...idle) : null;
  const open = `${number(paid.length)} paid session${paid.length === 1 ? "" : "s"} open`;
  const text = idleS === null ? open : `${open}, ${roughly(idleS)} idle`;
  const gone = paid.filter((entry) => entry.kernel_state === "gone").length;
  const dead = gone === 0 ? "" : ` ${number(gone)} of a kernel that is gone.`;
  return { text, title: `${text}.${dead} Show them.`, isWarning: idleS !== null };
}

/** A time as a glance wants it: `40 s`, `4 m`, `2 h 05 m`. */
function roughly(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}
