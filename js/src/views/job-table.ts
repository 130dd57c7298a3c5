import { h, hasFocus, setAttribute } from "../page/dom";
import type { SelectedJob } from "../page/selection";
import type { JobIndex } from "../store/job-index";
import { describeJob, describeLive } from "../view-model/jobs";
import {
  ROW_HEIGHT,
  type RowWindow,
  rowWindow,
  type Scroll,
  scrollToSee,
} from "../view-model/row-window";
import type { Snapshot } from "../view-model/snapshot";
import type { Row } from "../wire/wire";
import { JobHeadings } from "./job-headings";
import { type JobHandlers, JobRow } from "./job-row";
import { jobOf, type RowActionHandlers, RowActions } from "./row-actions";
import { moveFor } from "./row-keys";
import { putInOrder } from "./row-order";

/** When nobody has scrolled for this long, the rows are put in order in the document. */
const REST_MS = 120;

/** Stands in until the table has been laid out. */
const UNKNOWN_HEIGHT = 10 * ROW_HEIGHT;

interface Shown {
  readonly view: JobRow;
  /** What it was last drawn from, and on which day. */
  row: Row | null;
  snapshot: Snapshot | null;
  day: number;
}

/**
 * The jobs as a grid of which only the rows in sight are in the document.
 *
 * Rows stand in the document in the order in which they are seen. The one with the focus stays in
 * it wherever it is scrolled to, and is never moved, which would take the focus away.
 */
export class JobTable {
  readonly node: HTMLElement;
  readonly #index: JobIndex;
  readonly #selected: SelectedJob;
  readonly #handlers: JobHandlers;
  readonly #actions: RowActions;
  readonly #headings: JobHeadings;
  readonly #body = h("div", { role: "rowgroup", class: "qs-rows" });
  readonly #grid: HTMLElement;
  #shown = new Map<string, Shown>();
  /** The job that the keys act on, and where it was last seen. */
  #current: { readonly jobId: string; readonly index: number } | null = null;
  #scroll: Scroll = { top: 0, height: UNKNOWN_HEIGHT };
  #snapshot: Snapshot | null = null;
  #window: RowWindow = { first: 0, end: 0 };
  #ordering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    index: JobIndex,
    selected: SelectedJob,
    handlers: RowActionHandlers,
    onSort: () => void,
    signal: AbortSignal,
  ) {
    this.#index = index;
    this.#selected = selected;
    this.#handlers = handlers;
    this.#actions = new RowActions(selected, handlers);
    this.#headings = new JobHeadings(index, onSort);
    this.#grid = h(
      "div",
      {
        role: "grid",
        class: "qs-jobs",
        "aria-label": "Jobs",
        "aria-colcount": "7",
        "aria-multiselectable": "true",
      },
      this.#headings.node,
      this.#body,
    );
    this.node = h("div", { class: "qs-table", tabindex: "-1" }, this.#grid);
    this.node.style.setProperty("--qs-row", `${ROW_HEIGHT}px`);
    this.node.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => this.#actions.click(event));
    this.#body.addEventListener("focusin", (event) => this.#onFocus(event));
    selected.subscribe(() => this.#draw(), signal);
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.node);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearTimeout(this.#ordering);
    });
  }

  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#headings.update();
    this.#draw();
  }

  /**
   * Changes what is listed while what the reader looks at stays where it is: the row with the
   * focus, else the first in sight, unless that is the top, where the newest arrive.
   */
  keepInPlace(change: () => void): void {
    const held = this.#held();
    change();
    setAttribute(this.#body, "style", `height:${this.#index.length * ROW_HEIGHT}px`);
    if (!held) return;
    const index = this.#index.indexOf(held.jobId);
    if (index < 0) return;
    this.#scrollTo(this.#scroll.top + (index - held.index) * ROW_HEIGHT);
  }

  /** Back to the first row, for another order or filter. */
  scrollToStart(): void {
    this.#scrollTo(0);
  }

  /** Gives the focus to the current row, or to the first. */
  focus(): void {
    const index = this.#current ? this.#index.indexOf(this.#current.jobId) : -1;
    this.#goTo(Math.max(index, 0));
  }

  /** Gives the focus to a job's row, if it is listed. */
  focusJob(jobId: string): void {
    const index = this.#index.indexOf(jobId);
    if (index >= 0) this.#goTo(index);
  }

  #held(): { jobId: string; index: number } | null {
    const focused = this.#focused();
    if (!focused && this.#scroll.top === 0) return null;
    const seen = Math.floor(this.#scroll.top / ROW_HEIGHT);
    const jobId = focused?.view.jobId ?? this.#index.at(seen)?.job_id;
    return jobId === undefined ? null : { jobId, index: this.#index.indexOf(jobId) };
  }

  #draw(): void {
    if (!this.#snapshot) return;
    const count = this.#index.length;
    setAttribute(this.#grid, "aria-rowcount", String(count + 1));
    // A long list takes the height that is there, a short one no more than it needs.
    setAttribute(this.node, "data-long", count > 10 ? "" : null);
    setAttribute(this.#body, "style", `height:${count * ROW_HEIGHT}px`);
    const focusedId = this.#focused()?.view.jobId ?? null;
    this.#window = rowWindow(this.#scroll, count);
    this.#drawRows(this.#places(this.#window, focusedId), this.#snapshot);
    if (this.#ordering === undefined) this.#putInOrder();
    this.#placeTabStop();
    if (focusedId !== null && !this.#shown.has(focusedId)) this.#recoverFocus();
  }

  /** The places of the rows to draw, in order. */
  #places({ first, end }: RowWindow, focusedId: string | null): readonly number[] {
    const pinned = focusedId === null ? -1 : this.#index.indexOf(focusedId);
    const places = pinned >= 0 && pinned < first ? [pinned] : [];
    for (let place = first; place < end; place += 1) places.push(place);
    if (pinned >= end) places.push(pinned);
    return places;
  }

  #drawRows(places: readonly number[], snapshot: Snapshot): void {
    const rows = places.map((place) => this.#index.at(place));
    const kept = new Set(rows.map((row) => row && this.#shown.get(row.job_id)));
    const free = [...this.#shown.values()].filter((each) => !kept.has(each));
    const shown = new Map<string, Shown>();
    const { jobId, marked } = this.#selected;
    const day = new Date(snapshot.nowMs).getDate();
    rows.forEach((row, order) => {
      if (!row) return;
      const each = this.#shown.get(row.job_id) ?? free.pop() ?? this.#newRow();
      if (!each.view.node.parentNode) this.#body.append(each.view.node);
      draw(each, row, snapshot, day);
      each.view.place(places[order] ?? 0);
      each.view.setSelected(row.job_id === jobId, marked.includes(row.job_id));
      shown.set(row.job_id, each);
    });
    for (const { view } of free) view.node.remove();
    this.#shown = shown;
  }

  #newRow(): Shown {
    return { view: new JobRow(this.#handlers), row: null, snapshot: null, day: 0 };
  }

  #putInOrder(): void {
    const nodes = [...this.#shown.values()].map(({ view }) => view.node);
    putInOrder(this.#body, nodes);
  }

  #placeTabStop(): void {
    const first = this.#index.at(Math.ceil(this.#scroll.top / ROW_HEIGHT))?.job_id ?? "";
    const candidates = [this.#current?.jobId ?? "", this.#selected.jobId ?? "", first];
    const stop =
      candidates.find((id) => this.#shown.has(id)) ?? this.#shown.keys().next().value ?? "";
    for (const { view } of this.#shown.values()) view.setTabStop(view.jobId === stop);
  }

  #focused(): Shown | null {
    const shown = this.#current && this.#shown.get(this.#current.jobId);
    return shown && hasFocus(shown.view.node) ? shown : null;
  }

  /** The row that had the focus is no longer listed: the one in its place takes over. */
  #recoverFocus(): void {
    if (this.#index.length === 0) this.node.focus();
    else this.#goTo(Math.min(this.#current?.index ?? 0, this.#index.length - 1));
  }

  #goTo(index: number): void {
    const row = this.#index.at(index);
    if (!row) return;
    this.#current = { jobId: row.job_id, index };
    this.#scrollTo(scrollToSee(index, this.#scroll));
    this.#draw();
    this.#shown.get(row.job_id)?.view.node.focus({ preventScroll: true });
  }

  #scrollTo(top: number): void {
    const most = Math.max(0, this.#index.length * ROW_HEIGHT - this.#scroll.height);
    const to = Math.max(0, Math.min(top, most));
    if (to === this.#scroll.top) return;
    this.#scroll = { ...this.#scroll, top: to };
    this.node.scrollTop = to;
  }

  #onScroll(): void {
    if (this.node.scrollTop === this.#scroll.top) return;
    this.#scroll = { ...this.#scroll, top: this.node.scrollTop };
    this.#putInOrderLater();
    const { first, end } = rowWindow(this.#scroll, this.#index.length);
    // Within the rows that are drawn around those in sight there is nothing to do.
    if (first === this.#window.first && end === this.#window.end) this.#placeTabStop();
    else this.#draw();
  }

  /** Rows are in place by themselves; to move them in the document too takes a while. */
  #putInOrderLater(): void {
    clearTimeout(this.#ordering);
    this.#ordering = setTimeout(() => {
      this.#ordering = undefined;
      this.#putInOrder();
    }, REST_MS);
  }

  #measure(): void {
    const height = this.node.clientHeight - this.#headings.node.offsetHeight;
    if (height <= 0 || height === this.#scroll.height) return;
    this.#scroll = { top: this.node.scrollTop, height };
    this.#draw();
  }

  #onFocus({ target }: FocusEvent): void {
    const jobId = jobOf(target);
    if (jobId === null || jobId === this.#current?.jobId) return;
    this.#current = { jobId, index: this.#index.indexOf(jobId) };
    this.#placeTabStop();
  }

  #onKey(event: KeyboardEvent): void {
    const jobId = jobOf(event.target);
    const view = this.#shown.get(jobId ?? "")?.view;
    if (jobId === null || !view || event.altKey || event.metaKey) return;
    if (!this.#moveBy(event.key, jobId) && !this.#actions.key(event, view)) return;
    // Neither the page nor the notebook around it is meant.
    event.preventDefault();
    event.stopPropagation();
  }

  #moveBy(key: string, jobId: string): boolean {
    const pageRows = Math.max(1, Math.floor(this.#scroll.height / ROW_HEIGHT) - 1);
    const to = moveFor(key, this.#index.indexOf(jobId), this.#index.length, pageRows);
    if (to !== null) this.#goTo(to);
    return to !== null;
  }
}

/** Draws what is new of a job: while the table is scrolled that is nothing, in most rows. */
function draw(shown: Shown, row: Row, snapshot: Snapshot, day: number): void {
  if (shown.row === row && shown.snapshot === snapshot) return;
  const goesOn = row.status === "QUEUED" || row.status === "RUNNING";
  // At midnight the time of submission gets a day.
  if (shown.row !== row || shown.day !== day) shown.view.update(describeJob(row, snapshot));
  else if (goesOn) shown.view.updateLive(describeLive(row, snapshot));
  shown.row = row;
  shown.snapshot = snapshot;
  shown.day = day;
}
