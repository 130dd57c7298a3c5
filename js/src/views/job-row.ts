import { h, hasFocus, setAttribute, setText } from "../page/dom";
import type { JobView, LiveJobView } from "../view-model/jobs";
import { ROW_HEIGHT } from "../view-model/row-window";
import type { ActionView } from "../view-model/snapshot";
import { ActionButton } from "./action-button";
import { SignView } from "./sign";

const TAGS_SHOWN = 3;

export interface JobHandlers {
  readonly cancel: (jobId: string) => void;
  readonly say: (text: string) => void;
}

/** A row of the job table. It can be given another job: rows are used again while scrolling. */
export class JobRow {
  readonly node: HTMLElement;
  readonly #handlers: JobHandlers;
  readonly #id = h("code", { class: "qs-mono" });
  readonly #name = h("span", { class: "qs-job-name" });
  readonly #tags = h("span", { class: "qs-tags" });
  readonly #error = h("span", { class: "qs-error-text" });
  readonly #primitive = h("span");
  readonly #shots = h("span", { class: "qs-dim" });
  readonly #sign = new SignView("qs-status");
  readonly #submitted = h("time");
  readonly #runTime = cell("qs-number");
  readonly #actions = cell("qs-actions");
  #cancel: ActionButton | null = null;
  #jobId = "";
  #index = -1;
  #isTabStop = false;

  constructor(handlers: JobHandlers) {
    this.#handlers = handlers;
    this.node = h(
      "div",
      { role: "row", class: "qs-job", tabindex: "-1" },
      h("div", { role: "rowheader", class: "qs-col-id" }, this.#id),
      cell("qs-col-name", this.#name, this.#tags, this.#error),
      cell("qs-col-primitive", this.#primitive, this.#shots),
      cell("qs-col-status", this.#sign.node),
      cell("qs-col-submitted", this.#submitted),
      this.#runTime,
      this.#actions,
    );
  }

  get jobId(): string {
    return this.#jobId;
  }

  /** The Cancel button, if the job can be cancelled. */
  get cancelButton(): HTMLButtonElement | null {
    return this.#cancel?.button ?? null;
  }

  update(job: JobView): void {
    this.#jobId = job.id;
    setAttribute(this.node, "data-job-id", job.id);
    setAttribute(this.node, "data-status", job.status);
    setText(this.#id, job.shortId);
    setAttribute(this.#id, "title", job.id);
    setText(this.#name, job.name);
    setAttribute(this.#name, "title", job.name);
    this.#updateTags(job.tags);
    setText(this.#error, job.error);
    setAttribute(this.#error, "title", job.error || null);
    setText(this.#primitive, job.primitive);
    setText(this.#shots, job.shots);
    this.#sign.update(job.sign);
    setText(this.#submitted, job.submitted.text);
    setAttribute(this.#submitted, "title", job.submitted.full);
    setAttribute(this.#submitted, "datetime", job.submitted.iso);
    this.updateLive(job);
  }

  /** Draws what time and requests change while nothing is reported of the job. */
  updateLive({ runTime, cancel }: LiveJobView): void {
    setText(this.#runTime, runTime);
    this.#updateCancel(cancel);
  }

  /** Puts it where the row of this number is, counted from 0. */
  place(index: number): void {
    if (index === this.#index) return;
    this.#index = index;
    // The first is the row of headings.
    setAttribute(this.node, "aria-rowindex", String(index + 2));
    setAttribute(this.node, "style", `transform:translateY(${index * ROW_HEIGHT}px)`);
  }

  setSelected(isOpen: boolean, isMarked: boolean): void {
    setAttribute(this.node, "aria-selected", String(isOpen || isMarked));
    setAttribute(this.node, "data-marked", isMarked ? "" : null);
  }

  /** Whether the Tab key stops here: at one row of the table, and at its button. */
  setTabStop(isTabStop: boolean): void {
    if (isTabStop === this.#isTabStop) return;
    this.#isTabStop = isTabStop;
    const tabindex = isTabStop ? "0" : "-1";
    setAttribute(this.node, "tabindex", tabindex);
    if (this.#cancel) setAttribute(this.#cancel.button, "tabindex", tabindex);
  }

  #updateTags(tags: readonly string[]): void {
    const more = tags.length - TAGS_SHOWN;
    const shown = more > 0 ? [...tags.slice(0, TAGS_SHOWN), `+${more}`] : tags;
    setAttribute(this.#tags, "title", tags.length > 0 ? tags.join(", ") : null);
    const isSame =
      shown.length === this.#tags.childElementCount &&
      shown.every((tag, index) => this.#tags.children[index]?.textContent === tag);
    if (isSame) return;
    this.#tags.replaceChildren(...shown.map((tag) => h("span", { class: "qs-tag" }, tag)));
  }

  #updateCancel(cancel: ActionView | null): void {
    if (cancel) {
      this.#cancel ??= this.#addCancel();
      setAttribute(this.#cancel.button, "aria-label", `Cancel job ${this.#jobId}`);
      this.#cancel.update(cancel);
    } else if (this.#cancel) {
      // The button goes with the job's end; without this the focus would fall to the page's top.
      if (hasFocus(this.#cancel.node)) this.node.focus({ preventScroll: true });
      this.#cancel.node.remove();
      this.#cancel = null;
    }
  }

  #addCancel(): ActionButton {
    const button = new ActionButton("Cancel", {
      // In place of the text where there is no room for it.
      icon: "cross",
      onClick: () => this.#handlers.cancel(this.#jobId),
      explain: this.#handlers.say,
    });
    setAttribute(button.button, "tabindex", this.#isTabStop ? "0" : "-1");
    this.#actions.append(button.node);
    return button;
  }
}

function cell(className: string, ...children: readonly Node[]): HTMLElement {
  return h("div", { role: "gridcell", class: className }, ...children);
}
