import { h, setAttribute, setText } from "../page/dom";
import { describeCircuit } from "../view-model/details";
import type { Circuit } from "../wire/details";

/** A circuit as it ran: how large, which operations, and its drawing when it is asked for. */
export function circuitView(circuit: Circuit, draw: () => Promise<string>): HTMLElement {
  const { heading, size, operations } = describeCircuit(circuit);
  const drawing = h("pre", {
    class: "qs-drawing",
    tabindex: "0",
    "aria-label": "Drawing",
    hidden: "",
  });
  const problem = h("p", { class: "qs-invalid", "aria-live": "polite" });
  const button = h("button", { type: "button", class: "qs-button qs-link" }, "Draw");
  setAttribute(button, "aria-expanded", "false");
  setAttribute(button, "aria-label", `Draw circuit ${heading}`);
  let isDrawn = false;
  const show = (isOpen: boolean): void => {
    drawing.hidden = !isOpen;
    setAttribute(button, "aria-expanded", String(isOpen));
    setText(button, isOpen ? "Hide drawing" : "Draw");
    setAttribute(button, "aria-label", isOpen ? null : `Draw circuit ${heading}`);
  };
  const onClick = async (): Promise<void> => {
    if (isDrawn) {
      show(drawing.hidden !== false);
      return;
    }
    setAttribute(button, "aria-busy", "true");
    setText(problem, "");
    try {
      setText(drawing, await draw());
      isDrawn = true;
      show(true);
    } catch (error) {
      setText(problem, error instanceof Error ? error.message : String(error));
    } finally {
      setAttribute(button, "aria-busy", null);
    }
  };
  button.addEventListener("click", () => void onClick());
  return h(
    "div",
    { class: "qs-circuit" },
    h("div", { class: "qs-part-head" }, h("strong", {}, heading), button),
    ...(size ? [h("p", {}, size)] : []),
    h("p", { class: "qs-dim" }, operations),
    problem,
    drawing,
  );
}
