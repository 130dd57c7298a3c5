import { h, setAttribute, setText, uniqueId } from "../page/dom";
import type { ActionView } from "../view-model/snapshot";
import type { IconName } from "../view-model/words";
import { icon } from "./icon";

export interface ActionButtonOptions {
  /** Name for assistive technology, where it says more than the text. */
  readonly name?: string;
  readonly icon?: IconName;
  readonly kind?: "primary" | "danger" | "plain";
  readonly type?: "button" | "submit";
  readonly onClick?: () => void;
  /** Tells the reader why the button did nothing. */
  readonly explain: (reason: string) => void;
}

/**
 * A button that says why it cannot act.
 *
 * It is marked with `aria-disabled` rather than `disabled`, which would take it out of the tab
 * order and leave nobody able to ask for the reason.
 */
export class ActionButton {
  readonly node: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly #reason = h("span", { class: "qs-hidden", id: uniqueId() });
  #blocked: string | null = null;

  constructor(text: string, options: ActionButtonOptions) {
    this.button = h(
      "button",
      { type: options.type ?? "button", class: `qs-button qs-${options.kind ?? "plain"}` },
      ...(options.icon ? [icon(options.icon)] : []),
      h("span", { class: "qs-button-text" }, text),
    );
    if (options.name) this.button.setAttribute("aria-label", options.name);
    this.button.addEventListener("click", (event) => {
      if (this.#blocked !== null) {
        event.preventDefault();
        options.explain(this.#blocked);
      } else options.onClick?.();
    });
    this.node = h("span", { class: "qs-action" }, this.button, this.#reason);
  }

  /** Why the button cannot act; null if it can. */
  get blocked(): string | null {
    return this.#blocked;
  }

  update({ reason, isPending }: ActionView): void {
    this.#blocked = reason;
    setText(this.#reason, reason ?? "");
    setAttribute(this.button, "aria-disabled", reason === null ? null : "true");
    setAttribute(this.button, "aria-describedby", reason === null ? null : this.#reason.id);
    setAttribute(this.button, "aria-busy", isPending ? "true" : null);
    setAttribute(this.button, "title", reason);
  }
}
