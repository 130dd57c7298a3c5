import type { Action, Reply } from "./wire";

/** How long a click may go unanswered before the page says so. */
export const REQUEST_TIMEOUT_MS = 10_000;

export type RequestArguments = Readonly<
  Record<
    string,
    string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>
  >
>;

/** A request that was refused, lost, or not answered in time. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  /** What kind of failure: the kernel's exception type, "Timeout", "Disconnected" or "Gone". */
  readonly type: string;

  /** After a timeout: the answer, should it still come. A busy kernel answers late, not never. */
  readonly late: Promise<string> | null;

  constructor(type: string, message: string, late: Promise<string> | null = null) {
    super(message);
    this.type = type;
    this.late = late;
  }
}

interface Open {
  readonly answer: Deferred;
  readonly take: (details: unknown) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface Deferred {
  readonly promise: Promise<string>;
  readonly resolve: (message: string) => void;
  readonly reject: (error: RequestError) => void;
}

function deferred(): Deferred {
  let resolve: Deferred["resolve"] = () => undefined;
  let reject: Deferred["reject"] = () => undefined;
  const promise = new Promise<string>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // The caller may have stopped listening (a late answer): that is not an unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/**
 * Pairs each request with its one reply.
 *
 * Two requests under the same key never travel together: asking again while the first is open
 * returns the first one's promise, so a double click runs a circuit once.
 */
export class Requests<Asked extends string = Action> {
  readonly #send: (content: object) => void;
  readonly #onPending: () => void;
  readonly #timeoutText: string;
  readonly #open = new Map<string, Open>();
  readonly #pending = new Map<string, Promise<string>>();
  // Replies reach every page that shows the session, so ids must differ between pages. Not
  // randomUUID: it is missing on plain-http notebook servers.
  readonly #prefix = Math.random().toString(36).slice(2, 10);
  #count = 0;

  /**
   * @param send hands a message to the kernel; throws when there is none.
   * @param onPending called whenever {@link isPending} may have changed.
   * @param timeoutText what to say when there is no answer for long.
   */
  constructor(
    send: (content: object) => void,
    onPending: () => void,
    timeoutText: string = KERNEL_IS_LATE,
  ) {
    this.#send = send;
    this.#onPending = onPending;
    this.#timeoutText = timeoutText;
  }

  /** Whether a request under this key waits for its reply. */
  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  /**
   * Sends a request; resolves to the reply's message, rejects with a {@link RequestError}.
   *
   * @param take is handed what a reply carries besides, however late it comes.
   */
  request(
    action: Asked,
    args: RequestArguments = {},
    key: string = action,
    take: (details: unknown) => void = () => undefined,
  ): Promise<string> {
    const same = this.#pending.get(key);
    if (same) return same;
    const promise = this.#start(action, args, take);
    this.#pending.set(key, promise);
    const done = (): void => {
      this.#pending.delete(key);
      this.#onPending();
    };
    promise.then(done, done);
    this.#onPending();
    return promise;
  }

  /** The same in the background: nothing shows that it waits, and it may travel more than once. */
  ask(action: Asked, take: (details: unknown) => void): Promise<string> {
    return this.#start(action, {}, take);
  }

  #start(action: Asked, args: RequestArguments, take: (details: unknown) => void): Promise<string> {
    this.#count += 1;
    const id = `${this.#prefix}-${this.#count}`;
    const answer = deferred();
    const shown = deferred();
    const timer = setTimeout(() => {
      shown.reject(new RequestError("Timeout", this.#timeoutText, answer.promise));
    }, REQUEST_TIMEOUT_MS);
    this.#open.set(id, { answer, take, timer });
    answer.promise.then(shown.resolve, shown.reject);
    try {
      this.#send({ ...args, kind: "request", id, action });
    } catch {
      this.#settle(id, (open) => open.answer.reject(disconnected()));
    }
    return shown.promise;
  }

  /** Takes a reply; one that answers nobody here belongs to another page. */
  settle(reply: Reply): void {
    this.#settle(reply.id, ({ answer, take }) => {
      if (reply.ok) {
        try {
          take(Reflect.get(reply, "details"));
        } finally {
          // Even where what came cannot be shown: nobody is to wait for ever.
          answer.resolve(reply.message ?? "");
        }
      } else {
        const text = reply.error?.message || reply.message || "The request failed.";
        answer.reject(new RequestError(reply.error?.type ?? "Error", text));
      }
    });
  }

  /** Fails everything that is still open: the kernel went away, or the page did. */
  failAll(error: RequestError = disconnected()): void {
    for (const id of [...this.#open.keys()]) this.#settle(id, ({ answer }) => answer.reject(error));
  }

  #settle(id: string, how: (open: Open) => void): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    clearTimeout(open.timer);
    how(open);
  }
}

const KERNEL_IS_LATE =
  `No answer from the kernel after ${REQUEST_TIMEOUT_MS / 1000} s. It may be busy with a cell, or the ` +
  "connection may be lost: the request is carried out when the cell ends, or the connection is back.";

function disconnected(): RequestError {
  return new RequestError("Disconnected", "No connection to the kernel: nothing was sent.");
}
