import { counted, shortId } from "./format";
import type { Change } from "./model";
import type { Head, Row, Status } from "./wire";
import { countWord } from "./words";

// Long enough to gather a burst of deltas into one sentence, short enough to feel like now.
const GATHER_MS = 500;

const FINAL: readonly Status[] = ["DONE", "ERROR", "CANCELLED"];

/**
 * Puts changes into words for people who do not see them, a burst at a time: a screen reader that
 * reads every delta of a long session would never fall silent.
 */
export class Announcements {
  readonly #say: (text: string) => void;
  readonly #jobs = new Map<string, Row>();
  #label: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (text: string) => void, signal: AbortSignal) {
    this.#say = say;
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Takes note of a change; it is told a little later, with what comes until then. */
  note({ stateBefore, jobs }: Change, head: Head | null): void {
    if (head && stateBefore !== null && head.state !== stateBefore) this.#label = head.label;
    for (const { row, before } of jobs) {
      if (FINAL.includes(row.status) && row.status !== before) this.#jobs.set(row.job_id, row);
    }
    if (this.#label === null && this.#jobs.size === 0) return;
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    const text = sentence(this.#label, [...this.#jobs.values()]);
    this.#timer = undefined;
    this.#label = null;
    this.#jobs.clear();
    this.#say(text);
  }
}

/** One sentence for a burst of changes. */
export function sentence(label: string | null, finished: readonly Row[]): string {
  const parts = label === null ? [] : [`Session: ${label.toLowerCase()}`];
  const [only, ...more] = finished;
  if (only && more.length === 0) {
    const name = only.name ? ` (${only.name})` : "";
    parts.push(`Job ${shortId(only.job_id, 4, 4)}${name} ${countWord(only.status)}`);
  } else {
    for (const status of FINAL) {
      const count = finished.filter((row) => row.status === status).length;
      if (count > 0) parts.push(`${counted(count, "job")} ${countWord(status)}`);
    }
  }
  return parts.join(". ");
}
