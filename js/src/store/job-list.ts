import type { Row } from "../wire/wire";

/**
 * The jobs that are known, oldest first. Replacing one or adding a newer one costs the same however
 * many there are.
 *
 * Each has a number that grows from the oldest to the newest and never changes while jobs are
 * added at either end, so that jobs of the same moment keep their order.
 */
export class JobList {
  #rows: Row[] = [];
  #numbers = new Map<string, number>();
  /** The number of the oldest job. */
  #first = 0;

  /** All of them, oldest first. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  get(jobId: string): Row | null {
    const number = this.#numbers.get(jobId);
    return number === undefined ? null : (this.#rows[number - this.#first] ?? null);
  }

  /** The place of a job among the others, by age; that of one that is not known is 0. */
  numberOf(jobId: string): number {
    return this.#numbers.get(jobId) ?? 0;
  }

  /** Takes in a job as the newest, or as it is now; returns what was known of it. */
  put(row: Row): Row | null {
    const number = this.#numbers.get(row.job_id);
    if (number === undefined) {
      this.#numbers.set(row.job_id, this.#first + this.#rows.push(row) - 1);
      return null;
    }
    const index = number - this.#first;
    const before = this.#rows[index] ?? null;
    this.#rows[index] = row;
    return before;
  }

  /** Takes in jobs that are older than all others; those that are known stay where they are. */
  putOlder(rows: readonly Row[]): void {
    const unknown = rows.filter((row) => !this.#numbers.has(row.job_id));
    for (const row of rows) if (this.#numbers.has(row.job_id)) this.put(row);
    this.#first -= unknown.length;
    this.#rows = [...unknown, ...this.#rows];
    for (const [index, row] of unknown.entries())
      this.#numbers.set(row.job_id, this.#first + index);
  }

  /** Takes in the newest jobs in their order; what else is known is older, unless these are all. */
  putNewest(rows: readonly Row[], { areAll }: { readonly areAll: boolean }): void {
    const newest = new Set(rows.map((row) => row.job_id));
    const older = areAll ? [] : this.#rows.filter((row) => !newest.has(row.job_id));
    this.#rows = [...older, ...rows];
    this.#first = 0;
    this.#numbers = new Map(this.#rows.map((row, index) => [row.job_id, index]));
  }
}
