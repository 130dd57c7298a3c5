import { h, setAttribute, setText } from "../page/dom";
import type { ServedSessions } from "./sessions";
import { describeStatus } from "./view-model";

/** How often to look, if nobody else has, in milliseconds. */
export const LOOK_MS = 15_000;

/** How often to see whether that is due, and what the time is. */
const TICK_MS = 5000;

/** The item in the status bar: paid sessions that are open. */
export class StatusItem {
  readonly node: HTMLElement;
  readonly #sessions: ServedSessions;
  readonly #button: HTMLButtonElement;
  readonly #onChange: () => void;
  #isShown = false;

  /**
   * @param open shows the tab.
   * @param onChange called when {@link isShown} has changed.
   * @param signal the end of the item.
   */
  constructor(
    sessions: ServedSessions,
    open: () => void,
    onChange: () => void,
    signal: AbortSignal,
  ) {
    this.#sessions = sessions;
    this.#onChange = onChange;
    this.#button = h("button", { type: "button", class: "qsession-status-button" });
    this.#button.addEventListener("click", open);
    this.node = h("div", { class: "qsession-status" }, this.#button);
    sessions.follow(() => this.#draw(), signal);
    const timer = setInterval(() => this.#tick(), TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    document.addEventListener("visibilitychange", () => this.#tick(), { signal });
    this.#tick();
  }

  /** Whether there is something to say. */
  get isShown(): boolean {
    return this.#isShown;
  }

  #tick(): void {
    if (document.hidden) return;
    if (Date.now() - this.#sessions.lastMs >= LOOK_MS) void this.#sessions.look(false);
    this.#draw();
  }

  #draw(): void {
    const view = describeStatus(this.#sessions.served, Date.now() + this.#sessions.skewMs);
    const isShown = view !== null && !this.#sessions.isAbsent;
    if (view !== null) {
      setText(this.#button, view.text);
      setAttribute(this.#button, "title", view.title);
      setAttribute(this.#button, "aria-label", view.title);
      setAttribute(this.#button, "data-warning", view.isWarning ? "true" : null);
    }
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    this.#onChange();
  }
}
