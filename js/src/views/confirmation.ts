import { h, hasFocus, setText, uniqueId } from "../page/dom";
import type { Ending } from "../view-model/session";
import { icon } from "./icon";

export interface Question {
  readonly question: string;
  readonly yes: string;
  /** The answer that changes nothing. */
  readonly no?: string;
}

/** What is asked before a session is ended. */
export const ENDING_QUESTIONS: Readonly<Record<Ending, Question>> = {
  cancel_session: { question: "Cancel the session?", yes: "Yes, cancel" },
  close_session: { question: "Close the session?", yes: "Yes, close" },
};

/** Asks before something that cannot be undone, in place: a dialog of the browser would stop the whole page. */
export class Confirmation<Asked extends string> {
  readonly node: HTMLElement;
  readonly #question = h("strong", { id: uniqueId() });
  readonly #effect = h("span", { id: uniqueId() });
  readonly #yes = h("button", { type: "button", class: "qs-button qs-danger-solid" });
  readonly #keep = h("button", { type: "button", class: "qs-button qs-plain" }, "Keep");
  readonly #questions: Readonly<Record<Asked, Question>>;
  #asked: Asked | null = null;
  #goBack: () => void = () => undefined;

  constructor(questions: Readonly<Record<Asked, Question>>, confirmed: (asked: Asked) => void) {
    this.#questions = questions;
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
      const asked = this.#asked;
      this.close();
      if (asked) confirmed(asked);
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /** What is being asked, if anything. */
  get asked(): Asked | null {
    return this.#asked;
  }

  /** Asks, with the focus on the answer that changes nothing. */
  ask(asked: Asked, effect: string, goBack: () => void): void {
    this.#asked = asked;
    this.#goBack = goBack;
    setText(this.#question, this.#questions[asked].question);
    setText(this.#yes, this.#questions[asked].yes);
    setText(this.#keep, this.#questions[asked].no ?? "Keep");
    this.update(effect);
    this.node.hidden = false;
    this.#keep.focus();
  }

  update(effect: string): void {
    setText(this.#effect, effect);
  }

  /** Stops asking, as the reader wants it, and gives the focus back. */
  close(): void {
    this.#stop(true);
  }

  /**
   * Stops asking what has become impossible. The focus is given back only if it would be lost: the
   * reader may be typing elsewhere by now.
   */
  withdraw(): void {
    this.#stop(hasFocus(this.node));
  }

  #stop(givesFocusBack: boolean): void {
    if (this.#asked === null) return;
    this.#asked = null;
    if (givesFocusBack) this.#goBack();
    this.node.hidden = true;
  }
}
