import { h, setAttribute, setText, uniqueId } from "../page/dom";
import type { CountdownView, MetersView } from "../view-model/meters";

/** The four meters: time remaining, idle time remaining, usage, jobs. */
export class Meters {
  readonly node: HTMLElement;
  readonly #remaining = new Countdown("Time remaining", "qs-remaining");
  readonly #idle = new Countdown("Idle time remaining", "qs-idle");
  readonly #usage = new Meter("Usage", "qs-usage");
  readonly #jobs = new Meter("Jobs", "qs-count");

  constructor() {
    this.node = h(
      "div",
      { class: "qs-meters" },
      ...[this.#remaining, this.#idle, this.#usage, this.#jobs].map(({ node }) => node),
    );
  }

  update({ remaining, idle, usage, jobs }: MetersView): void {
    this.#remaining.show(remaining);
    this.#idle.show(idle);
    this.#usage.update(usage.value, usage.caption);
    this.#usage.note(usage.notes);
    this.#usage.fill(usage.fraction);
    this.#jobs.update(jobs.value, jobs.caption);
    this.#updateShares(jobs.shares);
  }

  #updateShares(shares: MetersView["jobs"]["shares"]): void {
    const { bar } = this.#jobs;
    while (bar.childElementCount > shares.length) bar.lastChild?.remove();
    for (const [index, { status, share }] of shares.entries()) {
      const part = bar.children[index] ?? bar.appendChild(h("i"));
      setAttribute(part, "data-share", status);
      setAttribute(part, "style", `flex-grow:${share}`);
    }
  }
}

/** Keeps numbers and their units on one line. */
function glue(caption: string): string {
  return caption.replace(/(\d|\b[hm]) (?=\S)/g, "$1\u00a0");
}

class Meter {
  readonly node: HTMLElement;
  readonly value = h("span", { class: "qs-value" });
  readonly caption = h("span", { class: "qs-caption", id: uniqueId() });
  readonly notes = h("span", { class: "qs-meter-notes" });
  readonly bar = h("span", { class: "qs-bar", "aria-hidden": "true" });

  constructor(label: string, className: string) {
    const heading = h("span", { class: "qs-label" }, label);
    this.node = h(
      "div",
      { class: `qs-meter ${className}` },
      heading,
      this.value,
      this.caption,
      this.notes,
      this.bar,
    );
  }

  update(value: string, caption: string): void {
    setText(this.value, value);
    setText(this.caption, glue(caption));
  }

  /** Lines below the caption. */
  note(lines: readonly string[]): void {
    while (this.notes.childElementCount > lines.length) this.notes.lastChild?.remove();
    for (const [index, line] of lines.entries()) {
      const note = this.notes.children[index] ?? this.notes.appendChild(h("span"));
      setText(note, glue(line));
    }
  }

  fill(fraction: number): void {
    const part = this.bar.firstElementChild ?? this.bar.appendChild(h("i"));
    setAttribute(part, "style", `width:${(fraction * 100).toFixed(2)}%`);
  }
}

class Countdown extends Meter {
  constructor(label: string, className: string) {
    super(label, className);
    this.value.setAttribute("role", "timer");
    this.value.setAttribute("aria-live", "off");
    this.value.setAttribute("aria-label", label);
    this.value.setAttribute("aria-describedby", this.caption.id);
  }

  show({ value, caption, fraction, isLow }: CountdownView): void {
    this.update(value, caption);
    this.fill(fraction ?? 0);
    setAttribute(this.node, "data-counting", fraction === null ? null : "");
    setAttribute(this.node, "data-low", isLow ? "" : null);
  }
}
