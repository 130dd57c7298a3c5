import { type RequestArguments, RequestError, Requests } from "./requests";
import {
  type Action,
  type Delta,
  type Head,
  isDelta,
  isReply,
  isRow,
  isSeq,
  type Row,
  readHead,
  type State,
  type Status,
} from "./wire";

type Trait = "seq" | "head" | "rows";

/** The part of an anywidget model that is used here, and all that a host has to offer. */
export interface Model {
  get(trait: Trait): unknown;
  set(trait: Trait, value: unknown): void;
  on(event: string, callback: (value: unknown) => void): void;
  off(event: string, callback: (value: unknown) => void): void;
  send(content: object): void;
}

/** Whether the kernel can hear us. */
export type Connection = "live" | "dead";

/** What differs from the last time listeners were told. */
export interface Change {
  readonly stateBefore: State | null;
  readonly jobs: readonly { readonly row: Row; readonly before: Status | null }[];
}

const NO_CHANGE: Change = { stateBefore: null, jobs: [] };

/**
 * One session as this page knows it: the traits, and the numbered deltas merged into them.
 *
 * There is one store per model, shared by its views. The merged state is put back into the model
 * (never saved to the kernel), so that a second view and a saved notebook show the latest.
 */
export class SessionStore {
  readonly #model: Model;
  readonly #requests: Requests;
  readonly #listeners = new Set<(change: Change) => void>();
  #seq = 0;
  #head: Head | null = null;
  #problem: string | null = null;
  #rows: Row[] = [];
  #position = new Map<string, number>();
  #connection: Connection = "live";
  #skewMs = 0;
  #frozenMs = 0;
  #hasGap = false;
  #isWriting = false;
  #isLoadQueued = false;

  /** @param signal ends the store: it lets go of the model and fails what is still open. */
  constructor(model: Model, signal: AbortSignal) {
    this.#model = model;
    this.#requests = new Requests(
      (content) => this.#send(content),
      () => this.#tell(NO_CHANGE),
    );
    listen(model, "change:seq", this.#queueLoad, signal);
    listen(model, "change:head", this.#queueLoad, signal);
    listen(model, "change:rows", this.#queueLoad, signal);
    listen(model, "msg:custom", this.#onMessage, signal);
    signal.addEventListener("abort", () => {
      this.#listeners.clear();
      this.#requests.failAll(new RequestError("Gone", "The view was closed."));
    });
    this.#load({ isFresh: false });
    // Deltas sent while this module was still loading reached nobody, and a trait may be older
    // than its arrival: ask once.
    this.resync();
  }

  /** The session, or null before the kernel has said anything. */
  get head(): Head | null {
    return this.#head;
  }

  /** The jobs, oldest first. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Why the last thing that arrived could not be read, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Now by the kernel's clock; stands still once the kernel is gone. */
  now(): number {
    return this.#connection === "dead" ? this.#frozenMs : Date.now() + this.#skewMs;
  }

  /** A moment of the kernel's clock by the page's clock. */
  pageTime(kernelMs: number): number {
    return kernelMs - this.#skewMs;
  }

  /** Calls `listener` after every change until `signal` aborts. */
  subscribe(listener: (change: Change) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  /** See {@link Requests.request}. */
  request(action: Action, args?: RequestArguments, key?: string): Promise<string> {
    return this.#requests.request(action, args, key);
  }

  /** See {@link Requests.isPending}. */
  isPending(key: string): boolean {
    return this.#requests.isPending(key);
  }

  /** Asks the kernel for the whole state; at most one such request is under way. */
  resync(): void {
    // Unanswered is no news to the reader: the next delta shows the gap again.
    this.request("resync").catch(() => undefined);
  }

  /** Takes note that the kernel went away, or came back. */
  setConnection(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#frozenMs = this.now();
    this.#connection = connection;
    if (connection === "dead") this.#requests.failAll();
    this.#tell(NO_CHANGE);
  }

  /** For state that was read from a file: it shows the time of its saving, not of its reading. */
  freezeAsSaved(): void {
    if (this.#connection === "dead") return;
    this.setConnection("dead");
    this.#frozenMs = this.#head?.now_ms ?? this.#frozenMs;
    this.#tell(NO_CHANGE);
  }

  #send(content: object): void {
    try {
      this.#model.send(content);
    } catch (error) {
      // After a kernel restart the comm is closed; the page stays and looks alive.
      this.setConnection("dead");
      throw error;
    }
  }

  // One update of the traits arrives as up to three events, in some hosts before all three values
  // are in place.
  readonly #queueLoad = (): void => {
    if (this.#isWriting || this.#isLoadQueued) return;
    this.#isLoadQueued = true;
    queueMicrotask(() => this.#loadQueued());
  };

  #loadQueued(): void {
    if (!this.#isLoadQueued) return;
    this.#isLoadQueued = false;
    this.#connection = "live";
    this.#tell(this.#load({ isFresh: true }));
  }

  readonly #onMessage = (message: unknown): void => {
    this.#loadQueued();
    if (isReply(message)) {
      this.setConnection("live");
      this.#requests.settle(message);
    } else if (isDelta(message)) {
      this.setConnection("live");
      this.#merge(message);
    }
  };

  /** Replaces everything with what the traits hold. */
  #load({ isFresh }: { isFresh: boolean }): Change {
    const stateBefore = this.#head?.state ?? null;
    const statusBefore = new Map(this.#rows.map((row) => [row.job_id, row.status]));
    const seq: unknown = this.#model.get("seq");
    this.#seq = isSeq(seq) ? seq : 0;
    this.#hasGap = false;
    // A trait may have been set long before it is read, so it can only prove that the kernel's
    // clock is ahead.
    this.#takeHead(this.#model.get("head"), (skewMs) => Math.max(skewMs, this.#skewMs));
    const rows: unknown = this.#model.get("rows");
    this.#rows = readRows(rows);
    this.#position = new Map(this.#rows.map((row, index) => [row.job_id, index]));
    if (!isFresh || stateBefore === null) return NO_CHANGE;
    const jobs = this.#rows
      .map((row) => ({ row, before: statusBefore.get(row.job_id) ?? null }))
      .filter(({ row, before }) => row.status !== before);
    return { stateBefore, jobs };
  }

  #merge(delta: Delta): void {
    if (delta.seq <= this.#seq) return;
    // Across a gap the delta is still the newest news, so it is shown; but the model keeps its old
    // number, so that the answer to resync is a change to it.
    this.#hasGap ||= delta.seq > this.#seq + 1;
    this.#seq = delta.seq;
    const stateBefore = this.#head?.state ?? null;
    this.#takeHead(delta.head, (skewMs) => skewMs);
    const jobs = delta.rows.filter(isRow).map((row) => ({ row, before: this.#takeRow(row) }));
    if (this.#hasGap) this.resync();
    else this.#writeBack();
    this.#tell({ stateBefore, jobs });
  }

  #takeHead(value: unknown, newSkew: (observedMs: number) => number): void {
    const read = readHead(value);
    this.#problem = read.kind === "unreadable" ? read.why : null;
    if (read.kind !== "head") return;
    this.#head = read.head;
    this.#skewMs = newSkew(read.head.now_ms - Date.now());
  }

  #takeRow(row: Row): Status | null {
    const position = this.#position.get(row.job_id);
    if (position === undefined) {
      this.#position.set(row.job_id, this.#rows.push(row) - 1);
      return null;
    }
    const before = this.#rows[position]?.status ?? null;
    this.#rows[position] = row;
    return before;
  }

  #writeBack(): void {
    this.#isWriting = true;
    try {
      this.#model.set("seq", this.#seq);
      if (this.#head) this.#model.set("head", this.#head);
      // Usually the model's own array, updated in place: then this changes nothing.
      this.#model.set("rows", this.#rows);
    } finally {
      this.#isWriting = false;
    }
  }

  #tell(change: Change): void {
    // A listener may unsubscribe itself or another.
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function readRows(value: unknown): Row[] {
  if (!Array.isArray(value)) return [];
  // Kept as it is when it can be, so that merging a delta updates the model's own array in place:
  // a new array per delta would cost the host a deep comparison of all rows.
  const rows: unknown[] = value;
  return isRows(rows) ? rows : rows.filter(isRow);
}

function isRows(values: unknown[]): values is Row[] {
  return values.every(isRow);
}

/** `model.on` until the signal aborts. */
export function listen(
  model: Model,
  event: string,
  callback: (value: unknown) => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}
