import { h, hasFocus, setText, uniqueId } from "../page/dom";
import type { SelectedJob } from "../page/selection";
import type { Asker } from "../store/job-lookup";
import {
  announceComparison,
  describeDistances,
  describeOthers,
  inErrors,
  longestShare,
  scaleOf,
} from "../view-model/comparison";
import { counted, finePercent, shortId } from "../view-model/format";
import { action, type Snapshot } from "../view-model/snapshot";
import { measured } from "../view-model/values";
import {
  type ComparedCounts,
  type ComparedPart,
  type ComparedValues,
  type Comparison,
  isComparison,
} from "../wire/comparison";
import { RequestError } from "../wire/requests";
import type { Row } from "../wire/wire";
import { ActionButton } from "./action-button";
import { icon } from "./icon";

const KEY = "compare";

export interface ComparisonHandlers {
  readonly say: (text: string) => void;
  readonly focusJobs: () => void;
  readonly redraw: () => void;
}

/** Whether a job can be compared; why not, if it cannot. */
export function whyNotCompared(row: Row | null): string | null {
  return row?.status === "DONE" ? null : "Only jobs that are done have results to compare";
}

/** The jobs that are marked, a button that compares them, and what came of it. */
export class ComparisonPanel {
  readonly node: HTMLElement;
  readonly #asker: Asker;
  readonly #selected: SelectedJob;
  readonly #handlers: ComparisonHandlers;
  readonly #heading = h("h3", { class: "qs-details-name", tabindex: "-1" }, "Comparison");
  readonly #who = h("p", { class: "qs-dim" });
  readonly #body = h("div", { class: "qs-details-body" });
  readonly #compare: ActionButton;
  #hasAnswer = false;
  #asked = 0;

  constructor(asker: Asker, selected: SelectedJob, handlers: ComparisonHandlers) {
    this.#asker = asker;
    this.#selected = selected;
    this.#handlers = handlers;
    this.#compare = new ActionButton("Compare", {
      kind: "primary",
      onClick: () => this.ask(selected.marked, false),
      explain: handlers.say,
    });
    const close = h(
      "button",
      {
        type: "button",
        class: "qs-button qs-bare",
        "aria-label": "Close comparison",
        title: "Close",
      },
      icon("cross"),
    );
    close.addEventListener("click", () => this.#close());
    this.node = h(
      "section",
      { class: "qs-comparison", "aria-label": "Comparison", hidden: "" },
      h(
        "header",
        { class: "qs-details-head" },
        h("span", { class: "qs-details-who" }, this.#heading, this.#who),
        this.#compare.node,
        close,
      ),
      this.#body,
    );
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#close();
    });
  }

  update(find: (jobId: string) => Row | null, snapshot: Snapshot): void {
    const { marked } = this.#selected;
    this.node.hidden = marked.length === 0 && !this.#hasAnswer;
    if (this.node.hidden) return;
    const names = marked.map((id) => find(id)?.name || shortId(id));
    setText(
      this.#who,
      marked.length === 1
        ? `${names[0] ?? ""} is marked. Mark another: Ctrl or ⌘ and click, or Shift and Space.`
        : names.join(", "),
    );
    const undone = marked.map((id) => whyNotCompared(find(id))).find((why) => why !== null);
    const few = marked.length < 2 ? "Mark two jobs to compare them" : null;
    this.#compare.node.hidden = marked.length === 0;
    this.#compare.update(action(snapshot, KEY, few ?? undone ?? null));
  }

  /** Asks the kernel for a comparison; the last job, or the ideal, is the reference. */
  ask(jobIds: readonly string[], withIdeal: boolean): void {
    this.#asked += 1;
    const number = this.#asked;
    this.#show([h("p", { class: "qs-fetching" }, withIdeal ? "Simulating…" : "Comparing…")]);
    this.#heading.focus();
    const isCurrent = (): boolean => number === this.#asked && this.#hasAnswer;
    const fail = (error: unknown): void => {
      // A simulation may take its time: it goes on being waited for.
      if (error instanceof RequestError && error.late) error.late.catch(fail);
      else if (isCurrent()) this.#show([problem(error)]);
    };
    const take = (told: unknown): void => {
      if (!isCurrent()) return;
      if (!isComparison(told)) fail(new Error("This page cannot read the kernel's answer."));
      else {
        this.#show(comparisonView(told));
        this.#handlers.say(announceComparison(told));
      }
    };
    const args = { job_ids: jobIds, with_ideal: withIdeal };
    const key = `${KEY}${withIdeal ? "-ideal" : ""}`;
    this.#asker.request("compare", args, key, take).catch(fail);
  }

  #show(content: readonly Node[]): void {
    this.#hasAnswer = true;
    this.#body.replaceChildren(...content);
    this.#handlers.redraw();
  }

  #close(): void {
    const hadFocus = hasFocus(this.node);
    this.#hasAnswer = false;
    this.#body.replaceChildren();
    this.#selected.setMarked([]);
    if (hadFocus) this.#handlers.focusJobs();
  }
}

function problem(error: unknown): HTMLElement {
  return h("p", { class: "qs-problem" }, error instanceof Error ? error.message : String(error));
}

function comparisonView({ labels, parts, hidden, unmatched }: Comparison): Node[] {
  const found: Node[] = parts.map((part) => partView(part, labels));
  if (hidden > 0) found.push(note(`… and ${counted(hidden, "more part")}: compare them in code.`));
  if (unmatched.length > 0) found.push(note(`Not compared: ${unmatched.join("; ")}`));
  return found;
}

function note(text: string): HTMLElement {
  return h("p", { class: "qs-note" }, text);
}

function partView(part: ComparedPart, labels: readonly string[]): HTMLElement {
  const heading = h("strong", { id: uniqueId(), class: "qs-part-title" }, part.title);
  const lines = describeDistances(part, labels).map((text) => h("p", {}, text));
  const others = describeOthers(part);
  const table = part.kind === "counts" ? countsTable(part, labels) : valuesTable(part, labels);
  table.setAttribute("aria-labelledby", heading.id);
  return h(
    "div",
    { class: "qs-part" },
    heading,
    ...lines,
    table,
    ...(others ? [note(others)] : []),
  );
}

function heads(...names: readonly string[]): HTMLElement {
  const cells = names.map((name) => h("th", { scope: "col", title: name }, name));
  return h("thead", {}, h("tr", {}, ...cells));
}

function countsTable({ rows }: ComparedCounts, labels: readonly string[]): HTMLElement {
  const longest = longestShare(rows);
  const body = rows.map(([outcome, shares]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row", class: "qs-mono", title: outcome }, outcome),
      ...shares.map((share, index) => {
        const width = `width:${((share / longest) * 100).toFixed(2)}%`;
        const isReference = index === shares.length - 1;
        return h(
          "td",
          { class: "qs-bar-cell" },
          h(
            "span",
            { class: "qs-bar-track", "aria-hidden": "true" },
            // What never came has no bar, not even a thin one.
            ...(share > 0
              ? [h("i", { style: width, class: isReference ? "qs-reference" : "" })]
              : []),
          ),
          h("span", { class: "qs-bar-count" }, finePercent(share)),
        );
      }),
    ),
  );
  return h(
    "table",
    { class: "qs-bars qs-compared" },
    heads("Outcome", ...labels),
    h("tbody", {}, ...body),
  );
}

function valuesTable(part: ComparedValues, labels: readonly string[]): HTMLElement {
  const at = scaleOf(part);
  const differences = labels
    .slice(0, -1)
    .map((label) => (labels.length > 2 ? label : "Difference"));
  const body = part.rows.map(([place, estimates, units]) => {
    const marks = estimates.flatMap(([value], index) =>
      value === null
        ? []
        : [
            h("i", {
              class: index === estimates.length - 1 ? "qs-point qs-reference" : "qs-point",
              style: `left:${(at(value) * 100).toFixed(2)}%`,
            }),
          ],
    );
    // The reference lies under what is compared with it.
    const track = h("span", { class: "qs-track", "aria-hidden": "true" }, ...marks.reverse());
    const told = estimates.map(([value, error], index) =>
      h(
        "span",
        { class: "qs-estimate" },
        h("span", { class: "qs-hidden" }, `${labels[index] ?? ""} `),
        measured(value, error),
      ),
    );
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "qs-mono" }, place),
      h("td", { class: "qs-scale" }, track),
      h("td", { class: "qs-number" }, ...told),
      ...units.map((each) => h("td", { class: "qs-number" }, inErrors(each))),
    );
  });
  return h(
    "table",
    { class: "qs-whiskers qs-compared" },
    heads("Index", "Scale", labels.join(", "), ...differences),
    h("tbody", {}, ...body),
  );
}
