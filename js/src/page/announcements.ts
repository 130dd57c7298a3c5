import type { News } from "../store/changes";
import { counted, shortId } from "../view-model/format";
import { endedText } from "../view-model/notices";
import { countWord, isEnded } from "../view-model/words";
import type { Head, Row, Status } from "../wire/wire";

// Long enough to gather a burst of deltas into one sentence, short enough to feel like now.
const GATHER_MS = 500;

const FINAL: readonly Status[] = ["DONE", "ERROR", "CANCELLED"];

/** Who is told what is new. */
export interface Listener {
  /** Reads it out; the second text without showing it, as it is shown already. */
  readonly say: (text: string, unseen: string) => void;
  /** Told beside, when jobs have ended or the session has. */
  readonly ended: (text: string) => void;
}

/** The views of each session, the one that speaks first. */
const speakers = new WeakMap<object, Set<Announcements>>();

/**
 * Puts changes into words for people who do not see them, a burst at a time: a screen reader that
 * reads every delta of a long session would never fall silent.
 *
 * Of several views of one session only the first speaks, or all would be read out more than once.
 */
export class Announcements {
  readonly #session: object;
  readonly #listener: Listener;
  readonly #jobs = new Map<string, Row>();
  #warnings: string[] = [];
  #move: string | null = null;
  #isEnd = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param session what the views of one session share. */
  constructor(session: object, listener: Listener, signal: AbortSignal) {
    this.#session = session;
    this.#listener = listener;
    const views = speakers.get(session) ?? new Set();
    speakers.set(session, views.add(this));
    signal.addEventListener("abort", () => {
      views.delete(this);
      clearTimeout(this.#timer);
    });
  }

  /** Whether this view is the one that speaks. */
  get isSpeaker(): boolean {
    const [first] = speakers.get(this.#session) ?? [];
    return first === this;
  }

  /** Takes note of a change; it is told a little later, with what comes until then. */
  note({ stateBefore, jobs }: News, head: Head | null): void {
    if (!this.isSpeaker) return;
    if (head && stateBefore !== null && head.state !== stateBefore) {
      this.#isEnd = isEnded(head.state);
      this.#move = this.#isEnd ? endedText(head, head.now_ms) : head.label.toLowerCase();
    }
    for (const { row, before } of jobs) {
      if (FINAL.includes(row.status) && row.status !== before) this.#jobs.set(row.job_id, row);
    }
    if (this.#move !== null || this.#jobs.size > 0) this.#gather();
  }

  /** Takes note of what has to be read out as it is. */
  warn(texts: readonly string[]): void {
    if (texts.length === 0) return;
    this.#warnings.push(...texts);
    this.#gather();
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    const jobs = [...this.#jobs.values()];
    const news = sentence(this.#move, jobs);
    const hasEnded = this.#isEnd || jobs.length > 0;
    // An end is shown as a notice is, with the same words.
    const shown = this.#isEnd ? sentence(null, jobs) : news;
    const unseen = [this.#isEnd ? sentence(this.#move, []) : "", ...this.#warnings];
    this.#timer = undefined;
    this.#move = null;
    this.#isEnd = false;
    this.#jobs.clear();
    this.#warnings = [];
    this.#listener.say(shown, unseen.filter(Boolean).join(" "));
    if (hasEnded) this.#listener.ended(news);
  }
}

/** One sentence for a burst of changes. */
export function sentence(move: string | null, finished: readonly Row[]): string {
  const parts = move === null ? [] : [`Session: ${move}`];
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
