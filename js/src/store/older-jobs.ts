import { RequestError } from "../wire/requests";
import { type Older, type Row, readRows } from "../wire/wire";

/** The jobs that the traits leave out, fetched in parts from the newest back to the oldest. */
export class OlderJobs {
  readonly #ask: (before: string) => Promise<unknown> | null;
  /** The job before which they are still missing; null if none are. */
  #before: string | null = null;
  #areWanted = false;

  /** @param ask asks the kernel for those before a job; null if it cannot hear. */
  constructor(ask: (before: string) => Promise<unknown> | null) {
    this.#ask = ask;
  }

  get areHere(): boolean {
    return this.#before === null;
  }

  /** Fetches them, now and whenever they are missing. */
  want(): void {
    this.#areWanted = true;
    this.#fetch();
  }

  /** All jobs before this one have to be fetched, or fetched again. */
  areMissingBefore(jobId: string | null): void {
    this.#before = jobId;
    this.#fetch();
  }

  /** None is missing any more. */
  haveCome(): void {
    this.#before = null;
  }

  /** Takes a part, oldest job first; null if it is not the one that is missing. */
  take({ before, rows, is_all: isAll }: Older): Row[] | null {
    // It may have been another page that asked.
    if (before !== this.#before) return null;
    const older = readRows(rows);
    this.#before = isAll ? null : (older[0]?.job_id ?? null);
    return older;
  }

  #fetch(): void {
    const before = this.#before;
    if (!this.#areWanted || before === null) return;
    const goOn = (): void => {
      if (this.#before !== before) this.#fetch();
    };
    this.#ask(before)?.then(goOn, (error: unknown) => {
      // A kernel that is busy with a cell answers late.
      if (error instanceof RequestError) error.late?.then(goOn, () => undefined);
    });
  }
}
