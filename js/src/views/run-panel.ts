import { h, setAttribute, setText, uniqueId } from "../dom";
import { type Choice, type RunView, readShots } from "../view-model-run";
import { ActionButton } from "./action-button";

/** What the reader asked to run. */
export interface Work {
  readonly program: string | null;
  readonly shots: number | null;
}

/** Chooses work and submits it. */
export class RunPanel {
  readonly node: HTMLFormElement;
  readonly #button: ActionButton;
  readonly #select = h("select", { id: uniqueId(), class: "qs-field" });
  readonly #shots = h("input", {
    id: uniqueId(),
    class: "qs-field qs-shots",
    type: "number",
    inputmode: "numeric",
    min: "1",
    step: "1",
    autocomplete: "off",
  });
  readonly #shotsLabel = h("label", { for: this.#shots.id, class: "qs-field-label" }, "Shots");
  readonly #shotsGroup = h("span", { class: "qs-group" }, this.#shotsLabel, this.#shots);
  readonly #fixed = h("span", { class: "qs-fixed" });
  readonly #invalid = h("span", { class: "qs-invalid", id: uniqueId() });
  readonly #explain: (reason: string) => void;
  #choices: readonly Choice[] = [];

  constructor(run: (work: Work) => void, explain: (reason: string) => void) {
    this.#explain = explain;
    this.#button = new ActionButton("Run", {
      kind: "primary",
      icon: "play",
      type: "submit",
      explain,
    });
    this.node = h(
      "form",
      // JupyterLab would move between cells with the arrow keys that choose an option.
      { class: "qs-run", "aria-label": "Run a program", "data-lm-suppress-shortcuts": "true" },
      h(
        "span",
        { class: "qs-group qs-program" },
        h("label", { for: this.#select.id, class: "qs-field-label" }, "Program"),
        this.#select,
      ),
      this.#shotsGroup,
      this.#fixed,
      this.#button.node,
      this.#invalid,
    );
    this.node.noValidate = true;
    this.#select.addEventListener("change", () => this.#showField());
    this.#shots.addEventListener("input", () => this.#setInvalid(""));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#onSubmit(run);
    });
  }

  update({ choices, action }: RunView): void {
    this.#button.update(action);
    this.#updateChoices(choices);
    this.#showField();
  }

  get #choice(): Choice | undefined {
    return this.#choices[this.#select.selectedIndex];
  }

  #updateChoices(choices: readonly Choice[]): void {
    const isSame =
      choices.length === this.#choices.length &&
      choices.every(({ key, label }, index) => {
        const known = this.#choices[index];
        return known?.key === key && known.label === label;
      });
    const chosen = this.#choice?.key;
    this.#choices = choices;
    if (isSame && this.#select.options.length > 0) return;
    // Rebuilding closes an open list, so it happens only when there is something new to choose.
    const options = choices.map(({ key, label }) => h("option", { value: key }, label));
    if (options.length === 0) options.push(h("option", { value: "" }, "nothing to run yet"));
    this.#select.replaceChildren(...options);
    this.#select.selectedIndex = Math.max(
      0,
      choices.findIndex(({ key }) => key === chosen),
    );
    this.#select.disabled = choices.length === 0;
  }

  #showField(): void {
    const field = this.#choice?.field;
    this.#shotsGroup.hidden = field?.kind !== "shots";
    this.#fixed.hidden = field?.kind !== "fixed";
    if (field?.kind === "shots") setAttribute(this.#shots, "placeholder", field.placeholder);
    else this.#setInvalid("");
    setText(this.#fixed, field?.kind === "fixed" ? field.text : "");
  }

  #setInvalid(message: string): void {
    setText(this.#invalid, message);
    setAttribute(this.#shots, "aria-invalid", message ? "true" : null);
    setAttribute(this.#shots, "aria-describedby", message ? this.#invalid.id : null);
  }

  #onSubmit(run: (work: Work) => void): void {
    // Enter in the shots field comes here without a click on the button.
    if (this.#button.blocked !== null) this.#explain(this.#button.blocked);
    else {
      const work = this.#work();
      if (work) run(work);
      else this.#shots.focus();
    }
  }

  /** What is asked for; null after saying what is wrong with it. */
  #work(): Work | null {
    const program = this.#choice?.program ?? null;
    if (this.#choice?.field.kind !== "shots") return { program, shots: null };
    // The browser gives "" for text that is not a number at all.
    const read = readShots(this.#shots.validity.badInput ? "?" : this.#shots.value);
    if (read.kind === "valid") return { program, shots: read.shots };
    this.#setInvalid(read.message);
    return null;
  }
}
