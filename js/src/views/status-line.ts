import { h, setText } from "../dom";

/** The line at the bottom: the latest news, read out politely, and a standing hint. */
export class StatusLine {
  readonly node: HTMLElement;
  readonly #news = h("span", { class: "qs-news", role: "status" });
  readonly #hint = h("span", { class: "qs-hint" });

  constructor() {
    this.node = h("footer", { class: "qs-footer" }, this.#news, this.#hint);
  }

  say(text: string): void {
    // The same news twice is news twice; without a change of nodes it would not be read.
    this.#news.replaceChildren(text);
  }

  update(hint: string): void {
    setText(this.#hint, hint);
  }
}
