import type { Row, Status } from "../wire/wire";

/** What jobs can be sorted by. */
export type SortKey = "id" | "name" | "primitive" | "status" | "created" | "run";

export interface Order {
  readonly by: SortKey;
  readonly isDescending: boolean;
}

export const NEWEST_FIRST: Order = { by: "created", isDescending: true };

/** Where the jobs come from, with their places by age. */
export interface Jobs {
  readonly rows: readonly Row[];
  numberOf(jobId: string): number;
}

interface Entry {
  readonly row: Row;
  readonly number: number;
  readonly key: number | string | null;
}

/** Beyond this many changes at once it is quicker to begin anew. */
const MANY = 200;

// What needs attention comes first.
const STATUS_ORDER: readonly Status[] = ["RUNNING", "QUEUED", "ERROR", "CANCELLED", "DONE"];

// "circuit 2" before "circuit 10", as people count.
const NAMES = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const KEYS: Readonly<Record<SortKey, (row: Row) => Entry["key"]>> = {
  id: (row) => row.job_id,
  name: (row) => row.name,
  primitive: (row) => row.primitive,
  status: (row) => STATUS_ORDER.indexOf(row.status),
  created: (row) => row.created_ms,
  run: runTimeKey,
};

// A running job grows longer every moment: it counts as longer than all that have ended, and one
// that started earlier as longer than one that started later. So no order changes by itself.
function runTimeKey(row: Row): number | null {
  if (row.status === "RUNNING" && row.started_ms !== null) return 1e15 - row.started_ms;
  if (row.run_s !== null) return row.run_s;
  if (row.started_ms === null || row.finished_ms === null) return null;
  return (row.finished_ms - row.started_ms) / 1000;
}

/** The words of a search, all of which a job must have. */
function termsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * The jobs that pass a filter, in an order: what the table shows, kept up to date job by job.
 *
 * A changed job is found and put in its new place by bisection, so that a change costs about the
 * same however many jobs there are.
 */
export class JobIndex {
  readonly #jobs: Jobs;
  /** What is indexed of each job, whether it is shown or not. */
  #known = new Map<string, Entry>();
  #shown: Entry[] = [];
  #order: Order = NEWEST_FIRST;
  #statuses: ReadonlySet<Status> = new Set();
  #query = "";
  #terms: readonly string[] = [];
  #counts = new Map<Status, number>();

  constructor(jobs: Jobs) {
    this.#jobs = jobs;
    this.reset();
  }

  get order(): Order {
    return this.#order;
  }

  /** The statuses on show; none are all. */
  get statuses(): ReadonlySet<Status> {
    return this.#statuses;
  }

  get query(): string {
    return this.#query;
  }

  get isFiltered(): boolean {
    return this.#terms.length > 0 || this.#statuses.size > 0;
  }

  /** How many jobs are shown. */
  get length(): number {
    return this.#shown.length;
  }

  /** How many jobs of a status the search finds, shown or not. */
  count(status: Status): number {
    return this.#counts.get(status) ?? 0;
  }

  at(index: number): Row | null {
    return this.#shown[index]?.row ?? null;
  }

  /** Where a job is shown; -1 for one that is not. */
  indexOf(jobId: string): number {
    const entry = this.#known.get(jobId);
    if (!entry) return -1;
    const index = this.#place(entry);
    return this.#shown[index] === entry ? index : -1;
  }

  setOrder(order: Order): void {
    this.#order = order;
    this.reset();
  }

  setStatuses(statuses: ReadonlySet<Status>): void {
    this.#statuses = statuses;
    this.#refill();
  }

  setQuery(query: string): void {
    this.#query = query;
    this.#terms = termsOf(query);
    this.#refill();
  }

  /** Takes in all jobs anew. */
  reset(): void {
    this.#known = new Map(this.#jobs.rows.map((row) => [row.job_id, this.#entry(row)]));
    this.#refill();
  }

  /** Takes in jobs that are new or have changed. */
  apply(rows: readonly Row[]): void {
    if (rows.length > MANY) this.reset();
    else for (const row of rows) this.#replace(row);
  }

  #entry(row: Row): Entry {
    return { row, number: this.#jobs.numberOf(row.job_id), key: KEYS[this.#order.by](row) };
  }

  #refill(): void {
    this.#counts = new Map();
    const found = [...this.#known.values()].filter(({ row }) => this.#matches(row));
    for (const { row } of found) this.#add(row.status, 1);
    this.#shown = found
      .filter(({ row }) => this.#hasStatus(row))
      // Usually the order wanted, or nearly, so that sorting is quick.
      .reverse()
      .sort((a, b) => this.#compare(a, b));
  }

  #replace(row: Row): void {
    const before = this.#known.get(row.job_id);
    const after = this.#entry(row);
    this.#known.set(row.job_id, after);
    if (before && this.#matches(before.row)) {
      this.#add(before.row.status, -1);
      const index = this.#place(before);
      if (this.#shown[index] === before) this.#shown.splice(index, 1);
    }
    if (!this.#matches(row)) return;
    this.#add(row.status, 1);
    if (this.#hasStatus(row)) this.#shown.splice(this.#place(after), 0, after);
  }

  #add(status: Status, change: number): void {
    this.#counts.set(status, this.count(status) + change);
  }

  #hasStatus(row: Row): boolean {
    return this.#statuses.size === 0 || this.#statuses.has(row.status);
  }

  #matches({ name, job_id: id, tags }: Row): boolean {
    if (this.#terms.length === 0) return true;
    const text = [name ?? "", id, ...tags].join(" ").toLowerCase();
    return this.#terms.every((term) => text.includes(term));
  }

  /** Where an entry stands among those shown, or would. */
  #place(entry: Entry): number {
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#shown[middle];
      if (other && this.#compare(other, entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: Entry, b: Entry): number {
    const { by, isDescending } = this.#order;
    // What has no value comes last in either direction.
    if (a.key === null || b.key === null) {
      return Number(a.key === null) - Number(b.key === null) || b.number - a.number;
    }
    const byKey = compareKeys(a.key, b.key);
    if (byKey !== 0) return isDescending ? -byKey : byKey;
    return by === "created" && !isDescending ? a.number - b.number : b.number - a.number;
  }
}

function compareKeys(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return NAMES.compare(String(a), String(b));
}
