import { h, hasFocus, setAttribute, setText, uniqueId } from "../dom";
import type { JobView } from "../view-model-jobs";
import { ActionButton } from "./action-button";
import { SignView } from "./sign";

/** Errors up to this length are shown whole. */
const SHORT_ERROR = 160;

const TAGS_SHOWN = 3;

export interface JobHandlers {
  readonly cancel: (jobId: string) => void;
  readonly say: (text: string) => void;
}

/** A job: its row, and below it the row with its error. */
export class JobRow {
  /** A table body of its own, so that both rows move as one. */
  readonly node: HTMLTableSectionElement;
  readonly #row: HTMLTableRowElement;
  readonly #handlers: JobHandlers;
  readonly #id = h("code", { class: "qs-mono" });
  readonly #name = h("span", { class: "qs-job-name" });
  readonly #tags = h("span", { class: "qs-tags" });
  readonly #primitive = h("span");
  readonly #shots = h("span", { class: "qs-dim" });
  readonly #sign = new SignView("qs-status");
  readonly #submitted = h("time");
  readonly #runTime = h("td", { class: "qs-number" });
  readonly #actions = h("td", { class: "qs-actions" });
  #cancel: ActionButton | null = null;
  #error: { text: string; row: HTMLElement } | null = null;

  constructor(handlers: JobHandlers) {
    this.#handlers = handlers;
    this.#row = h(
      "tr",
      { class: "qs-job", tabindex: "-1" },
      h("th", { scope: "row", class: "qs-col-id" }, this.#id),
      h(
        "td",
        { class: "qs-col-name" },
        h("span", { class: "qs-program-cell" }, this.#name, this.#tags),
      ),
      h("td", { class: "qs-col-primitive" }, this.#primitive, this.#shots),
      h("td", { class: "qs-col-status" }, this.#sign.node),
      h("td", { class: "qs-col-submitted" }, this.#submitted),
      this.#runTime,
      this.#actions,
    );
    this.node = h("tbody", {}, this.#row);
  }

  update(job: JobView): void {
    setAttribute(this.#row, "data-job-id", job.id);
    setAttribute(this.#row, "data-status", job.status);
    setText(this.#id, job.shortId);
    setAttribute(this.#id, "title", job.id);
    setText(this.#name, job.name);
    setAttribute(this.#name, "title", job.name);
    this.#updateTags(job.tags);
    setText(this.#primitive, job.primitive);
    setText(this.#shots, job.shots);
    this.#sign.update(job.sign);
    setText(this.#submitted, job.submitted.text);
    setAttribute(this.#submitted, "title", job.submitted.full);
    setAttribute(this.#submitted, "datetime", job.submitted.iso);
    setText(this.#runTime, job.runTime);
    this.#updateCancel(job);
    this.#updateError(job.error);
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

  #updateCancel(job: JobView): void {
    if (job.cancel) {
      this.#cancel ??= this.#addCancel(job.id);
      this.#cancel.update(job.cancel);
    } else if (this.#cancel) {
      // The button goes with the job's end; without this the focus would fall to the page's top.
      if (hasFocus(this.#cancel.node)) this.#row.focus();
      this.#cancel.node.remove();
      this.#cancel = null;
    }
  }

  #addCancel(id: string): ActionButton {
    const button = new ActionButton("Cancel", {
      name: `Cancel job ${id}`,
      // In place of the text where there is no room for it.
      icon: "cross",
      onClick: () => this.#handlers.cancel(id),
      explain: this.#handlers.say,
    });
    this.#actions.append(button.node);
    return button;
  }

  #updateError(text: string | null): void {
    if (text === (this.#error?.text ?? null)) return;
    this.#error?.row.remove();
    this.#error = text === null ? null : { text, row: errorRow(text) };
    if (this.#error) this.node.append(this.#error.row);
  }
}

function errorRow(text: string): HTMLElement {
  const message = h("span", { class: "qs-error-text", id: uniqueId() }, text);
  const box = h("div", { class: "qs-error-box" }, message);
  if (text.length > SHORT_ERROR || text.includes("\n")) box.append(expander(message));
  return h("tr", { class: "qs-error" }, h("td", { colspan: "7" }, box));
}

function expander(message: HTMLElement): HTMLElement {
  const button = h("button", {
    type: "button",
    class: "qs-button qs-link",
    "aria-controls": message.id,
  });
  const show = (isOpen: boolean): void => {
    message.classList.toggle("qs-clamped", !isOpen);
    setAttribute(button, "aria-expanded", String(isOpen));
    setText(button, isOpen ? "Show less" : "Show all");
  };
  button.addEventListener("click", () => show(message.classList.contains("qs-clamped")));
  show(false);
  return button;
}
