import { h, setAttribute, setText } from "../dom";
import { ActionButton } from "../views/action-button";
import { SignView } from "../views/sign";
import type { EntryView } from "./view-model";
import type { DashboardAction } from "./wire";

export interface RowActions {
  readonly act: (action: "show" | "hide", key: string) => void;
  /** Asks before it ends a session; `goBack` gives the focus back to the button. */
  readonly ask: (action: "close" | "cancel", entry: EntryView, goBack: () => void) => void;
  readonly isPending: (action: DashboardAction, key: string) => boolean;
  readonly explain: (reason: string) => void;
}

/** One session in the list. */
export class EntryRow {
  readonly node = h("tr", { class: "qs-entry" });
  readonly #actions: RowActions;
  readonly #title = h("span", { class: "qs-entry-name" });
  readonly #mode = h("span");
  readonly #id = h("span", { class: "qs-mono" });
  readonly #backend = h("td", { "data-column": "backend" });
  readonly #sign = new SignView("qs-entry-state");
  readonly #opened = h("td", { "data-column": "opened" });
  readonly #left = h("td", { "data-column": "left", class: "qs-number" });
  readonly #usage = h("td", { "data-column": "usage", class: "qs-number" });
  readonly #jobs = h("td", { "data-column": "jobs", class: "qs-number" });
  readonly #where = h("td", { "data-column": "where", class: "qs-dim" });
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
      kind: "danger",
      onClick: () => actions.ask("cancel", this.#entry, () => this.#cancel.button.focus()),
    });
    const about = h("span", { class: "qs-entry-about qs-dim" }, this.#mode, " · ", this.#id);
    const who = h("th", { scope: "row", "data-column": "who" }, this.#title, about);
    const buttons = h(
      "td",
      { "data-column": "actions" },
      h("span", { class: "qs-endings" }, this.#show.node, this.#close.node, this.#cancel.node),
    );
    const state = h("td", { "data-column": "state" }, this.#sign.node);
    this.node.append(
      who,
      this.#backend,
      state,
      this.#opened,
      this.#left,
      this.#usage,
      this.#jobs,
      this.#where,
      buttons,
    );
    this.update(entry);
  }

  update(entry: EntryView): void {
    this.#entry = entry;
    setAttribute(this.node, "data-session", entry.key);
    setAttribute(this.node, "data-state", entry.sign.word);
    setText(this.#title, entry.title);
    this.#title.hidden = entry.title === "";
    setAttribute(this.#title, "title", entry.title || null);
    setText(this.#mode, entry.mode);
    setText(this.#id, entry.id);
    setAttribute(this.#id, "title", entry.fullId || null);
    setText(this.#backend, entry.backend);
    this.#sign.update(entry.sign);
    setText(this.#opened, entry.opened);
    setAttribute(this.#opened, "title", entry.openedInFull || null);
    setText(this.#left, entry.left);
    setText(this.#usage, entry.usage);
    setText(this.#jobs, entry.jobs);
    setText(this.#where, entry.where);
    this.#updateButtons(entry);
  }

  #updateButtons(entry: EntryView): void {
    const show = entry.isShown ? "Hide" : "Show";
    const text = this.#show.button.querySelector(".qs-button-text");
    if (text) setText(text, show);
    setAttribute(this.#show.button, "aria-label", `${show} ${entry.mode} ${entry.who}`);
    setAttribute(this.#show.button, "aria-expanded", String(entry.isShown));
    setAttribute(this.#close.button, "aria-label", `Close ${entry.mode} ${entry.who}`);
    setAttribute(this.#cancel.button, "aria-label", `Cancel ${entry.mode} ${entry.who}`);
    const { isPending } = this.#actions;
    const isShowing = isPending("show", entry.key) || isPending("hide", entry.key);
    this.#show.update({ reason: entry.whyNotShow, isPending: isShowing });
    this.#close.update({ reason: entry.whyNotEnd, isPending: isPending("close", entry.key) });
    this.#cancel.update({ reason: entry.whyNotEnd, isPending: isPending("cancel", entry.key) });
  }
}
