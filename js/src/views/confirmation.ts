import { h, setText, uniqueId } from "../dom";
import type { Ending } from "../view-model";
import { icon } from "./icon";

const WORDS: Readonly<Record<Ending, { question: string; yes: string }>> = {
  cancel_session: { question: "Cancel the session?", yes: "Yes, cancel" },
  close_session: { question: "Close the session?", yes: "Yes, close" },
};

/** Asks before a session is ended, in place: a dialog of the browser would stop the whole page. */
export class Confirmation {
  readonly node: HTMLElement;
  readonly #question = h("strong", { id: uniqueId() });
  readonly #effect = h("span", { id: uniqueId() });
  readonly #yes = h("button", { type: "button", class: "qs-button qs-danger-solid" });
  readonly #keep = h("button", { type: "button", class: "qs-button qs-plain" }, "Keep");
  #asked: Ending | null = null;
  #goBack: () => void = () => undefined;

  constructor(confirmed: (ending: Ending) => void) {
    this.node = h(
      "div",
      {
        class: "qs-confirmation",
        role: "alertdialog",
        "aria-labelledby": this.#question.id,
        "aria-describedby": this.#effect.id,
        // JupyterLab would take Escape and Enter for the notebook.
        "data-lm-suppress-shortcuts": "true",
        hidden: "",
      },
      icon("alert"),
      h("span", { class: "qs-confirmation-text" }, this.#question, this.#effect),
      h("span", { class: "qs-endings" }, this.#keep, this.#yes),
    );
    this.#keep.addEventListener("click", () => this.close());
    this.#yes.addEventListener("click", () => {
      const ending = this.#asked;
      this.close();
      if (ending) confirmed(ending);
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /** What is being asked, if anything. */
  get asked(): Ending | null {
    return this.#asked;
  }

  /** Asks, with the focus on the answer that changes nothing. */
  ask(ending: Ending, effect: string, goBack: () => void): void {
    this.#asked = ending;
    this.#goBack = goBack;
    setText(this.#question, WORDS[ending].question);
    setText(this.#yes, WORDS[ending].yes);
    this.update(effect);
    this.node.hidden = false;
    this.#keep.focus();
  }

  update(effect: string): void {
    setText(this.#effect, effect);
  }

  /** Stops asking and gives the focus back. */
  close(): void {
    if (this.#asked === null) return;
    this.#asked = null;
    this.#goBack();
    this.node.hidden = true;
  }
}
