import { RequestError } from "../wire/requests";
import type { Alerts } from "./alerts";
import type { StatusLine } from "./status-line";

/** Tells how a request of this view ended: in the status line, or as an alert until it is over. */
export class Outcomes {
  readonly #alerts: Alerts;
  readonly #status: StatusLine;
  readonly #signal: AbortSignal;

  /** @param signal the end of the view, after which nothing is told. */
  constructor(alerts: Alerts, status: StatusLine, signal: AbortSignal) {
    this.#alerts = alerts;
    this.#status = status;
    this.#signal = signal;
  }

  /** Follows a request to its end. */
  follow(request: Promise<string>): void {
    this.#alerts.clearRequest();
    request.then(
      (message) => this.#onDone(message),
      (error: unknown) => this.#onFailed(error),
    );
  }

  #onDone(message: string): void {
    if (message && !this.#signal.aborted) this.#status.say(message);
  }

  #onFailed(error: unknown): void {
    if (this.#signal.aborted) return;
    const text = error instanceof Error ? error.message : String(error);
    this.#alerts.showRequest(text);
    if (!(error instanceof RequestError)) return;
    error.late?.then(
      (message) => {
        this.#alerts.clearRequest(text);
        this.#onDone(message);
      },
      (later: unknown) => this.#onFailed(later),
    );
  }
}
