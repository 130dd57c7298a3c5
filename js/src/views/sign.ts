import { h, setAttribute, setText } from "../page/dom";
import type { Sign } from "../view-model/words";
import { icon, setIcon } from "./icon";

/** An icon and a word in the colour of what they mean. */
export class SignView {
  readonly node: HTMLElement;
  readonly #icon = icon("ring");
  readonly #word = h("span");

  constructor(className: string) {
    this.node = h("span", { class: `qs-sign ${className}` }, this.#icon, this.#word);
  }

  update(sign: Sign): void {
    setAttribute(this.node, "data-tone", sign.tone);
    setIcon(this.#icon, sign.icon);
    setText(this.#word, sign.word);
  }
}
