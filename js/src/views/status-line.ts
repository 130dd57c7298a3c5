import { h, setText } from "../page/dom";

/** The line at the bottom: the latest news, read out politely, and a standing hint. */
export class StatusLine {
  readonly node: HTMLElement;
  readonly #seen = h("span");
  readonly #unseen = h("span", { class: "qs-hidden" });
  readonly #news = h("span", { class: "qs-news", role: "status" }, this.#seen, this.#unseen);
  readonly #hint = h("span", { class: "qs-hint" });

  constructor() {
    this.node = h("footer", { class: "qs-footer" }, this.#news, this.#hint);
  }

  /**
   * Shows and reads out what is new.
   *
   * @param unseen what is only read out, because it is shown elsewhere already.
   */
  say(text: string, unseen = ""): void {
    // The same news twice is news twice; without a change of nodes it would not be read.
    this.#seen.replaceChildren(...[text].filter(Boolean));
    this.#unseen.replaceChildren(...[unseen].filter(Boolean));
  }

  update(hint: string): void {
    setText(this.#hint, hint);
  }
}
