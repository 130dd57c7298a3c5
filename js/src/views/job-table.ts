import { h, hasFocus, setText } from "../dom";
import { counted } from "../format";
import type { Snapshot } from "../view-model";
import { describeJob } from "../view-model-jobs";
import type { Row } from "../wire";
import { type JobHandlers, JobRow } from "./job-row";

/** How many rows are drawn at first, and how many more each time the reader asks. */
const FIRST_ROWS = 50;
const MORE_ROWS = 100;

const COLUMNS = [
  ["Job", "qs-col-id"],
  ["Program", "qs-col-name"],
  ["Primitive", "qs-col-primitive"],
  ["Status", "qs-col-status"],
  ["Submitted", "qs-col-submitted"],
  ["Run time", "qs-number"],
] as const;

interface Shown {
  readonly view: JobRow;
  /** What it was last drawn from, and on which day. */
  row: Row | null;
  day: number;
}

/** The jobs, newest first; only the newest are drawn. */
export class JobTable {
  readonly node: HTMLElement;
  readonly #handlers: JobHandlers;
  readonly #shown = new Map<string, Shown>();
  readonly #table: HTMLTableElement;
  readonly #older = h("button", { type: "button", class: "qs-button qs-plain qs-older" });
  readonly #empty = h("p", { class: "qs-empty" });
  #limit = FIRST_ROWS;

  constructor(handlers: JobHandlers, redraw: () => void) {
    this.#handlers = handlers;
    const heads = COLUMNS.map(([text, column]) => h("th", { scope: "col", class: column }, text));
    const last = h(
      "th",
      { scope: "col", class: "qs-actions" },
      h("span", { class: "qs-hidden" }, "Actions"),
    );
    this.#table = h(
      "table",
      { class: "qs-jobs" },
      h("caption", { class: "qs-hidden" }, "Jobs, newest first"),
      h("thead", {}, h("tr", {}, ...heads, last)),
    );
    this.#older.addEventListener("click", () => {
      this.#limit += MORE_ROWS;
      redraw();
    });
    this.node = h(
      "div",
      { class: "qs-table", tabindex: "-1" },
      this.#table,
      this.#empty,
      this.#older,
    );
  }

  update(rows: readonly Row[], snapshot: Snapshot, emptyText: string): void {
    const newest = rows.slice(-this.#limit).reverse();
    this.#removeAllBut(new Set(newest.map((row) => row.job_id)));
    let next = this.#table.tHead?.nextElementSibling ?? null;
    for (const row of newest) {
      const shown = this.#shown.get(row.job_id) ?? this.#add(row.job_id);
      draw(shown, row, snapshot);
      // Rows that are in place stay untouched: moving one would take the focus out of it.
      if (shown.view.node === next) next = next.nextElementSibling;
      else this.#table.insertBefore(shown.view.node, next);
    }
    const more = rows.length - newest.length;
    this.#older.hidden = more === 0;
    setText(this.#older, `Show older (${counted(more, "more job")})`);
    this.#table.hidden = rows.length === 0;
    this.#empty.hidden = rows.length > 0;
    setText(this.#empty, emptyText);
  }

  #add(id: string): Shown {
    const shown = { view: new JobRow(this.#handlers), row: null, day: 0 };
    this.#shown.set(id, shown);
    return shown;
  }

  #removeAllBut(ids: ReadonlySet<string>): void {
    for (const [id, { view }] of this.#shown) {
      if (ids.has(id)) continue;
      if (hasFocus(view.node)) this.node.focus();
      view.node.remove();
      this.#shown.delete(id);
    }
  }
}

function draw(shown: Shown, row: Row, snapshot: Snapshot): void {
  const isOver = row.status !== "QUEUED" && row.status !== "RUNNING";
  // A finished job changes only when its row object does, or at midnight, when its time of
  // submission gets a day.
  const day = new Date(snapshot.nowMs).getDate();
  if (isOver && shown.row === row && shown.day === day) return;
  shown.row = row;
  shown.day = day;
  shown.view.update(describeJob(row, snapshot));
}
