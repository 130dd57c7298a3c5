const SECOND_MS = 1000;

// Timers may fire a little early, which would show the same second twice.
const MARGIN_MS = 15;

/**
 * Calls back once a second while something counts and the page is visible.
 *
 * Aligned to a phase, so that a countdown moves when its seconds do.
 */
export class Ticker {
  readonly #tick: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #phaseMs: number | null = null;

  constructor(tick: () => void, signal: AbortSignal) {
    this.#tick = tick;
    const onVisibility = (): void => {
      this.#schedule();
      if (!document.hidden && this.#phaseMs !== null) this.#tick();
    };
    document.addEventListener("visibilitychange", onVisibility, { signal });
    signal.addEventListener("abort", () => this.run(null));
  }

  /** Ticks whenever `Date.now()` passes the phase; null stops it. */
  run(phaseMs: number | null): void {
    if (phaseMs === this.#phaseMs) return;
    this.#phaseMs = phaseMs;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#phaseMs === null || document.hidden) return;
    const sinceMs = (Date.now() - this.#phaseMs - MARGIN_MS) % SECOND_MS;
    const waitMs = SECOND_MS - ((sinceMs + SECOND_MS) % SECOND_MS);
    this.#timer = setTimeout(() => {
      this.#schedule();
      this.#tick();
    }, waitMs);
  }
}
