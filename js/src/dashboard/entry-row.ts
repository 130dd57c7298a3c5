import { h, setAttribute, setText } from "../page/dom";
import { ActionButton } from "../views/action-button";
import { SignView } from "../views/sign";
import type { EntryView } from "./view-model";
import type { DashboardAction } from "./wire";

export interface RowActions {
  /** What the first button opens: the session, below the list, or its notebook. */
  readonly opens: "session" | "notebook";
  readonly act: (action: "show" | "hide", key: string) => void;
  /** Asks before it ends a session; `goBack` gives the focus back to the button. */
  readonly ask: (action: "close" | "cancel", entry: EntryView, goBack: () => void) => void;
  readonly isPending: (action: DashboardAction, key: string) => boolean;
  readonly explain: (reason: string) => void;
}

/** The columns, in their order; narrow views show some headings in the cells. */
export const COLUMNS = [
  ["who", "Session"],
  ["backend", "Backend"],
  ["state", "State"],
  ["opened", "Opened"],
  ["left", "Time left"],
  ["usage", "Usage"],
  ["jobs", "Jobs"],
  ["actions", "Actions"],
] as const;

type Column = (typeof COLUMNS)[number][0];

// Roles are told, since a narrow view lays the table out as cards, which would take them away.
function cell(column: Column, ...children: readonly Node[]): HTMLElement {
  const heading = COLUMNS.find(([name]) => name === column)?.[1] ?? "";
  return h("td", { role: "cell", "data-column": column, "data-heading": heading }, ...children);
}

/** One session in the list. */
export class EntryRow {
  readonly node = h("tr", { class: "qs-entry", role: "row" });
  readonly #actions: RowActions;
  readonly #title = h("span", { class: "qs-entry-name" });
  readonly #mode = h("span");
  readonly #id = h("span", { class: "qs-mono" });
  readonly #backend = h("span", { class: "qs-entry-backend" });
  readonly #where = h("span", { class: "qs-entry-about" });
  readonly #sign = new SignView("qs-entry-state");
  readonly #opened = h("span");
  readonly #left = h("span");
  readonly #usage = h("span");
  readonly #jobs = h("span");
  readonly #show: ActionButton;
  readonly #close: ActionButton;
  readonly #cancel: ActionButton;
  #entry: EntryView;

  constructor(entry: EntryView, actions: RowActions) {
    this.#entry = entry;
    this.#actions = actions;
    const { explain } = actions;
    this.#show = new ActionButton("Show", {
      explain,
      onClick: () => actions.act(this.#entry.isShown ? "hide" : "show", this.#entry.key),
    });
    this.#close = new ActionButton("Close", {
      explain,
      onClick: () => actions.ask("close", this.#entry, () => this.#close.button.focus()),
    });
    this.#cancel = new ActionButton("Cancel", {
      explain,
      onClick: () => actions.ask("cancel", this.#entry, () => this.#cancel.button.focus()),
    });
    const about = h("span", { class: "qs-entry-about" }, this.#mode, this.#id);
    const buttons = [this.#show.node, this.#close.node, this.#cancel.node];
    this.node.append(
      h("th", { role: "rowheader", scope: "row", "data-column": "who" }, this.#title, about),
      cell("backend", this.#backend, this.#where),
      cell("state", this.#sign.node),
      cell("opened", this.#opened),
      cell("left", this.#left),
      cell("usage", this.#usage),
      cell("jobs", this.#jobs),
      cell("actions", h("span", { class: "qs-endings" }, ...buttons)),
    );
    this.update(entry);
  }

  update(entry: EntryView): void {
    this.#entry = entry;
    setAttribute(this.node, "data-session", entry.key);
    setAttribute(this.node, "data-shown", entry.isShown ? "true" : null);
    setText(this.#title, entry.title);
    setAttribute(this.#title, "title", entry.id ? entry.title : entry.fullId || null);
    setText(this.#mode, entry.mode);
    setText(this.#id, entry.id);
    setAttribute(this.#id, "title", entry.fullId || null);
    setText(this.#backend, entry.backend);
    setAttribute(this.#backend, "title", entry.backend);
    this.#sign.update(entry.sign);
    setText(this.#opened, entry.opened);
    setAttribute(this.#opened, "title", entry.openedInFull || null);
    setText(this.#left, entry.left);
    setAttribute(this.#left, "data-tone", entry.isShort ? "warn" : null);
    setText(this.#usage, entry.usage);
    setText(this.#jobs, entry.jobs);
    setText(this.#where, entry.where);
    this.#updateButtons(entry);
  }

  #updateButtons(entry: EntryView): void {
    const isOfSession = this.#actions.opens === "session";
    const show = isOfSession ? (entry.isShown ? "Hide" : "Show") : "Open";
    const what = isOfSession ? entry.mode : `the notebook of ${entry.mode}`;
    const text = this.#show.button.querySelector(".qs-button-text");
    if (text) setText(text, show);
    setAttribute(this.#show.button, "aria-label", `${show} ${what} ${entry.who}`);
    setAttribute(this.#show.button, "aria-expanded", isOfSession ? String(entry.isShown) : null);
    setAttribute(this.#close.button, "aria-label", `Close ${entry.mode} ${entry.who}`);
    setAttribute(this.#cancel.button, "aria-label", `Cancel ${entry.mode} ${entry.who}`);
    const { isPending } = this.#actions;
    const isShowing = isPending("show", entry.key) || isPending("hide", entry.key);
    this.#show.update({ reason: entry.whyNotOpen, isPending: isShowing });
    this.#close.update({ reason: entry.whyNotEnd, isPending: isPending("close", entry.key) });
    this.#cancel.update({ reason: entry.whyNotEnd, isPending: isPending("cancel", entry.key) });
  }
}
