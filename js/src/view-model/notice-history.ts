import type { Notice } from "./notices";

/** What the readers of one session's notices were told, and what they have put away. */
export class NoticeHistory {
  readonly #told = new Set<string>();
  readonly #dismissed = new Set<string>();
  readonly #redraws = new Set<() => void>();

  /** Calls `redraw` when a notice was put away, in this view or another, until the signal aborts. */
  subscribe(redraw: () => void, signal: AbortSignal): void {
    this.#redraws.add(redraw);
    signal.addEventListener("abort", () => this.#redraws.delete(redraw));
  }

  /** The notices that were not put away. */
  shown(notices: readonly Notice[]): Notice[] {
    return notices.filter(({ key }) => !this.#dismissed.has(key));
  }

  /** What is to be read out of these, once: not again in another view, nor when it comes back. */
  takeNews(notices: readonly Notice[]): string[] {
    const news = notices.filter(({ key, isSpoken }) => isSpoken && !this.#told.has(key));
    for (const { key } of notices) this.#told.add(key);
    return news.map(({ text }) => text);
  }

  /** Puts a notice away for as long as this page shows the session. */
  dismiss(key: string): void {
    this.#dismissed.add(key);
    for (const redraw of [...this.#redraws]) redraw();
  }
}

const histories = new WeakMap<object, NoticeHistory>();

/** The history of a session, shared by its views; `session` is what they share. */
export function historyOf(session: object): NoticeHistory {
  const known = histories.get(session) ?? new NoticeHistory();
  histories.set(session, known);
  return known;
}
