/** How often to look at the sessions of the kernel, in milliseconds. */
const LOOK_MS = 3000;

/** How often to have the account asked meanwhile. */
const ASK_MS = 60_000;

type Look = (action: "look" | "ask") => Promise<void>;

/**
 * Looks again and again, as long as somebody may see what comes of it: not in a hidden tab, in an
 * output that is scrolled out or gone. It waits for the answer to the last look, a minute at most: a
 * busy kernel answers late, and has to answer each.
 */
export class Looking {
  readonly #node: HTMLElement;
  readonly #look: Look;
  readonly #asks: boolean;
  #isInSight = true;
  #isLooking = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastAskMs = Date.now();

  /** @param asks whether the account is to be asked now and then; else only looks are made. */
  constructor(node: HTMLElement, look: Look, signal: AbortSignal, asks: boolean) {
    this.#node = node;
    this.#look = look;
    this.#asks = asks;
    const timer = setInterval(() => this.#lookIfSeen(), LOOK_MS);
    const observer = new IntersectionObserver((entries) => {
      this.#isInSight = entries.at(-1)?.isIntersecting ?? true;
      this.#lookIfDue();
    });
    observer.observe(node);
    const onVisibility = (): void => this.#lookIfDue();
    document.addEventListener("visibilitychange", onVisibility, { signal });
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      observer.disconnect();
    });
  }

  /** For what comes into sight; doing so again and again is no reason to look more often. */
  #lookIfDue(): void {
    if (Date.now() - this.#lastMs >= LOOK_MS) this.#lookIfSeen();
  }

  #lookIfSeen(): void {
    const isSeen = this.#isInSight && this.#node.isConnected && !document.hidden;
    const isWaiting = this.#isLooking && Date.now() - this.#lastMs < ASK_MS;
    if (!isSeen || isWaiting) return;
    const isAsking = this.#asks && Date.now() - this.#lastAskMs >= ASK_MS;
    this.#lastMs = Date.now();
    if (isAsking) this.#lastAskMs = this.#lastMs;
    this.#isLooking = true;
    void this.#look(isAsking ? "ask" : "look").finally(() => {
      this.#isLooking = false;
    });
  }
}
