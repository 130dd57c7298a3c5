import { h, uniqueId } from "../page/dom";
import { describeWhiskers, type Whisker } from "../view-model/details";
import { counted } from "../view-model/format";
import type { Values } from "../wire/details";

/** The expectation values of a PUB: a table whose rows show them, with their errors, on one scale. */
export function valuesChart(values: Values, title: string): HTMLElement {
  const view = describeWhiskers(values);
  const isSingle = values.shape.length === 0;
  const heading = h("strong", { id: uniqueId(), class: "qs-part-title" }, title);
  const size = isSingle ? [] : [h("span", { class: "qs-dim" }, sizeOf(values))];
  const head = h("div", { class: "qs-part-head" }, heading, ...size);
  const [only] = view.whiskers;
  if (isSingle && only) {
    return h("div", { class: "qs-part" }, head, h("div", { class: "qs-big-value" }, only.text));
  }
  const rows = view.whiskers.map((whisker) => row(whisker, view.zero));
  const table = h(
    "table",
    { class: "qs-whiskers", "aria-labelledby": heading.id },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Index"),
        h(
          "th",
          { scope: "col", class: "qs-scale" },
          h("span", { class: "qs-hidden" }, "Scale from "),
          view.low,
          h("span", { class: "qs-hidden" }, " to "),
          h("span", {}, view.high),
        ),
        h("th", { scope: "col", class: "qs-number" }, "Value ± error"),
      ),
    ),
    h("tbody", {}, ...rows),
  );
  const more =
    view.others > 0
      ? [h("p", { class: "qs-dim" }, `… and ${counted(view.others, "more value")}`)]
      : [];
  return h("div", { class: "qs-part" }, head, table, ...more);
}

function sizeOf({ shape, size }: Values): string {
  return shape.length > 1 ? `${shape.join(" × ")} values` : counted(size, "value");
}

const percent = (place: number): string => `${(place * 100).toFixed(2)}%`;

function row({ place, text, at, from, to }: Whisker, zero: number | null): HTMLElement {
  const marks = zero === null ? [] : [h("i", { class: "qs-zero", style: `left:${percent(zero)}` })];
  if (at !== null) {
    marks.push(
      h("i", { class: "qs-whisker", style: `left:${percent(from)};width:${percent(to - from)}` }),
      h("i", { class: "qs-point", style: `left:${percent(at)}` }),
    );
  }
  return h(
    "tr",
    {},
    h("th", { scope: "row", class: "qs-mono" }, place),
    h(
      "td",
      { class: "qs-scale" },
      h("span", { class: "qs-track", "aria-hidden": "true" }, ...marks),
    ),
    h("td", { class: "qs-number" }, text),
  );
}
