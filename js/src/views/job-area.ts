import { h, hasFocus, setText } from "../page/dom";
import type { SelectedJob } from "../page/selection";
import type { Change } from "../store/changes";
import { JobIndex } from "../store/job-index";
import type { SessionStore } from "../store/session-store";
import { counted, number, shortId } from "../view-model/format";
import { cancelQueuedAction, describeMissing, describeQueuedEnd } from "../view-model/jobs";
import type { Snapshot } from "../view-model/snapshot";
import type { Status } from "../wire/wire";
import { Confirmation, type Question } from "./confirmation";
import { JobFilters } from "./job-filters";
import type { JobHandlers } from "./job-row";
import { JobTable } from "./job-table";

/** With fewer jobs than this there is nothing to look for. */
const SOME_JOBS = 6;

type Asked = "cancel_queued" | "cancel_job";

const QUESTIONS: Readonly<Record<Asked, Question>> = {
  cancel_queued: { question: "Cancel all queued jobs?", yes: "Yes, cancel" },
  cancel_job: { question: "Cancel this job?", yes: "Yes, cancel" },
};

export interface AreaHandlers extends JobHandlers {
  readonly cancelQueued: () => void;
}

/** The jobs with all that finds one of them: filters, search, order. */
export class JobArea {
  readonly node: HTMLElement;
  readonly #store: SessionStore;
  readonly #index: JobIndex;
  readonly #table: JobTable;
  readonly #filters: JobFilters;
  readonly #confirmation: Confirmation<Asked>;
  readonly #handlers: AreaHandlers;
  readonly #note = h("span");
  readonly #showAll = h("button", { type: "button", class: "qs-button qs-link" }, "Show all jobs");
  readonly #foot = h("p", { class: "qs-jobs-note" }, this.#note, this.#showAll);
  readonly #empty = h("p", { class: "qs-empty" });
  #snapshot: Snapshot | null = null;
  #emptyText = "";
  #jobToCancel = "";
  /** Once there were some jobs the filters stay: what comes and goes is hard to hit. */
  #hasFilters = false;

  constructor(
    store: SessionStore,
    selected: SelectedJob,
    handlers: AreaHandlers,
    signal: AbortSignal,
  ) {
    this.#store = store;
    this.#handlers = handlers;
    this.#index = new JobIndex(store);
    this.#table = new JobTable(
      this.#index,
      selected,
      { ...handlers, askToCancel: (jobId) => this.#askToCancel(jobId) },
      () => this.#onView(),
      signal,
    );
    this.#filters = new JobFilters(
      {
        setStatuses: (statuses) => this.#setStatuses(statuses),
        setQuery: (query) => this.#setQuery(query),
        cancelQueued: () => this.#askToCancelQueued(),
        goToJobs: () => this.#table.focus(),
        say: handlers.say,
      },
      signal,
    );
    this.#confirmation = new Confirmation(QUESTIONS, (asked) => {
      if (asked === "cancel_queued") handlers.cancelQueued();
      else handlers.cancel(this.#jobToCancel);
    });
    this.#showAll.addEventListener("click", () => this.#clear());
    this.node = h(
      "div",
      { class: "qs-job-area" },
      this.#filters.node,
      this.#confirmation.node,
      this.#table.node,
      this.#empty,
      this.#foot,
    );
    this.node.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Takes note of a change of the store; to be followed by {@link update}. */
  note({ jobs, isReset }: Change): void {
    if (!isReset && jobs.length === 0) return;
    this.#table.keepInPlace(() => {
      if (isReset) this.#index.reset();
      else this.#index.apply(jobs.map(({ row }) => row));
    });
  }

  /** Gives the focus to the jobs. */
  focus(): void {
    this.#table.focus();
  }

  update(snapshot: Snapshot, emptyText: string): void {
    this.#snapshot = snapshot;
    this.#emptyText = emptyText;
    this.#draw(snapshot);
  }

  #draw(snapshot: Snapshot): void {
    const known = this.#store.rows.length;
    const index = this.#index;
    const cancelQueued = cancelQueuedAction(snapshot);
    this.#hasFilters ||= known >= SOME_JOBS || cancelQueued !== null;
    this.#filters.node.hidden = !this.#hasFilters;
    this.#filters.update({
      statuses: index.statuses,
      // Of a search, what it found; else the kernel knows also of jobs that are not here yet.
      count: (status) =>
        (index.query ? null : snapshot.head?.counts[status]) ?? index.count(status),
      cancelQueued,
    });
    this.#table.node.hidden = index.length === 0;
    this.#table.update(snapshot);
    this.#empty.hidden = index.length > 0;
    setText(this.#empty, known > 0 ? "No job matches." : this.#emptyText);
    const total = this.#store.jobCount;
    const { isFiltered } = index;
    const missing = describeMissing(snapshot, { shown: index.length, known, total, isFiltered });
    setText(this.#note, missing);
    this.#foot.hidden = missing === "";
    this.#showAll.hidden = !isFiltered;
    this.#updateConfirmation(snapshot);
  }

  /** Draws another choice or order of the jobs. */
  #onView(): void {
    this.#table.scrollToStart();
    if (this.#snapshot) this.#draw(this.#snapshot);
  }

  #setStatuses(statuses: ReadonlySet<Status>): void {
    this.#index.setStatuses(statuses);
    this.#onView();
    this.#sayFound();
  }

  #setQuery(query: string): void {
    if (query === this.#index.query) return;
    this.#index.setQuery(query);
    this.#onView();
    this.#sayFound();
  }

  #sayFound(): void {
    const total = counted(this.#store.jobCount, "job");
    const { length, isFiltered } = this.#index;
    this.#handlers.say(isFiltered ? `${number(length)} of ${total}` : `All ${total}`);
  }

  #clear(): void {
    const isHere = hasFocus(this.#showAll);
    this.#filters.clear();
    if (isHere) this.#table.focus();
  }

  #askToCancelQueued(): void {
    if (!this.#snapshot) return;
    const { button } = this.#filters.cancelQueued;
    this.#confirmation.ask("cancel_queued", describeQueuedEnd(this.#snapshot), () =>
      button.focus(),
    );
  }

  #askToCancel(jobId: string): void {
    this.#jobToCancel = jobId;
    const name = this.#store.job(jobId)?.name;
    const effect = `Job ${shortId(jobId, 4, 4)}${name ? ` (${name})` : ""} will be cancelled.`;
    this.#confirmation.ask("cancel_job", effect, () => this.#table.focusJob(jobId));
  }

  #updateConfirmation(snapshot: Snapshot): void {
    // What was asked may have become impossible, or mean something else by now.
    switch (this.#confirmation.asked) {
      case "cancel_queued": {
        const isPossible = cancelQueuedAction(snapshot)?.reason === null;
        if (isPossible) this.#confirmation.update(describeQueuedEnd(snapshot));
        else this.#confirmation.withdraw();
        break;
      }
      case "cancel_job": {
        const status = this.#store.job(this.#jobToCancel)?.status;
        const isOver = status !== "QUEUED" && status !== "RUNNING";
        if (isOver || snapshot.connection !== "live") this.#confirmation.withdraw();
        break;
      }
      case null:
    }
  }

  #onKey(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "/" || isTyping || !isPlain || !this.#hasFilters) return;
    this.#filters.focusSearch();
    event.preventDefault();
    event.stopPropagation();
  }
}
