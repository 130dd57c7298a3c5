import { h } from "../page/dom";
import type { SelectedJob } from "../page/selection";
import { JobLookup } from "../store/job-lookup";
import type { SessionStore } from "../store/session-store";
import type { Snapshot } from "../view-model/snapshot";
import type { Row } from "../wire/wire";
import { ComparisonPanel } from "./comparison";
import { DetailsPanel } from "./details";
import { Trend } from "./trend";

export interface SideHandlers {
  readonly runAgain: (row: Row) => void;
  readonly say: (text: string) => void;
  /** Gives the focus to where the selected job was chosen. */
  readonly focusJobs: () => void;
  readonly redraw: () => void;
}

/** Beside the jobs: the selected one in full, and how values go over all of them. */
export class Side {
  readonly node: HTMLElement;
  readonly #details: DetailsPanel;
  readonly #trend: Trend;
  readonly #comparison: ComparisonPanel;
  readonly #store: SessionStore;
  readonly #selected: SelectedJob;

  constructor(
    store: SessionStore,
    selected: SelectedJob,
    handlers: SideHandlers,
    signal: AbortSignal,
  ) {
    this.#selected = selected;
    this.#store = store;
    this.#comparison = new ComparisonPanel(store, selected, handlers);
    this.#trend = new Trend((jobId) => selected.select(jobId));
    this.#details = new DetailsPanel(
      new JobLookup(store, handlers.redraw),
      {
        close: () => {
          const hadFocus = this.#details.hasFocus;
          selected.select(null);
          if (hadFocus) handlers.focusJobs();
        },
        runAgain: handlers.runAgain,
        compareWithIdeal: ({ job_id }) => this.#comparison.ask([job_id], true),
        mark: ({ job_id }) => selected.mark(job_id),
        isMarked: ({ job_id }) => selected.marked.includes(job_id),
        say: handlers.say,
      },
      signal,
    );
    this.node = h(
      "div",
      { class: "qs-side", hidden: "" },
      this.#trend.node,
      this.#comparison.node,
      this.#details.node,
    );
    selected.subscribe(() => {
      this.#trend.choose(selected.jobId);
      handlers.redraw();
    }, signal);
  }

  /** Draws the values anew; costs a walk through all jobs. */
  updateTrend(rows: readonly Row[]): void {
    this.#trend.update(rows);
    this.#show();
  }

  /** Draws the selected job. */
  update(row: Row | null, snapshot: Snapshot): void {
    this.#comparison.update((jobId) => this.#store.job(jobId), snapshot);
    this.#details.update(row, snapshot);
    this.#show();
  }

  #show(): void {
    this.node.hidden = [this.#details, this.#comparison, this.#trend].every(
      ({ node }) => node.hidden,
    );
    this.node.dataset["selected"] = String(this.#selected.jobId !== null);
  }
}
