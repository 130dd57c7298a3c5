import { h, setAttribute, setText } from "../page/dom";
import { number } from "../view-model/format";
import type { ActionView } from "../view-model/snapshot";
import { STATUS_SIGNS } from "../view-model/words";
import type { Status } from "../wire/wire";
import { ActionButton } from "./action-button";
import { icon } from "./icon";

/** In the order in which a job goes through them. */
const ORDER: readonly Status[] = ["QUEUED", "RUNNING", "DONE", "ERROR", "CANCELLED"];

/** Long enough for a word to be typed, short enough to feel like now. */
const TYPING_MS = 120;

export interface FilterHandlers {
  readonly setStatuses: (statuses: ReadonlySet<Status>) => void;
  readonly setQuery: (query: string) => void;
  readonly cancelQueued: () => void;
  /** Leaves the search for the jobs. */
  readonly goToJobs: () => void;
  readonly say: (text: string) => void;
}

export interface FilterView {
  readonly statuses: ReadonlySet<Status>;
  readonly count: (status: Status) => number;
  /** Null when there are not several queued jobs to cancel. */
  readonly cancelQueued: ActionView | null;
}

/** What stands above the jobs: a button for each status, the search, and Cancel all queued. */
export class JobFilters {
  readonly node: HTMLElement;
  readonly cancelQueued: ActionButton;
  readonly #handlers: FilterHandlers;
  readonly #chips: ReadonlyMap<Status, { button: HTMLButtonElement; count: HTMLElement }>;
  readonly #search = h("input", {
    type: "search",
    class: "qs-field qs-search",
    placeholder: "Search jobs",
    "aria-label": "Search jobs by name, ID or tag",
    title: "Name, ID or tag. The key / leads here.",
    spellcheck: "false",
    autocomplete: "off",
  });
  #statuses: ReadonlySet<Status> = new Set();
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: FilterHandlers, signal: AbortSignal) {
    this.#handlers = handlers;
    this.#chips = new Map(ORDER.map((status) => [status, this.#chip(status)]));
    this.cancelQueued = new ActionButton("Cancel all queued", {
      onClick: handlers.cancelQueued,
      explain: handlers.say,
    });
    this.#search.addEventListener("input", () => this.#onInput());
    this.#search.addEventListener("keydown", (event) => this.#onKey(event));
    signal.addEventListener("abort", () => clearTimeout(this.#typing));
    this.node = h(
      "div",
      { class: "qs-filters" },
      h(
        "div",
        { class: "qs-chips", role: "group", "aria-label": "Show jobs by status" },
        ...[...this.#chips.values()].map(({ button }) => button),
      ),
      h("div", { class: "qs-finding" }, this.cancelQueued.node, this.#search),
    );
  }

  update({ statuses, count, cancelQueued }: FilterView): void {
    this.#statuses = statuses;
    for (const [status, chip] of this.#chips) {
      const jobs = count(status);
      setText(chip.count, number(jobs));
      setAttribute(chip.button, "aria-pressed", String(statuses.has(status)));
      chip.button.hidden = jobs === 0 && !statuses.has(status);
    }
    this.cancelQueued.node.hidden = cancelQueued === null;
    if (cancelQueued) this.cancelQueued.update(cancelQueued);
  }

  /** Puts the cursor into the search. */
  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** Shows all jobs again. */
  clear(): void {
    this.#search.value = "";
    clearTimeout(this.#typing);
    this.#handlers.setQuery("");
    this.#handlers.setStatuses(new Set());
  }

  #chip(status: Status): { button: HTMLButtonElement; count: HTMLElement } {
    const sign = STATUS_SIGNS[status];
    const count = h("span", { class: "qs-chip-count" });
    const button = h(
      "button",
      { type: "button", class: "qs-button qs-chip", "data-tone": sign.tone, hidden: "" },
      icon(sign.icon),
      h("span", {}, sign.word),
      count,
    );
    button.addEventListener("click", () => {
      const statuses = new Set(this.#statuses);
      if (!statuses.delete(status)) statuses.add(status);
      this.#handlers.setStatuses(statuses);
    });
    return { button, count };
  }

  #onInput(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#handlers.setQuery(this.#search.value), TYPING_MS);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "Enter") this.#handlers.goToJobs();
    else if (event.key === "Escape" && this.#search.value !== "") {
      this.#search.value = "";
      this.#handlers.setQuery("");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
