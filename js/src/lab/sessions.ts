import { AbsentError, type Server } from "./server";
import type { Served, ServedEntry } from "./wire";

/** What the page knows of the server's sessions, for all who show something of it. */
export class ServedSessions {
  readonly #server: Server;
  readonly #listeners = new Set<() => void>();
  #served: Served | null = null;
  #problem: string | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;
  #skewMs = 0;
  #isAbsent = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /** What the server knew last, or what went wrong since; null before its first answer. */
  get served(): Served | null {
    const problem = this.#problem;
    return this.#served === null || problem === null ? this.#served : { ...this.#served, problem };
  }

  /** What went wrong when the server was last asked, in words. */
  get problem(): string | null {
    return this.#problem;
  }

  /** How far the server's clock is ahead of the page's. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Whether the server has no extension: nothing is asked of it any more. */
  get isAbsent(): boolean {
    return this.#isAbsent;
  }

  /** When the server was last asked, by the page's clock. */
  get lastMs(): number {
    return this.#lastMs;
  }

  entry(key: string): ServedEntry | null {
    return this.#served?.entries.find((entry) => entry.key === key) ?? null;
  }

  /** Calls back after each answer, until the signal aborts. */
  follow(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  /** Asks what is known; what goes wrong is told as a problem. */
  async look(withListing: boolean): Promise<void> {
    await this.#take(() => this.#server.look(withListing));
  }

  /** The same, once the account has been asked; throws what went wrong. */
  async ask(): Promise<void> {
    const error = await this.#take(() => this.#server.ask());
    if (error !== null) throw error;
  }

  /** Ends a paid session, and looks; throws what went wrong. */
  async end(sessionId: string, verb: "close" | "cancel"): Promise<string> {
    try {
      return await this.#server.end(sessionId, verb);
    } finally {
      await this.look(true);
    }
  }

  async #take(ask: () => Promise<Served>): Promise<Error | null> {
    if (this.#isAbsent) return new AbsentError();
    this.#lastMs = Date.now();
    let problem: Error | null = null;
    try {
      this.#served = await ask();
      this.#skewMs = this.#served.now_ms - Date.now();
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
      this.#isAbsent = error instanceof AbsentError;
    }
    this.#problem = problem?.message ?? null;
    for (const listener of [...this.#listeners]) listener();
    return problem;
  }
}
