/** How many jobs can be compared: so many fit beside each other. The kernel takes no more. */
export const MOST_MARKED = 4;

/**
 * The job that the reader has opened, and those marked to be compared: one for each view, shared by
 * its parts. It belongs to the page alone and outlives updates, filters and scrolling.
 */
export class SelectedJob {
  readonly #listeners = new Set<() => void>();
  #jobId: string | null = null;
  #marked: readonly string[] = [];

  /** The selected job's id; null when none is. */
  get jobId(): string | null {
    return this.#jobId;
  }

  /** Selects a job, or none. */
  select(jobId: string | null): void {
    if (jobId === this.#jobId) return;
    this.#jobId = jobId;
    this.#notify();
  }

  /** The jobs to compare, in the order in which they were marked. */
  get marked(): readonly string[] {
    return this.#marked;
  }

  /**
   * Marks a job to be compared, or no longer. The first mark takes the open job along, as choosing
   * a second item of a list does. Of too many, the one that was marked first goes.
   */
  mark(jobId: string): void {
    if (this.#marked.includes(jobId)) {
      this.setMarked(this.#marked.filter((each) => each !== jobId));
      return;
    }
    const open = this.#marked.length === 0 && this.#jobId !== null ? [this.#jobId] : this.#marked;
    this.setMarked([...open.filter((each) => each !== jobId), jobId].slice(-MOST_MARKED));
  }

  /** Marks these jobs and no others. */
  setMarked(jobIds: readonly string[]): void {
    this.#marked = jobIds;
    this.#notify();
  }

  #notify(): void {
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
