import { type Estimate, isEstimate } from "../wire/estimate";
import { type RequestArguments, RequestError } from "../wire/requests";
import type { Asker } from "./job-lookup";

/** How long typing may go on before what was typed is asked about, in milliseconds. */
const PAUSE_MS = 60;

/** Asks the kernel what the chosen work will use and cost; the latest question is the one kept. */
export class Estimates {
  readonly #asker: Asker;
  readonly #onNews: (estimate: Estimate | null) => void;
  #asked = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(asker: Asker, onNews: (estimate: Estimate | null) => void, signal: AbortSignal) {
    this.#asker = asker;
    this.#onNews = onNews;
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /**
   * Asks about work, unless that is what was asked last; null is no work.
   *
   * @param state what else the answer depends on.
   */
  want(work: RequestArguments | null, state: string): void {
    const question = work === null ? "" : JSON.stringify([work, state]);
    if (question === this.#asked) return;
    this.#asked = question;
    clearTimeout(this.#timer);
    if (work === null) this.#onNews(null);
    else this.#timer = setTimeout(() => this.#ask(work, question), PAUSE_MS);
  }

  #ask(work: RequestArguments, question: string): void {
    let found: Estimate | null = null;
    const take = (details: unknown): void => {
      found = isEstimate(details) ? details : null;
    };
    // Work that cannot be estimated can be run all the same: it has no line.
    const tell = (): void => {
      if (question === this.#asked) this.#onNews(found);
    };
    const onFailed = (error: unknown): void => {
      tell();
      // A kernel that is busy with a cell answers late.
      if (error instanceof RequestError) error.late?.then(tell, () => undefined);
    };
    this.#asker.request("estimate", work, `estimate:${question}`, take).then(tell, onFailed);
  }
}
