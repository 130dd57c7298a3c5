/** Does something at once, and again at most once in a while however often it is asked for. */
export class Throttle {
  readonly #action: () => void;
  readonly #gapMs: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #doneMs = Number.NEGATIVE_INFINITY;

  /** @param gapMs how long to wait after doing it, in milliseconds. */
  constructor(action: () => void, gapMs: () => number, signal: AbortSignal) {
    this.#action = action;
    this.#gapMs = gapMs;
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  ask(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#doneMs + this.#gapMs() - performance.now();
    if (waitMs <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), waitMs);
  }

  #run(): void {
    this.#timer = undefined;
    this.#action();
    this.#doneMs = performance.now();
  }
}
