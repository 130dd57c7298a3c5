import type { State, Status } from "../wire/wire";

/** Names of the drawings in `views/icon.ts`. */
export type IconName =
  | "ring"
  | "clock"
  | "dot"
  | "pause"
  | "drain"
  | "check"
  | "slash"
  | "hourglass"
  | "half"
  | "alert"
  | "info"
  | "unplugged"
  | "copy"
  | "play"
  | "cross"
  | "down"
  | "bell";

/** What a colour means; the style sheet chooses it. */
export type Tone = "quiet" | "active" | "good" | "warn" | "bad";

/** How a state is told: never by colour alone. */
export interface Sign {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

/** The session states. The word comes with the head; this one stands in before there is a head. */
export const STATE_SIGNS: Readonly<Record<State, Sign>> = {
  "not-started": { word: "Not started", icon: "ring", tone: "quiet" },
  open: { word: "Pending", icon: "clock", tone: "warn" },
  active: { word: "In progress", icon: "dot", tone: "good" },
  inactive: { word: "Pending", icon: "pause", tone: "warn" },
  closing: { word: "Closing", icon: "drain", tone: "active" },
  closed: { word: "Closed", icon: "check", tone: "quiet" },
  cancelled: { word: "Cancelled", icon: "slash", tone: "bad" },
  expired: { word: "Expired", icon: "hourglass", tone: "quiet" },
};

/** The job states. */
export const STATUS_SIGNS: Readonly<Record<Status, Sign>> = {
  QUEUED: { word: "Queued", icon: "clock", tone: "quiet" },
  RUNNING: { word: "Running", icon: "half", tone: "active" },
  DONE: { word: "Done", icon: "check", tone: "good" },
  CANCELLED: { word: "Cancelled", icon: "slash", tone: "quiet" },
  ERROR: { word: "Error", icon: "alert", tone: "bad" },
};

/** Whether a session in this state is over. */
export function isEnded(state: State): state is "closed" | "cancelled" | "expired" {
  return state === "closed" || state === "cancelled" || state === "expired";
}

/** The word for a job state after a count or an id: `2 failed`. */
export function countWord(status: Status): string {
  return status === "ERROR" ? "failed" : STATUS_SIGNS[status].word.toLowerCase();
}
