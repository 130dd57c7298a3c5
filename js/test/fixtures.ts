import type { Snapshot } from "../src/view-model/snapshot";
import type { Model } from "../src/wire/model";
import { type Head, type Program, packRow, type Row, readRow } from "../src/wire/wire";

/** The moment at which the heads below were sent. */
export const NOW = Date.UTC(2026, 2, 14, 14, 0, 0);

export function head(changes: Partial<Head> = {}): Head {
  return {
    version: 2,
    state: "active",
    label: "In progress",
    session_id: "7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4",
    name: "vqe-h2",
    backend: "ibm_torino",
    mode: "session",
    max_time_s: 7200,
    limit_s: 7200,
    interactive_timeout_s: 60,
    now_ms: NOW,
    started_ms: NOW - 1_800_000,
    expires_ms: NOW + 5_400_000,
    idle_since_ms: null,
    idle_until_ms: null,
    ended_ms: null,
    ended_reason: null,
    usage_s: 1800,
    usage_runs: true,
    qpu_s: 450,
    counts: { QUEUED: 1, RUNNING: 1, DONE: 2, CANCELLED: 0, ERROR: 0 },
    programs: [
      program("bell"),
      program("ansatz", { primitive: "estimator", shots: null, precision: 0.02 }),
    ],
    last_work: null,
    can_cancel_running: true,
    is_paid: false,
    queue: null,
    quota: null,
    price: null,
    budget: { max_usage_s: null, max_cost: null },
    clicks_wait: false,
    stale_since_ms: null,
    error: null,
    ...changes,
  };
}

export function program(name: string, changes: Partial<Program> = {}): Program {
  const parameters = changes.parameters ?? [];
  return {
    name,
    primitive: "sampler",
    shots: 4096,
    precision: null,
    parameters,
    parameter_count: parameters.length,
    ...changes,
  };
}

/** A head before anything ran. */
export function freshHead(changes: Partial<Head> = {}): Head {
  return head({
    state: "not-started",
    label: "Not started",
    session_id: null,
    started_ms: null,
    expires_ms: null,
    usage_s: 0,
    usage_runs: false,
    qpu_s: 0,
    counts: { QUEUED: 0, RUNNING: 0, DONE: 0, CANCELLED: 0, ERROR: 0 },
    programs: [],
    ...changes,
  });
}

export function row(id: string, changes: Partial<Row> = {}): Row {
  return {
    job_id: id,
    name: "bell",
    primitive: "sampler",
    status: "DONE",
    created_ms: NOW - 60_000,
    started_ms: NOW - 50_000,
    finished_ms: NOW - 40_000,
    run_s: 9.04,
    qpu_s: 4,
    shots: 4096,
    tags: [],
    error: null,
    values: [],
    are_times_estimated: false,
    is_qpu_estimated: false,
    forecast_s: null,
    service_forecast_s: null,
    ...changes,
  };
}

export const queued = (id: string): Row =>
  row(id, { status: "QUEUED", started_ms: null, finished_ms: null, run_s: null });

export const running = (id: string): Row =>
  row(id, { status: "RUNNING", started_ms: NOW - 12_000, finished_ms: null, run_s: null });

/** What a live view is described from; null is a kernel that has not spoken. */
export function snapshot(
  changes: Partial<Head> | null = {},
  others: Partial<Snapshot> = {},
): Snapshot {
  return {
    head: changes && head(changes),
    connection: "live",
    problem: null,
    updatesWait: false,
    clicksWait: false,
    isPending: () => false,
    nowMs: NOW,
    ...others,
  };
}

export const HOSTILE = `<img src=x onerror="window.pwned=1"><b>bold</b>`;

type Callback = (...values: unknown[]) => void;
type Sent = Record<string, unknown> & { id: string; action: string };

interface Options {
  /** Hosts differ: most hand out what they hold, some a copy. */
  readonly copies?: boolean;
  readonly commLive?: boolean;
}

/** A host's model: holds traits, fires events, records what is sent. */
export class FakeModel implements Model {
  readonly sent: Sent[] = [];
  readonly callbacks = new Map<string, Set<Callback>>();
  declare comm_live?: boolean;
  isDead = false;
  /** Answers each request at once, like a kernel with nothing else to do. */
  answer: ((request: Sent) => object | null) | null = null;
  readonly #traits: Record<string, unknown>;
  readonly #copies: boolean;

  constructor(traits: Record<string, unknown> = {}, { copies = false, commLive }: Options = {}) {
    this.#traits = { seq: 1, head: head(), rows: [], ...traits };
    if ("rows" in traits) this.#traits["rows"] = asSent(traits["rows"]);
    this.#copies = copies;
    if (commLive !== undefined) this.comm_live = commLive;
  }

  get(key: string): unknown {
    const value = this.#traits[key];
    return this.#copies ? structuredClone(value) : value;
  }

  set(key: string, value: unknown): void {
    this.#set({ [key]: value });
  }

  on(event: string, callback: Callback): void {
    const known = this.callbacks.get(event) ?? new Set();
    this.callbacks.set(event, known.add(callback));
  }

  off(event: string, callback: Callback): void {
    this.callbacks.get(event)?.delete(callback);
  }

  send(content: object): void {
    if (this.isDead) throw new Error("Cannot send");
    const request = content as Sent;
    this.sent.push(request);
    const reply = this.answer?.(request);
    if (reply) queueMicrotask(() => this.reply(request.id, reply));
  }

  /** One state update of the kernel. */
  update(traits: Record<string, unknown>): void {
    this.#set("rows" in traits ? { ...traits, rows: asSent(traits["rows"]) } : traits);
  }

  /** A delta with a whole head, as the first one is. */
  delta(seq: number, changes: Partial<Head> = {}, rows: readonly unknown[] = []): void {
    this.change(seq, head(changes), rows);
  }

  /** A delta with what changed in the head, as the others are. */
  change(seq: number, changes: object, rows: readonly unknown[] = []): void {
    this.emit("msg:custom", { kind: "delta", seq, head: changes, rows: asSent(rows) }, []);
  }

  /** Jobs that are older than one. */
  older(before: string, rows: readonly Row[], isAll: boolean): void {
    this.emit("msg:custom", { kind: "older", before, rows: asSent(rows), is_all: isAll }, []);
  }

  /** The jobs that the model holds, for a second view and a saved notebook. */
  get savedRows(): (Row | null)[] {
    const rows = this.get("rows");
    return Array.isArray(rows) ? rows.map(readRow) : [];
  }

  reply(id: string, changes: object = {}): void {
    const reply = { kind: "reply", id, ok: true, message: "", error: null, ...changes };
    this.emit("msg:custom", reply, []);
  }

  /** The requests for an action, oldest first. */
  requests(action: string): Sent[] {
    return this.sent.filter((request) => request.action === action);
  }

  get listenerCount(): number {
    return [...this.callbacks.values()].reduce((sum, callbacks) => sum + callbacks.size, 0);
  }

  emit(event: string, ...values: unknown[]): void {
    for (const callback of [...(this.callbacks.get(event) ?? [])]) callback(...values);
  }

  // Like Backbone: everything is in place before the first event.
  #set(traits: Record<string, unknown>): void {
    const changed = Object.keys(traits).filter(
      (key) => JSON.stringify(this.#traits[key]) !== JSON.stringify(traits[key]),
    );
    for (const key of changed) this.#traits[key] = traits[key];
    for (const key of changed) this.emit(`change:${key}`);
  }
}

/** Hosts hand a new object with the same methods to each call. */
export function proxyOf(model: FakeModel): FakeModel {
  return new Proxy(model, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Rows as the kernel sends them; what is no row stays what it is. */
function asSent(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: unknown) =>
    typeof row === "object" && row !== null && "job_id" in row && "status" in row
      ? packRow(row as Row)
      : row,
  );
}

/** Lets promises settle without letting time pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}
