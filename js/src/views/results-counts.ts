import { h, setText, uniqueId } from "../page/dom";
import { type Bar, describeBars, type Order } from "../view-model/details";
import { counted, finePercent, number } from "../view-model/format";
import type { Counts } from "../wire/details";

/** How often each outcome of a register came: a table whose rows are bars. */
export class CountsChart {
  readonly node: HTMLElement;
  readonly #counts: Counts;
  readonly #body = h("tbody");
  readonly #buttons: Readonly<Record<Order, HTMLButtonElement>>;

  constructor(counts: Counts, title: string) {
    this.#counts = counts;
    const heading = h("strong", { id: uniqueId(), class: "qs-part-title" }, title);
    this.#buttons = { count: this.#button("count"), value: this.#button("value") };
    this.node = h(
      "div",
      { class: "qs-part" },
      h(
        "div",
        { class: "qs-part-head" },
        heading,
        h(
          "span",
          { class: "qs-dim" },
          `${counted(counts.shots, "shot")} · ${counted(counts.distinct, "outcome")}`,
        ),
        h(
          "span",
          { class: "qs-switch", role: "group", "aria-label": "Order of outcomes" },
          this.#buttons.count,
          this.#buttons.value,
        ),
      ),
      h(
        "table",
        { class: "qs-bars", "aria-labelledby": heading.id },
        h(
          "thead",
          { class: "qs-hidden" },
          h(
            "tr",
            {},
            h("th", { scope: "col" }, "Outcome"),
            h("th", { scope: "col" }, "Counts"),
            h("th", { scope: "col" }, "Share"),
          ),
        ),
        this.#body,
      ),
    );
    this.#show("count");
  }

  #button(order: Order): HTMLButtonElement {
    const button = h("button", { type: "button", class: "qs-button" }, `By ${order}`);
    button.addEventListener("click", () => this.#show(order));
    return button;
  }

  #show(order: Order): void {
    this.#buttons.count.setAttribute("aria-pressed", String(order === "count"));
    this.#buttons.value.setAttribute("aria-pressed", String(order === "value"));
    this.#body.replaceChildren(...describeBars(this.#counts, order).map(barRow));
  }
}

function barRow({ outcome, count, share, length, isRest }: Bar): HTMLElement {
  const fill = h("i", { style: `width:${(length * 100).toFixed(2)}%` });
  const label = h("th", { scope: "row", class: isRest ? "qs-dim" : "qs-mono" });
  setText(label, outcome);
  label.title = outcome;
  return h(
    "tr",
    isRest ? { class: "qs-rest" } : {},
    label,
    h(
      "td",
      { class: "qs-bar-cell" },
      h("span", { class: "qs-bar-track", "aria-hidden": "true" }, fill),
      h("span", { class: "qs-bar-count" }, number(count)),
    ),
    h("td", { class: "qs-number qs-dim" }, finePercent(share)),
  );
}
