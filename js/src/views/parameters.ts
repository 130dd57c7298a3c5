import { h, setAttribute, uniqueId } from "../page/dom";
import { type NumberInput, type Parameter, readParameter } from "../view-model/run";

/** Where a slider ends unless its value lies further out: angles are what circuits take. */
const REACH = Math.PI;

/** A slider's steps begin at its end, which is rounded so that they are round numbers. */
const STEPS_A_UNIT = 1000;

interface Input {
  readonly name: string;
  readonly node: HTMLElement;
  readonly field: HTMLInputElement;
  readonly slider: HTMLInputElement;
}

/** One number and one slider for each parameter; values are remembered for each program. */
export class ParameterFields {
  readonly node = h("div", {
    class: "qs-parameter-fields",
    role: "group",
    "aria-label": "Parameters",
  });
  readonly #remembered = new Map<string, string>();
  readonly #problemId: string;
  #key = "";
  #inputs: readonly Input[] = [];

  /** @param problemId the element that says what is wrong with a field. */
  constructor(problemId: string) {
    this.#problemId = problemId;
  }

  /** Shows the parameters of a program; the fields stay while they are the same. */
  show(key: string, parameters: readonly Parameter[]): void {
    const isSame =
      key === this.#key &&
      parameters.length === this.#inputs.length &&
      parameters.every(({ name }, index) => this.#inputs[index]?.name === name);
    this.node.hidden = parameters.length === 0;
    if (isSame) return;
    this.#key = key;
    this.#inputs = parameters.map((parameter) => this.#input(key, parameter));
    this.node.replaceChildren(...this.#inputs.map(({ node }) => node));
  }

  /** The values; null after marking the first that is none, with what is wrong in words. */
  read(): { values: Record<string, number> } | { problem: string } {
    const values: Record<string, number> = {};
    for (const { name, field } of this.#inputs) {
      const read = readField(name, field);
      if (read.kind === "invalid") {
        setAttribute(field, "aria-invalid", "true");
        setAttribute(field, "aria-describedby", this.#problemId);
        field.focus();
        return { problem: read.message };
      }
      if (read.value !== null) values[name] = read.value;
    }
    return { values };
  }

  #input(key: string, { name, value }: Parameter): Input {
    const memory = `${key} ${name}`;
    const text = this.#remembered.get(memory) ?? String(value);
    const field = h("input", {
      id: uniqueId(),
      class: "qs-field qs-parameter",
      type: "number",
      step: "any",
      value: text,
      autocomplete: "off",
    });
    const slider = h("input", {
      class: "qs-slider",
      type: "range",
      step: String(1 / STEPS_A_UNIT),
      "aria-label": `${name}, slider`,
    });
    setSlider(slider, text);
    field.addEventListener("input", () => {
      forgive(field);
      this.#remembered.set(memory, field.value);
      setSlider(slider, field.value);
    });
    slider.addEventListener("input", () => {
      forgive(field);
      field.value = slider.value;
      this.#remembered.set(memory, field.value);
    });
    const label = h("label", { for: field.id, class: "qs-mono", title: name }, name);
    return {
      name,
      field,
      slider,
      node: h("div", { class: "qs-parameter-row" }, label, slider, field),
    };
  }
}

function readField(name: string, field: HTMLInputElement): NumberInput {
  // The browser gives "" for text that is not a number at all.
  return readParameter(name, field.validity.badInput ? "?" : field.value);
}

function forgive(field: HTMLInputElement): void {
  setAttribute(field, "aria-invalid", null);
  setAttribute(field, "aria-describedby", null);
}

function setSlider(slider: HTMLInputElement, text: string): void {
  const value = Number(text);
  if (!Number.isFinite(value)) return;
  const reach = Math.ceil(Math.max(REACH, Math.abs(value)) * STEPS_A_UNIT) / STEPS_A_UNIT;
  setAttribute(slider, "min", String(-reach));
  setAttribute(slider, "max", String(reach));
  slider.value = String(value);
}
