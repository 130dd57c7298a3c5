import { listen, type Model } from "../wire/model";
import { type RequestArguments, RequestError, Requests } from "../wire/requests";
import { Route } from "../wire/route";
import {
  type Action,
  type Delta,
  type Head,
  isDelta,
  isObject,
  isOlder,
  isPing,
  isReply,
  isSeq,
  type Older,
  type Row,
  readHead,
  readRows,
} from "../wire/wire";
import { type Change, Listeners, NO_CHANGE } from "./changes";
import { JobList } from "./job-list";
import { KernelClock } from "./kernel-clock";
import { OlderJobs } from "./older-jobs";
import { SavedRows } from "./saved-rows";

/** Whether the kernel can hear us: no longer, or, in an export, never. */
export type Connection = "live" | "dead" | "exported";

/**
 * One session as this page knows it: the traits, and the numbered deltas merged into them.
 *
 * There is one store per model, shared by its views. The merged state is put back into the model
 * (never saved to the kernel), so that a second view and a saved notebook show the latest.
 */
export class SessionStore {
  readonly #model: Model;
  readonly #route: Route;
  readonly #requests: Requests;
  readonly #listeners = new Listeners();
  readonly #jobs = new JobList();
  #seq = 0;
  #head: Head | null = null;
  /** What the kernel said of the head, readable or not: deltas carry only what changed in it. */
  #told: object = {};
  #problem: string | null = null;
  readonly #saved = new SavedRows();
  readonly #older = new OlderJobs((before) =>
    this.#connection === "live" ? this.request("older", { before }) : null,
  );
  #connection: Connection = "live";
  readonly #clock = new KernelClock();
  #hasGap = false;
  #isWriting = false;
  #isLoadQueued = false;

  /** @param signal ends the store: it lets go of the model and fails what is still open. */
  constructor(model: Model, signal: AbortSignal) {
    this.#model = model;
    this.#route = new Route(model, () => this.#tell(NO_CHANGE), signal);
    this.#requests = new Requests(
      (content) => this.#send(content),
      () => this.#tell(NO_CHANGE),
    );
    listen(model, "change:seq", this.#queueLoad, signal);
    listen(model, "change:head", this.#queueLoad, signal);
    listen(model, "change:rows", this.#queueLoad, signal);
    listen(model, "change:view", () => this.#tell(NO_CHANGE), signal);
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
    return this.#jobs.rows;
  }

  /** Whether only the session and its meters are wanted. */
  get isCompact(): boolean {
    return this.#model.get("view") === "compact";
  }

  /** Whether clicks wait for the running cell: the page's own way decides, if it has one. */
  get clicksWait(): boolean {
    return this.#route.waits ?? this.#head?.clicks_wait ?? false;
  }

  /** Whether news come only while cells run, and at their end, as in Colab. */
  get updatesWait(): boolean {
    return this.#model.get("updates_wait") === true;
  }

  /** A job, null if it is not known. */
  job(jobId: string): Row | null {
    return this.#jobs.get(jobId);
  }

  /** How many jobs the session has, of which the older ones may still be on their way. */
  get jobCount(): number {
    const counts = Object.values(this.#head?.counts ?? {});
    return Math.max(
      this.rows.length,
      counts.reduce((sum, count) => sum + count, 0),
    );
  }

  /** The place of a job among the others, by age: it grows from the oldest to the newest. */
  numberOf(jobId: string): number {
    return this.#jobs.numberOf(jobId);
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
    return this.#clock.now();
  }

  /** A moment of the kernel's clock by the page's clock. */
  pageTime(kernelMs: number): number {
    return this.#clock.pageTime(kernelMs);
  }

  /** Calls `listener` after every change until `signal` aborts. */
  subscribe(listener: (change: Change) => void, signal: AbortSignal): void {
    this.#listeners.add(listener, signal);
  }

  /** See {@link Requests.request}. */
  request(
    action: Action,
    args?: RequestArguments,
    key?: string,
    take?: (details: unknown) => void,
  ): Promise<string> {
    return this.#requests.request(action, args, key, take);
  }

  /** See {@link Requests.ask}. */
  ask(action: Action, take: (details: unknown) => void): Promise<string> {
    return this.#requests.ask(action, take);
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

  /** Fetches the jobs that the traits leave out, now and whenever they have to be told anew. */
  fetchAll(): void {
    this.#older.want();
  }

  /** Takes note that the kernel went away, or came back. */
  setConnection(connection: Connection): void {
    if (connection === this.#connection || this.#connection === "exported") return;
    this.#connection = connection;
    if (connection !== "live") {
      this.#clock.stop();
      this.#requests.failAll();
    } else this.#clock.go();
    this.#tell(NO_CHANGE);
  }

  /** For state that was read from a file: it shows the time of its saving, not of its reading. */
  freezeAsSaved(connection: "dead" | "exported" = "dead"): void {
    if (this.#connection !== "live") return;
    this.setConnection(connection);
    this.#clock.stop(this.#head?.now_ms);
    this.#tell(NO_CHANGE);
  }

  #send(content: object): void {
    try {
      this.#route.send(content);
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
    this.#clock.go();
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
    } else if (isOlder(message)) {
      this.#takeOlder(message);
    } else if (isPing(message)) {
      this.request("here").catch(() => undefined);
    }
  };

  /** Replaces everything with what the traits hold. */
  #load({ isFresh }: { isFresh: boolean }): Change {
    const stateBefore = this.#head?.state ?? null;
    const statusBefore = new Map(this.rows.map((row) => [row.job_id, row.status]));
    const seq: unknown = this.#model.get("seq");
    const hasMissed = this.#hasGap || seq !== this.#seq;
    this.#seq = isSeq(seq) ? seq : 0;
    this.#hasGap = false;
    const head: unknown = this.#model.get("head");
    this.#told = isObject(head) ? head : {};
    // A trait may have been set long before it is read.
    this.#readHead((nowMs) => this.#clock.advance(nowMs));
    const values: unknown = this.#model.get("rows");
    this.#saved.hold(values);
    const rows = readRows(values);
    const { areAll } = this.#saved;
    this.#jobs.putNewest(rows, { areAll });
    if (areAll) this.#older.haveCome();
    else if (hasMissed || (this.#older.areHere && this.rows.length < this.jobCount)) {
      // Older jobs may have changed in what was missed, too.
      this.#older.areMissingBefore(rows[0]?.job_id ?? null);
    }
    if (!isFresh || stateBefore === null) return { ...NO_CHANGE, isReset: true };
    const jobs = rows
      .map((row) => ({ row, before: statusBefore.get(row.job_id) ?? null }))
      .filter(({ row, before }) => row.status !== before);
    return { stateBefore, jobs, isReset: true };
  }

  #takeOlder(older: Older): void {
    const rows = this.#older.take(older);
    if (rows === null) return;
    this.#jobs.putOlder(rows);
    this.#tell({ ...NO_CHANGE, isReset: true });
  }

  #merge(delta: Delta): void {
    if (delta.seq <= this.#seq) return;
    // Across a gap the delta is still the newest news, so it is shown; but the model keeps its old
    // number, so that the answer to resync is a change to it.
    this.#hasGap ||= delta.seq > this.#seq + 1;
    this.#seq = delta.seq;
    const stateBefore = this.#head?.state ?? null;
    this.#told = { ...this.#told, ...delta.head };
    this.#readHead((nowMs) => this.#clock.set(nowMs));
    const jobs = readRows(delta.rows).map((row) => ({
      row,
      before: this.#jobs.put(row)?.status ?? null,
    }));
    if (this.#hasGap) this.resync();
    else this.#writeBack();
    this.#tell({ stateBefore, jobs, isReset: false });
  }

  #readHead(setClock: (nowMs: number) => void): void {
    const read = readHead(this.#told);
    this.#problem = read.kind === "unreadable" ? read.why : null;
    if (read.kind !== "head") return;
    this.#head = read.head;
    setClock(read.head.now_ms);
  }

  #writeBack(): void {
    this.#isWriting = true;
    try {
      this.#model.set("seq", this.#seq);
      if (this.#head) this.#model.set("head", this.#head);
      this.#model.set("rows", this.#saved.put(this.rows));
    } finally {
      this.#isWriting = false;
    }
  }

  #tell(change: Change): void {
    this.#listeners.tell(change);
  }
}
