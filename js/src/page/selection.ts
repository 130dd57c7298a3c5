/**
 * The job that the reader has selected: one for each view, shared by its parts. It belongs to the
 * page alone and outlives updates, filters and scrolling.
 */
export class SelectedJob {
  readonly #listeners = new Set<() => void>();
  #jobId: string | null = null;

  /** The selected job's id; null when none is. */
  get jobId(): string | null {
    return this.#jobId;
  }

  /** Selects a job, or none. */
  select(jobId: string | null): void {
    if (jobId === this.#jobId) return;
    this.#jobId = jobId;
    // A listener may unsubscribe itself or another.
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` after each change until `signal` aborts. */
  subscribe(listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }
}
