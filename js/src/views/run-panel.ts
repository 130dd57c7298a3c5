import { h, setAttribute, setText, uniqueId } from "../page/dom";
import type { EstimateView } from "../view-model/estimate";
import {
  type Choice,
  type Field,
  type NumberInput,
  type RunView,
  readPrecision,
  readShots,
} from "../view-model/run";
import { ActionButton } from "./action-button";
import { Confirmation } from "./confirmation";
import { ParameterFields } from "./parameters";

/** What the reader asked to run. */
export interface Work {
  readonly program: string | null;
  readonly shots?: number | null;
  readonly precision?: number | null;
  readonly parameters?: Readonly<Record<string, number>>;
  /** A job to run again, in place of a program. */
  readonly job_id?: string;
}

const QUESTIONS = { run: { question: "Run it?", yes: "Yes, run", no: "Not now" } } as const;

const LABELS = { shots: "Shots", precision: "Precision" } as const;
const READERS: Readonly<Record<keyof typeof LABELS, (text: string) => NumberInput>> = {
  shots: readShots,
  precision: readPrecision,
};

/** Chooses work and submits it; asks first where it is paid for. */
export class RunPanel {
  readonly node: HTMLElement;
  readonly #form: HTMLFormElement;
  readonly #confirmation: Confirmation<"run">;
  readonly #button: ActionButton;
  readonly #select = h("select", { id: uniqueId(), class: "qs-field" });
  readonly #amount = h("input", {
    id: uniqueId(),
    class: "qs-field qs-shots",
    type: "number",
    autocomplete: "off",
  });
  readonly #amountLabel = h(
    "label",
    { for: this.#amount.id, class: "qs-field-label" },
    LABELS.shots,
  );
  readonly #amountGroup = h("span", { class: "qs-group" }, this.#amountLabel, this.#amount);
  readonly #fixed = h("span", { class: "qs-fixed" });
  readonly #invalid = h("span", { class: "qs-invalid", id: uniqueId() });
  readonly #parameters = new ParameterFields(this.#invalid.id);
  readonly #explain: (reason: string) => void;
  readonly #expected = h("p", { class: "qs-estimate", hidden: "" });
  readonly #estimate: (work: Work | null) => void;
  #choices: readonly Choice[] = [];
  #cost: string | null = null;
  #asked: Work | null = null;

  /**
   * @param estimate is told what would be run as it stands, null if that is nothing, or is no work.
   */
  constructor(
    run: (work: Work) => void,
    explain: (reason: string) => void,
    estimate: (work: Work | null) => void = () => undefined,
  ) {
    this.#explain = explain;
    this.#estimate = estimate;
    this.#button = new ActionButton("Run", {
      kind: "primary",
      icon: "play",
      type: "submit",
      explain,
    });
    this.#confirmation = new Confirmation<"run">(QUESTIONS, () => {
      if (this.#asked) run(this.#asked);
    });
    this.#form = h(
      "form",
      // JupyterLab would move between cells with the arrow keys that choose an option.
      { class: "qs-run", "aria-label": "Run a program", "data-lm-suppress-shortcuts": "true" },
      h(
        "span",
        { class: "qs-group qs-program" },
        h("label", { for: this.#select.id, class: "qs-field-label" }, "Program"),
        this.#select,
      ),
      this.#amountGroup,
      this.#fixed,
      this.#button.node,
      this.#parameters.node,
      this.#invalid,
    );
    this.#form.noValidate = true;
    this.node = h(
      "div",
      { class: "qs-run-panel" },
      this.#form,
      this.#expected,
      this.#confirmation.node,
    );
    this.#select.addEventListener("change", () => {
      this.#setInvalid("");
      this.#showFields();
    });
    this.#form.addEventListener("input", () => {
      this.#setInvalid("");
      this.#expect();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#onSubmit((work) => this.run(work, run));
    });
  }

  update({ choices, action, cost }: RunView): void {
    this.#cost = cost;
    this.#updateChoices(choices);
    this.#button.update({ ...action, reason: action.reason ?? this.#choice?.reason ?? null });
    this.#showFields();
    if (this.#confirmation.asked === null) return;
    // What was asked may have become impossible, or cost something else by now.
    if (cost === null || action.reason !== null) this.#confirmation.withdraw();
    else this.#confirmation.update(cost);
  }

  /** Runs work, after asking where it is paid for; the focus goes back to where it was. */
  run(work: Work, run: (work: Work) => void): void {
    if (this.#cost === null) {
      run(work);
      return;
    }
    const root = this.node.getRootNode();
    const before = "activeElement" in root ? root.activeElement : null;
    this.#asked = work;
    this.#confirmation.ask("run", this.#cost, () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else this.#button.button.focus();
    });
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

  #showFields(): void {
    const choice = this.#choice;
    this.#showAmount(choice?.field);
    this.#parameters.show(choice?.key ?? "", choice?.parameters ?? []);
    this.#expect();
  }

  /** Shows what the work would use and cost; null clears the line. */
  showEstimate(view: EstimateView | null): void {
    this.#expected.hidden = view === null;
    setText(this.#expected, view?.text ?? "");
    setAttribute(this.#expected, "title", view?.title ?? null);
    setAttribute(this.#expected, "data-excess", view?.isExcess ? "" : null);
  }

  /** Asks what the work as it stands would use, where that is paid for. */
  #expect(): void {
    const choice = this.#choice;
    const kind = choice?.field.kind;
    if (!choice || this.#cost === null || this.#button.blocked !== null) {
      this.#estimate(null);
      return;
    }
    if (kind !== "shots" && kind !== "precision") {
      this.#estimate({ program: choice.program });
      return;
    }
    const read = READERS[kind](this.#amount.validity.badInput ? "?" : this.#amount.value);
    const isValid = read.kind === "valid";
    this.#estimate(isValid ? { program: choice.program, [kind]: read.value } : null);
  }

  #showAmount(field: Field | undefined): void {
    const isAmount = field !== undefined && field.kind !== "fixed";
    this.#amountGroup.hidden = !isAmount;
    this.#fixed.hidden = field?.kind !== "fixed";
    setText(this.#fixed, field?.kind === "fixed" ? field.text : "");
    if (!isAmount) return;
    // What was typed as shots is no precision.
    if (this.#amount.dataset["kind"] !== field.kind) this.#amount.value = "";
    this.#amount.dataset["kind"] = field.kind;
    setText(this.#amountLabel, LABELS[field.kind]);
    setAttribute(this.#amount, "placeholder", field.placeholder);
    setAttribute(this.#amount, "step", field.kind === "shots" ? "1" : "any");
    setAttribute(this.#amount, "min", field.kind === "shots" ? "1" : "0");
    setAttribute(this.#amount, "inputmode", field.kind === "shots" ? "numeric" : "decimal");
  }

  #setInvalid(message: string): void {
    setText(this.#invalid, message);
    const isAmount = message !== "" && !this.#amountGroup.hidden;
    setAttribute(this.#amount, "aria-invalid", isAmount ? "true" : null);
    setAttribute(this.#amount, "aria-describedby", isAmount ? this.#invalid.id : null);
  }

  #onSubmit(run: (work: Work) => void): void {
    // Enter in a field comes here without a click on the button.
    if (this.#button.blocked !== null) {
      this.#explain(this.#button.blocked);
      return;
    }
    const amount = this.#readAmount();
    if (!amount) return;
    const parameters = this.#parameters.read();
    if ("problem" in parameters) {
      setText(this.#invalid, parameters.problem);
      return;
    }
    const hasParameters = Object.keys(parameters.values).length > 0;
    run({
      program: this.#choice?.program ?? null,
      ...amount,
      ...(hasParameters ? { parameters: parameters.values } : {}),
    });
  }

  /** The shots or the precision; null after saying what is wrong with it. */
  #readAmount(): Pick<Work, "shots" | "precision"> | null {
    const kind = this.#choice?.field.kind;
    if (kind !== "shots" && kind !== "precision") return {};
    // The browser gives "" for text that is not a number at all.
    const read = READERS[kind](this.#amount.validity.badInput ? "?" : this.#amount.value);
    if (read.kind === "valid") return { [kind]: read.value };
    this.#setInvalid(read.message);
    this.#amount.focus();
    return null;
  }
}
