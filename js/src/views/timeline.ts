import { h, setAttribute, setText } from "../page/dom";
import { clock } from "../view-model/format";
import { fit, pan, whole, zoom } from "../view-model/time-window";
import {
  type Block,
  blocksOf,
  describeLeft,
  describeTotals,
  type Span,
  type Story,
  tellStory,
} from "../view-model/timeline";
import type { Head, Row } from "../wire/wire";

const ZOOM = 0.5;
const PAN = 0.25;

/** What the session did with its time. */
export class Timeline {
  readonly node: HTMLElement;
  readonly #totals = h("div", { class: "qs-totals" });
  readonly #work = h("div", { class: "qs-lane qs-lane-work" });
  readonly #queue = h("div", { class: "qs-lane qs-lane-queue" });
  readonly #now = h("i", { class: "qs-now" });
  readonly #lanes: HTMLElement;
  readonly #from = h("span");
  readonly #to = h("span");
  #story: Story | null = null;
  /** What the reader zoomed to; null follows what happens. */
  #shown: Span | null = null;
  #nowMs = 0;

  constructor(select: (jobId: string) => void) {
    this.#lanes = h("div", { class: "qs-lanes", role: "img" }, this.#work, this.#queue, this.#now);
    const button = (text: string, name: string, action: () => void): HTMLElement => {
      const made = h(
        "button",
        { type: "button", class: "qs-button", "aria-label": name, title: name },
        text,
      );
      made.addEventListener("click", action);
      return made;
    };
    const tools = h(
      "span",
      { class: "qs-switch", role: "group", "aria-label": "Time shown" },
      button("‹", "Earlier", () => this.#move(-PAN)),
      button("›", "Later", () => this.#move(PAN)),
      button("−", "Zoom out", () => this.#zoom(1 / ZOOM, 0.5)),
      button("+", "Zoom in", () => this.#zoom(ZOOM, 0.5)),
      button("Fit", "Fit what happened", () => this.#show(null)),
      button("All", "All of the time", () => this.#story && this.#show(whole(this.#story))),
    );
    this.node = h(
      "section",
      { class: "qs-timeline", "aria-label": "Timeline", hidden: "" },
      h("div", { class: "qs-timeline-head" }, this.#totals, tools),
      this.#lanes,
      h("div", { class: "qs-axis", "aria-hidden": "true" }, this.#from, this.#to),
    );
    this.#lanes.addEventListener(
      "wheel",
      (event) => {
        // Without Ctrl the page scrolls, as it does everywhere else.
        if (!event.ctrlKey) return;
        event.preventDefault();
        const box = this.#lanes.getBoundingClientRect();
        const place = box.width > 0 ? (event.clientX - box.left) / box.width : 0.5;
        this.#zoom(event.deltaY > 0 ? 1.25 : 0.8, place);
      },
      { passive: false },
    );
    // A job is opened by keyboard in the table; here it is a short cut for the mouse.
    this.#lanes.addEventListener("click", ({ target }) => {
      const id = target instanceof HTMLElement ? target.dataset["opens"] : undefined;
      if (id) select(id);
    });
  }

  update(rows: readonly Row[], head: Head | null, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#story = head && tellStory(head, rows, nowMs, this.#story);
    this.node.hidden = this.#story === null;
    if (!head || !this.#story) return;
    const totals = describeTotals(this.#story, head);
    const left = describeLeft(head, nowMs);
    const parts = totals.map(({ kind, text }) =>
      h("span", { class: "qs-total", "data-kind": kind }, h("i", { "aria-hidden": "true" }), text),
    );
    if (left) parts.push(h("span", { class: "qs-total" }, left));
    if (this.#totals.textContent !== parts.map((part) => part.textContent).join("")) {
      this.#totals.replaceChildren(...parts);
    }
    setAttribute(
      this.#lanes,
      "aria-label",
      [...totals.map(({ text }) => text), left].filter(Boolean).join(", "),
    );
    this.#draw();
  }

  #zoom(factor: number, at: number): void {
    if (this.#story) this.#show(zoom(this.#shown ?? fit(this.#story), factor, at, this.#story));
  }

  #move(share: number): void {
    if (this.#story) this.#show(pan(this.#shown ?? fit(this.#story), share, this.#story));
  }

  #show(shown: Span | null): void {
    this.#shown = shown;
    this.#draw();
  }

  #draw(): void {
    const story = this.#story;
    if (!story) return;
    const shown = this.#shown ?? fit(story);
    drawBlocks(this.#work, [...blocksOf(story.rest, shown), ...blocksOf(story.work, shown)]);
    drawBlocks(this.#queue, blocksOf(story.waiting, shown));
    const now = (story.end - shown.from) / (shown.to - shown.from);
    this.#now.hidden = now < 0 || now > 1;
    setAttribute(this.#now, "style", `left:${percent(now)}`);
    setText(this.#from, clock(shown.from, this.#nowMs));
    setText(this.#to, clock(shown.to, this.#nowMs));
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** Keeps the elements that are there: a busy session draws many times a second. */
function drawBlocks(lane: HTMLElement, blocks: readonly Block[]): void {
  while (lane.childElementCount > blocks.length) lane.lastChild?.remove();
  for (const [index, { kind, left, width, title, jobId }] of blocks.entries()) {
    const block = lane.children[index] ?? lane.appendChild(h("i"));
    setAttribute(block, "data-kind", kind);
    setAttribute(block, "style", `left:${percent(left)};width:${percent(width)}`);
    setAttribute(block, "title", title);
    setAttribute(block, "data-opens", jobId);
  }
}
