import { h, setAttribute, setText, uniqueId } from "../page/dom";
import {
  describePoint,
  describeTrend,
  type Mark,
  nearest,
  type TrendView,
} from "../view-model/trend";
import type { Row } from "../wire/wire";
import { svg } from "./svg";

/** The drawing's own units; it is stretched to its place, its lines and dots are not. */
const SIZE = 1000;

/** Up to this many points each gets a dot. */
const DOTTED = 80;

const at = (place: number): string => (place * SIZE).toFixed(1);

/**
 * How an expectation value goes over the jobs.
 *
 * To the keyboard it is a slider along the jobs: arrows move, Enter opens the job.
 */
export class Trend {
  readonly node: HTMLElement;
  readonly #select: (jobId: string) => void;
  readonly #title = h("strong", { id: uniqueId(), class: "qs-part-title" }, "Values over jobs");
  readonly #choice = h("select", { class: "qs-field", "aria-label": "Value to follow" });
  readonly #news = h("p", { class: "qs-trend-news" });
  readonly #labels = h("div", { class: "qs-ticks", "aria-hidden": "true" });
  readonly #grid = svg("path", { class: "qs-grid" });
  readonly #errors = svg("path", { class: "qs-errors" });
  readonly #line = svg("path", { class: "qs-line" });
  readonly #dots = svg("path", { class: "qs-dots" });
  readonly #chosenDot = svg("path", { class: "qs-chosen-dot" });
  readonly #focusDot = svg("path", { class: "qs-focus-dot" });
  readonly #chart: HTMLElement;
  readonly #tip = h("span", { class: "qs-tip", hidden: "" });
  #view: TrendView | null = null;
  #wanted: string | null = null;
  #focused: string | null = null;
  #chosen: string | null = null;

  constructor(select: (jobId: string) => void) {
    this.#select = select;
    this.#chart = h(
      "div",
      {
        class: "qs-plot",
        role: "slider",
        tabindex: "0",
        "aria-labelledby": this.#title.id,
        "aria-orientation": "horizontal",
        "aria-valuemin": "1",
        // JupyterLab would move between cells with the arrow keys.
        "data-lm-suppress-shortcuts": "true",
      },
      svg(
        "svg",
        { viewBox: `0 0 ${SIZE} ${SIZE}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        this.#grid,
        this.#errors,
        this.#line,
        this.#dots,
        this.#chosenDot,
        this.#focusDot,
      ),
      this.#tip,
    );
    this.node = h(
      "section",
      { class: "qs-trend", "aria-label": "Trend", hidden: "" },
      h("div", { class: "qs-part-head" }, this.#title, this.#choice),
      this.#news,
      h("div", { class: "qs-chart" }, this.#labels, this.#chart),
    );
    this.#choice.addEventListener("change", () => {
      this.#wanted = this.#choice.value;
      this.#focused = null;
      this.#redraw();
    });
    this.#chart.addEventListener("pointermove", (event) => this.#point(this.#under(event)));
    this.#chart.addEventListener("pointerleave", () => this.#point(null));
    this.#chart.addEventListener("click", (event) => {
      const mark = this.#under(event);
      if (mark) this.#open(mark);
    });
    this.#chart.addEventListener("keydown", (event) => this.#onKey(event));
    this.#chart.addEventListener("blur", () => this.#point(null));
  }

  #rows: readonly Row[] = [];

  /** Draws the values of the jobs anew. */
  update(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#redraw();
  }

  /** Marks the job that is open. */
  choose(jobId: string | null): void {
    this.#chosen = jobId;
    this.#drawDots();
  }

  #redraw(): void {
    const view = describeTrend(this.#rows, this.#wanted);
    this.#view = view;
    this.node.hidden = view === null;
    if (!view) return;
    this.#updateChoice(view);
    setText(this.#news, `Last ${view.last} · lowest ${view.lowest}`);
    setAttribute(this.#chart, "aria-valuemax", String(view.marks.at(-1)?.number ?? 1));
    this.#labels.replaceChildren(
      ...view.ticks.map(({ text, y }) =>
        h("span", { style: `top:${(y * 100).toFixed(2)}%` }, text),
      ),
    );
    const { marks } = view;
    setAttribute(this.#grid, "d", view.ticks.map(({ y }) => `M0 ${at(y)}H${SIZE}`).join(""));
    setAttribute(
      this.#line,
      "d",
      marks.map(({ x, y }, i) => `${i ? "L" : "M"}${at(x)} ${at(y)}`).join(""),
    );
    setAttribute(
      this.#errors,
      "d",
      marks
        .filter(({ error }) => error > 0)
        .map(({ x, top, bottom }) => `M${at(x)} ${at(top)}V${at(bottom)}`)
        .join(""),
    );
    this.#drawDots();
    this.#tell();
  }

  #updateChoice({ series, chosen }: TrendView): void {
    this.#choice.hidden = series.length < 2;
    const isSame =
      this.#choice.options.length === series.length &&
      series.every(({ key }, index) => this.#choice.options[index]?.value === key);
    if (!isSame) {
      this.#choice.replaceChildren(
        ...series.map(({ key, label }) => h("option", { value: key }, label)),
      );
    }
    this.#choice.value = chosen;
    const label = series.find(({ key }) => key === chosen)?.label ?? "";
    setText(this.#title, series.length < 2 ? `${label} over jobs` : "Values over jobs");
  }

  #drawDots(): void {
    const marks = this.#view?.marks ?? [];
    const last = marks.at(-1);
    const shown = marks.length <= DOTTED ? marks : last ? [last] : [];
    setAttribute(this.#dots, "d", shown.map(dot).join(""));
    const chosen = marks.find(({ jobId }) => jobId === this.#chosen);
    setAttribute(this.#chosenDot, "d", chosen ? dot(chosen) : "");
  }

  #under(event: MouseEvent): Mark | null {
    const box = this.#chart.getBoundingClientRect();
    if (!this.#view || box.width === 0) return null;
    return nearest(this.#view.marks, (event.clientX - box.left) / box.width);
  }

  #point(mark: Mark | null): void {
    setAttribute(this.#focusDot, "d", mark ? dot(mark) : "");
    this.#tip.hidden = mark === null;
    if (!mark) return;
    setText(this.#tip, describePoint(mark));
    // Beside the point, on the side where there is room.
    const side =
      mark.x > 0.5
        ? `right:${((1 - mark.x) * 100).toFixed(1)}%`
        : `left:${(mark.x * 100).toFixed(1)}%`;
    setAttribute(this.#tip, "style", `${side};top:${mark.y > 0.5 ? 0 : 70}%`);
  }

  get #focusedMark(): Mark | null {
    const marks = this.#view?.marks ?? [];
    return (
      marks.find(({ jobId }) => jobId === (this.#focused ?? this.#chosen)) ?? marks.at(-1) ?? null
    );
  }

  #onKey(event: KeyboardEvent): void {
    const marks = this.#view?.marks ?? [];
    const mark = this.#focusedMark;
    if (!mark) return;
    const index = marks.indexOf(mark);
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: index - 1,
      ArrowDown: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index + 1,
      PageDown: index - 10,
      PageUp: index + 10,
      Home: 0,
      End: marks.length - 1,
    };
    const step = steps[event.key];
    if (event.key === "Enter" || event.key === " ") this.#open(mark);
    else if (step === undefined) return;
    else {
      const next = marks[Math.min(marks.length - 1, Math.max(0, step))];
      this.#focused = next?.jobId ?? null;
      this.#point(next ?? null);
      this.#tell();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #open(mark: Mark): void {
    this.#focused = mark.jobId;
    this.#tell();
    this.#select(mark.jobId);
  }

  /** What a screen reader says when the chart has the focus. */
  #tell(): void {
    const mark = this.#focusedMark;
    if (!mark || !this.#view) return;
    setAttribute(this.#chart, "aria-valuenow", String(mark.number));
    setAttribute(this.#chart, "aria-valuetext", `${describePoint(mark)}. ${this.#view.label}`);
  }
}

/** A line without length, which round ends make a dot of the same size however it is stretched. */
function dot({ x, y }: Mark): string {
  return `M${at(x)} ${at(y)}h0`;
}
