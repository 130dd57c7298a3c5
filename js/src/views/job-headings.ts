import { h, setAttribute } from "../page/dom";
import { type JobIndex, NEWEST_FIRST, type Order, type SortKey } from "../store/job-index";
import { icon } from "./icon";

interface Column {
  readonly by: SortKey;
  readonly text: string;
  readonly className: string;
}

const COLUMNS: readonly Column[] = [
  { by: "id", text: "Job", className: "qs-col-id" },
  { by: "name", text: "Program", className: "qs-col-name" },
  { by: "primitive", text: "Primitive", className: "qs-col-primitive" },
  { by: "status", text: "Status", className: "qs-col-status" },
  { by: "created", text: "Submitted", className: "qs-col-submitted" },
  { by: "run", text: "Run time", className: "qs-number" },
];

/** Numbers and times are wanted largest first, words in their order. */
const DESCENDING_FIRST: ReadonlySet<SortKey> = new Set(["created", "run"]);

/** The headings of the columns; each sorts by its column, the other way round, then no more. */
export class JobHeadings {
  readonly node: HTMLElement;
  readonly #index: JobIndex;
  readonly #cells: readonly (readonly [Column, HTMLElement])[];

  constructor(index: JobIndex, onSort: () => void) {
    this.#index = index;
    this.#cells = COLUMNS.map((column) => {
      const button = h(
        "button",
        { type: "button", class: "qs-button qs-heading" },
        h("span", {}, column.text),
        icon("down"),
      );
      button.addEventListener("click", () => {
        index.setOrder(nextOrder(index.order, column.by));
        onSort();
      });
      return [column, h("div", { role: "columnheader", class: column.className }, button)] as const;
    });
    this.node = h(
      "div",
      { role: "row", class: "qs-headings", "aria-rowindex": "1" },
      ...this.#cells.map(([, cell]) => cell),
      h(
        "div",
        { role: "columnheader", class: "qs-actions" },
        h("span", { class: "qs-hidden" }, "Actions"),
      ),
    );
  }

  update(): void {
    const { by, isDescending } = this.#index.order;
    for (const [column, cell] of this.#cells) {
      const direction = isDescending ? "descending" : "ascending";
      setAttribute(cell, "aria-sort", column.by === by ? direction : null);
    }
  }
}

/** The order that a click on a column leads to: its first direction, its second, the usual one. */
export function nextOrder(order: Order, by: SortKey): Order {
  const first = { by, isDescending: DESCENDING_FIRST.has(by) };
  if (order.by !== by) return first;
  if (order.isDescending === first.isDescending) return { by, isDescending: !first.isDescending };
  return NEWEST_FIRST;
}
