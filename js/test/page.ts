import widget from "../src/index";
import type { Model } from "../src/model";

/** A rendered widget, found by what people and screen readers find. */
export class Page {
  readonly host = document.body.appendChild(document.createElement("div"));
  readonly root: HTMLElement;
  readonly end: () => void;

  constructor(model: Model, { initialize = true }: { initialize?: boolean } = {}) {
    const endModel = initialize ? widget.initialize({ model }) : () => undefined;
    const endView = widget.render({ model, el: this.host });
    this.root = this.find(".qsession");
    this.end = () => {
      endView();
      endModel();
      this.host.remove();
    };
  }

  find(selector: string): HTMLElement {
    const element = this.host.querySelector(selector);
    if (!(element instanceof HTMLElement)) throw new Error(`no ${selector}`);
    return element;
  }

  all(selector: string): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>(selector)];
  }

  text(selector: string): string {
    return this.find(selector).textContent ?? "";
  }

  /** A button by its accessible name; hidden ones are not there. */
  button(name: string): HTMLButtonElement {
    const found = this.buttons().find((button) => nameOf(button) === name);
    if (!found) throw new Error(`no button ${name}; there are ${this.buttons().map(nameOf)}`);
    return found;
  }

  buttons(): HTMLButtonElement[] {
    return [...this.host.querySelectorAll("button")].filter(
      (button) => !button.closest("[hidden]"),
    );
  }

  /** Why a button cannot act, as a screen reader is told; null if it can. */
  reason(name: string): string | null {
    const button = this.button(name);
    if (button.getAttribute("aria-disabled") !== "true") return null;
    const id = button.getAttribute("aria-describedby") ?? "";
    return this.text(`#${id}`);
  }

  timer(label: string): string {
    return this.text(`[role=timer][aria-label="${label}"]`);
  }

  row(id: string): HTMLElement {
    const found = this.all("[data-job-id]").find((row) => row.dataset["jobId"] === id);
    if (!found) throw new Error(`no row ${id}`);
    return found;
  }

  get jobIds(): string[] {
    return this.all("[data-job-id]").map((row) => row.dataset["jobId"] ?? "");
  }

  get status(): string {
    return this.text("[role=status]");
  }

  get alert(): string {
    return this.text("[role=alert]");
  }
}

export function nameOf(button: Element): string {
  return button.getAttribute("aria-label") ?? button.textContent ?? "";
}
