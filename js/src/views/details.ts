import { h, hasFocus, setAttribute, setText } from "../page/dom";
import type { JobLookup, Lookup } from "../store/job-lookup";
import { describeFacts, hasSeveralPubs, titleOfCounts, whyNoResult } from "../view-model/details";
import { counted, shortId } from "../view-model/format";
import { againKey } from "../view-model/run";
import { type ActionView, action, type Snapshot } from "../view-model/snapshot";
import { describeSpans } from "../view-model/spans";
import { STATUS_SIGNS } from "../view-model/words";
import type { Details, Part } from "../wire/details";
import type { Row } from "../wire/wire";
import { ActionButton } from "./action-button";
import { circuitView } from "./circuit";
import { whyNotCompared } from "./comparison";
import { copyButton } from "./copy-button";
import { FactList } from "./facts";
import { icon } from "./icon";
import { CountsChart } from "./results-counts";
import { valuesChart } from "./results-values";
import { SignView } from "./sign";
import { spansStrip } from "./spans";

export interface DetailsHandlers {
  readonly close: () => void;
  readonly runAgain: (row: Row) => void;
  readonly compareWithIdeal: (row: Row) => void;
  /** Marks the job to be compared with others, or no longer. */
  readonly mark: (row: Row) => void;
  readonly isMarked: (row: Row) => boolean;
  readonly say: (text: string) => void;
}

/** The selected job in full. */
export class DetailsPanel {
  readonly node: HTMLElement;
  readonly #handlers: DetailsHandlers;
  readonly #lookup: JobLookup;
  readonly #signal: AbortSignal;
  readonly #heading = h("h3", { class: "qs-details-name", tabindex: "-1" });
  readonly #id = h("code", { class: "qs-mono" });
  readonly #sign = new SignView("qs-status");
  readonly #facts = new FactList();
  readonly #body = h("div", { class: "qs-details-body" });
  readonly #again: ActionButton;
  readonly #ideal: ActionButton;
  readonly #mark: ActionButton;
  #row: Row | null = null;
  #drawn: Lookup | string | null = null;
  #content = new AbortController();

  constructor(lookup: JobLookup, handlers: DetailsHandlers, signal: AbortSignal) {
    this.#lookup = lookup;
    this.#handlers = handlers;
    this.#signal = signal;
    this.#again = new ActionButton("Run again", {
      icon: "play",
      onClick: () => this.#row && handlers.runAgain(this.#row),
      explain: handlers.say,
    });
    this.#ideal = new ActionButton("Compare with ideal", {
      onClick: () => this.#row && handlers.compareWithIdeal(this.#row),
      explain: handlers.say,
    });
    this.#mark = new ActionButton("Mark to compare", {
      onClick: () => this.#row && handlers.mark(this.#row),
      explain: handlers.say,
    });
    const close = h(
      "button",
      { type: "button", class: "qs-button qs-bare", "aria-label": "Close details", title: "Close" },
      icon("cross"),
    );
    close.addEventListener("click", handlers.close);
    this.node = h(
      "section",
      { class: "qs-details", "aria-label": "Selected job", hidden: "" },
      h(
        "header",
        { class: "qs-details-head" },
        h("span", { class: "qs-details-who" }, this.#heading, this.#sign.node, this.#id),
        this.#again.node,
        close,
      ),
      this.#facts.node,
      h("div", { class: "qs-details-actions" }, this.#ideal.node, this.#mark.node),
      this.#body,
    );
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      handlers.close();
    });
    signal.addEventListener("abort", () => this.#content.abort());
  }

  /** Whether the focus is inside, and would be lost when it closes. */
  get hasFocus(): boolean {
    return hasFocus(this.node);
  }

  update(row: Row | null, snapshot: Snapshot): void {
    const isOther = row?.job_id !== this.#row?.job_id;
    this.#row = row;
    this.node.hidden = row === null;
    if (isOther) this.#drawn = null;
    if (!row) return;
    setText(this.#heading, row.name || "Job");
    setText(this.#id, shortId(row.job_id));
    setAttribute(this.#id, "title", row.job_id);
    this.#sign.update(STATUS_SIGNS[row.status]);
    this.#again.update(this.#againAction(row, snapshot));
    const why = whyNotCompared(row);
    this.#ideal.update(action(snapshot, "compare-ideal", why));
    this.#mark.update(action(snapshot, "", why));
    setAttribute(this.#mark.button, "aria-pressed", String(this.#handlers.isMarked(row)));
    this.#facts.update(describeFacts(row, snapshot.nowMs, snapshot.head));
    const lookup =
      snapshot.connection !== "live"
        ? (this.#lookup.known(row) ??
          "Results are not saved with a notebook: only a kernel has them.")
        : this.#lookup.get(row);
    if (lookup === this.#drawn) return;
    this.#drawn = lookup;
    this.#content.abort();
    this.#content = new AbortController();
    if (this.#signal.aborted) this.#content.abort();
    const content =
      typeof lookup === "string" ? [note(lookup)] : this.#describe(row, lookup, snapshot.nowMs);
    const hadFocus = hasFocus(this.#body);
    this.#body.replaceChildren(...content);
    // The focus would fall to the page's top with what has it.
    if (hadFocus) this.#heading.focus();
    setAttribute(
      this.#body,
      "aria-busy",
      typeof lookup !== "string" && lookup.kind === "fetching" ? "true" : null,
    );
  }

  #againAction(row: Row, snapshot: Snapshot): ActionView {
    const { head } = snapshot;
    const isOver = head !== null && /^(closing|closed|cancelled|expired)$/.test(head.state);
    const reason = isOver ? "The session takes no more jobs" : null;
    return action(snapshot, againKey(row.job_id), reason);
  }

  #describe(row: Row, lookup: Lookup, nowMs: number): Node[] {
    switch (lookup.kind) {
      case "fetching":
        return [h("p", { class: "qs-fetching" }, "Fetching…")];
      case "failed": {
        const retry = h("button", { type: "button", class: "qs-button qs-plain" }, "Try again");
        retry.addEventListener("click", () => this.#lookup.forget(row));
        return [note(lookup.why, "qs-problem"), retry];
      }
      case "ready":
        return this.#describeReady(row, lookup.details, nowMs);
    }
  }

  #describeReady(row: Row, details: Details, nowMs: number): Node[] {
    const found: Node[] = [];
    const why = whyNoResult(row);
    if (why) found.push(note(why));
    if (details.problem) found.push(note(details.problem, "qs-problem"));
    if (details.error) found.push(errorView(details.error));
    if (details.result) found.push(...resultView(details));
    const spans = describeSpans(details.spans, row, nowMs);
    if (spans) found.push(section(spans.title, spansStrip(spans)));
    if (details.parameters.length > 0) found.push(parametersView(details));
    if (details.circuits.length > 0) found.push(this.#circuitsView(details));
    found.push(this.#codeView(details.code));
    return found;
  }

  #circuitsView(details: Details): HTMLElement {
    const views = details.circuits.map((circuit, index) =>
      circuitView(circuit, () => this.#lookup.draw(details.job_id, index)),
    );
    const hidden = details.circuit_count - details.circuits.length;
    const more = hidden > 0 ? [note(`… and ${counted(hidden, "more circuit")}`)] : [];
    const title = details.circuit_count === 1 ? "Circuit, as it ran" : "Circuits, as they ran";
    return section(title, ...views, ...more);
  }

  #codeView(lines: readonly string[]): HTMLElement {
    const views = lines.map((line) =>
      h(
        "div",
        { class: "qs-code" },
        h("code", { class: "qs-mono" }, line),
        copyButton(line, this.#handlers.say, this.#content.signal),
      ),
    );
    return section("In code", ...views);
  }
}

function section(title: string, ...children: readonly Node[]): HTMLElement {
  return h(
    "div",
    { class: "qs-section" },
    h("h4", { class: "qs-section-title" }, title),
    ...children,
  );
}

function note(text: string, className = "qs-note"): HTMLElement {
  return h("p", { class: className }, text);
}

function errorView({ type, message, traceback }: NonNullable<Details["error"]>): HTMLElement {
  const box = h(
    "div",
    { class: "qs-failure" },
    h("strong", {}, type),
    h("p", { class: "qs-failure-text" }, message),
  );
  if (traceback) {
    box.append(
      h(
        "details",
        {},
        h("summary", {}, "Traceback"),
        h("pre", { class: "qs-traceback", tabindex: "0", "aria-label": "Traceback" }, traceback),
      ),
    );
  }
  return box;
}

function resultView(details: Details): Node[] {
  const isOfSeveral = hasSeveralPubs(details);
  const parts = details.result?.parts ?? [];
  const views = parts.map((part) => partView(part, isOfSeveral));
  const hidden = details.result?.hidden ?? 0;
  if (hidden > 0) {
    views.push(note(`… and ${counted(hidden, "more part")}: fetch the result in code.`));
  }
  return parts.length > 0 ? views : [note("The result is empty.")];
}

function partView(part: Part, isOfSeveral: boolean): HTMLElement {
  switch (part.kind) {
    case "counts":
      return new CountsChart(part, titleOfCounts(part, isOfSeveral)).node;
    case "values":
      return valuesChart(part, isOfSeveral ? `PUB ${part.pub} · values` : "Expectation values");
    case "other":
      return note(`${isOfSeveral ? `PUB ${part.pub} · ` : ""}${part.name}: ${part.words}`);
    default:
      return h("p");
  }
}

function parametersView(details: Details): HTMLElement {
  const rows = details.parameters.map(([name, value]) =>
    h("div", {}, h("dt", { class: "qs-mono", title: name }, name), h("dd", {}, value)),
  );
  const hidden = details.parameter_count - rows.length;
  const more = hidden > 0 ? [note(`… and ${counted(hidden, "more parameter")}`)] : [];
  return section("Parameters", h("dl", { class: "qs-parameters" }, ...rows), ...more);
}
