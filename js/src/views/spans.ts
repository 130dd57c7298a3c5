import { h } from "../page/dom";
import type { SpansView } from "../view-model/spans";

/** A strip of time with the spans in which data were taken. */
export function spansStrip({ title, blocks, from, to }: SpansView): HTMLElement {
  const strip = h(
    "div",
    { class: "qs-lane qs-lane-work", role: "img", "aria-label": title },
    ...blocks.map((block) =>
      h("i", {
        "data-kind": "running",
        style: `left:${percent(block.left)};width:${percent(block.width)}`,
        title: block.title,
      }),
    ),
  );
  return h(
    "div",
    {},
    strip,
    h("div", { class: "qs-axis", "aria-hidden": "true" }, h("span", {}, from), h("span", {}, to)),
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
