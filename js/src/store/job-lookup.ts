import { type Details, isDetails, readDrawing } from "../wire/details";
import type { RequestArguments } from "../wire/requests";
import { RequestError } from "../wire/requests";
import type { Action, Row } from "../wire/wire";

/** How many jobs' details are kept for coming back to them. */
const KEPT = 20;

/** What is known of a job in full. */
export type Lookup =
  | { readonly kind: "fetching" }
  | { readonly kind: "ready"; readonly details: Details }
  | { readonly kind: "failed"; readonly why: string };

/** What looking up needs of a store. */
export interface Asker {
  request(
    action: Action,
    args?: RequestArguments,
    key?: string,
    take?: (details: unknown) => void,
  ): Promise<string>;
}

/** Asks the kernel for jobs in full, and keeps the latest answers for as long as a view lives. */
export class JobLookup {
  readonly #asker: Asker;
  readonly #onNews: () => void;
  /** By job and status: a job that has ended since has more to tell. */
  readonly #found = new Map<string, Lookup>();

  constructor(asker: Asker, onNews: () => void) {
    this.#asker = asker;
    this.#onNews = onNews;
  }

  /** What is known of a job; asks if nothing is. */
  get(row: Row): Lookup {
    const key = keyOf(row);
    const known = this.#found.get(key);
    if (known) return known;
    const fetching: Lookup = { kind: "fetching" };
    this.#keep(key, fetching);
    this.#ask(key, row.job_id);
    return fetching;
  }

  /** What was found earlier, null if nothing was: nobody is asked. */
  known(row: Row): Lookup | null {
    const lookup = this.#found.get(keyOf(row));
    return lookup?.kind === "ready" ? lookup : null;
  }

  /** Asks again, after a failure. */
  forget(row: Row): void {
    this.#found.delete(keyOf(row));
    this.#onNews();
  }

  /** A circuit of a job as text. */
  async draw(jobId: string, index: number): Promise<string> {
    let drawing: string | null = null;
    const args = { job_id: jobId, index };
    await this.#asker.request("drawing", args, `drawing:${jobId}:${index}`, (details) => {
      drawing = readDrawing(details);
    });
    if (drawing === null) throw new Error("The kernel's answer cannot be read.");
    return drawing;
  }

  #ask(key: string, jobId: string): void {
    const take = (details: unknown): void => {
      this.#keep(
        key,
        isDetails(details)
          ? { kind: "ready", details }
          : { kind: "failed", why: "This page cannot read the kernel's answer." },
      );
      this.#onNews();
    };
    this.#asker
      .request("details", { job_id: jobId }, `details:${key}`, take)
      .catch((error: unknown) => this.#onFailed(key, error));
  }

  #onFailed(key: string, error: unknown): void {
    if (error instanceof RequestError && error.late) {
      // A service may take its time, and a busy kernel answers late: it goes on being fetched.
      error.late.catch((later: unknown) => this.#onFailed(key, later));
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    this.#keep(key, { kind: "failed", why });
    this.#onNews();
  }

  #keep(key: string, lookup: Lookup): void {
    this.#found.delete(key);
    this.#found.set(key, lookup);
    for (const oldest of this.#found.keys()) {
      if (this.#found.size <= KEPT) break;
      this.#found.delete(oldest);
    }
  }
}

function keyOf(row: Row): string {
  return `${row.job_id} ${row.status}`;
}
