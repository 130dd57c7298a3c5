import type { Row, State, Status } from "../wire/wire";

/** What differs from the last time listeners were told, as far as it is worth telling. */
export interface News {
  readonly stateBefore: State | null;
  /** The jobs that are new or have changed. */
  readonly jobs: readonly { readonly row: Row; readonly before: Status | null }[];
}

export interface Change extends News {
  /** Whether jobs that are no news may have come in or changed too. */
  readonly isReset: boolean;
}

export const NO_CHANGE: Change = { stateBefore: null, jobs: [], isReset: false };

/** Those who are told of every change. */
export class Listeners {
  readonly #listeners = new Set<(change: Change) => void>();

  /** Calls `listener` after every change until `signal` aborts. */
  add(listener: (change: Change) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  tell(change: Change): void {
    // A listener may take itself or another away.
    for (const listener of [...this.#listeners]) listener(change);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
