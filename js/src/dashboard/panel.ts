import { connectionAfterUpdate, connectionOfView } from "../page/connection";
import { h, hasFocus, setAttribute, setText } from "../page/dom";
import { followTheme } from "../page/theme";
import { Ticker } from "../page/ticker";
import type { Connection } from "../store/session-store";
import { ActionButton } from "../views/action-button";
import { Alerts } from "../views/alerts";
import { Confirmation, type Question } from "../views/confirmation";
import { Outcomes } from "../views/outcome";
import { StatusLine } from "../views/status-line";
import { listen, type WidgetModel } from "../wire/model";
import { RequestError, Requests } from "../wire/requests";
import { Route } from "../wire/route";
import { isReply } from "../wire/wire";
import { COLUMNS, EntryRow } from "./entry-row";
import { Looking } from "./looking";
import {
  type DashboardView,
  describeClosingAll,
  describeDashboard,
  type EntryView,
  KERNEL,
  type Place,
} from "./view-model";
import { type DashboardAction, type Overview, readOverview } from "./wire";

type Asked = "close" | "cancel" | "close_all";

const QUESTIONS: Readonly<Record<Asked, Question>> = {
  close: { question: "Close the session?", yes: "Yes, close" },
  cancel: { question: "Cancel the session?", yes: "Yes, cancel" },
  close_all: { question: "Close all sessions?", yes: "Yes, close all" },
};

/** One view of a dashboard: draws what was seen, sends what the reader asks for. */
export class DashboardPanel {
  readonly node: HTMLElement;
  readonly #model: WidgetModel;
  readonly #signal: AbortSignal;
  readonly #place: Place;
  readonly #route: Route;
  readonly #requests: Requests<DashboardAction>;
  readonly #rows = new Map<string, EntryRow>();
  readonly #title = h("span", { class: "qs-title" });
  readonly #subtitle = h("span", { class: "qs-subtitle" });
  readonly #refresh: ActionButton;
  readonly #closeAll: ActionButton;
  readonly #confirmation: Confirmation<Asked>;
  readonly #alerts = new Alerts();
  readonly #table: HTMLTableElement;
  readonly #body = h("tbody", { role: "rowgroup" });
  readonly #empty = h("p", { class: "qs-empty-dashboard" });
  readonly #status = new StatusLine();
  readonly #outcomes: Outcomes;
  readonly #ticker: Ticker;
  #overview: Overview | null = null;
  #connection: Connection;
  #skewMs = 0;
  #asked: EntryView | null = null;

  /** @param place where it stands; outside of a kernel, the account is asked by whoever answers. */
  constructor(model: WidgetModel, host: HTMLElement, signal: AbortSignal, place: Place = KERNEL) {
    this.#model = model;
    this.#signal = signal;
    this.#place = place;
    this.#outcomes = new Outcomes(this.#alerts, this.#status, signal);
    this.#connection = connectionOfView(model, host);
    this.#route = new Route(model, () => this.#draw(), signal);
    this.#requests = new Requests(
      (content) => this.#route.send(content),
      () => this.#draw(),
      place.lateText,
    );
    const explain = (reason: string): void => this.#status.say(reason);
    this.#refresh = new ActionButton("Refresh", {
      explain,
      name: "Refresh the list",
      onClick: () => this.#act("ask"),
    });
    this.#closeAll = new ActionButton("Close all", {
      explain,
      kind: "danger",
      onClick: () => {
        const { openCount } = this.#describe();
        const goBack = (): void => this.#closeAll.button.focus();
        this.#confirmation.ask("close_all", describeClosingAll(openCount), goBack);
      },
    });
    this.#confirmation = new Confirmation(QUESTIONS, (asked) => this.#carryOut(asked));
    this.#table = h(
      "table",
      { class: "qs-entries", role: "table", "aria-label": "Sessions" },
      headings(),
      this.#body,
    );
    this.node = h(
      "section",
      { class: "qsession qs-dashboard", "aria-label": "Sessions" },
      h(
        "div",
        { class: "qs-card" },
        h(
          "header",
          { class: "qs-header" },
          h("div", { class: "qs-who" }, this.#title, this.#subtitle),
          h("div", { class: "qs-endings" }, this.#refresh.node, this.#closeAll.node),
        ),
        this.#confirmation.node,
        this.#alerts.node,
        h("div", { class: "qs-entries-scroll" }, this.#table),
        this.#empty,
        this.#status.node,
      ),
    );
    this.#ticker = new Ticker(() => this.#draw(), signal);
    this.#follow(model);
    followTheme(this.node, host, signal);
    this.#overview = readOverview(model.get("overview"));
    this.#draw();
    new Looking(this.node, (action) => this.#look(action), signal, place === KERNEL);
  }

  #follow(model: WidgetModel): void {
    listen(model, "change:overview", () => this.#read(), this.#signal);
    const onMessage = (message: unknown): void => {
      if (isReply(message)) this.#requests.settle(message);
    };
    listen(model, "msg:custom", onMessage, this.#signal);
    const onLive = (): void => {
      if (this.#connection !== "exported") this.#connection = connectionAfterUpdate(model);
      if (!this.#isLive) this.#requests.failAll();
      this.#draw();
    };
    listen(model, "comm_live_update", onLive, this.#signal);
    this.#signal.addEventListener("abort", () => {
      this.#requests.failAll(new RequestError("Gone", "The view was closed."));
    });
  }

  /** Looks without being asked to: a failure is no news, since the next look follows. */
  async #look(action: "look" | "ask"): Promise<void> {
    if (!this.#isLive) return;
    try {
      await this.#requests.request(action);
    } catch (error) {
      // A kernel that is busy carries it out in the end: asking again would only add to it.
      if (error instanceof RequestError) await error.late?.catch(() => undefined);
    }
  }

  #read(): void {
    this.#overview = readOverview(this.#model.get("overview"));
    // Of an older sight, found when the view is opened, nobody knows how old it is.
    if (this.#overview) this.#skewMs = this.#overview.now_ms - Date.now();
    this.#draw();
  }

  get #isLive(): boolean {
    return this.#connection === "live";
  }

  #describe(): DashboardView {
    const waiting = {
      updatesWait: this.#model.get("updates_wait") === true,
      clicksWait: this.#route.waits ?? this.#overview?.clicks_wait ?? false,
    };
    const nowMs = Date.now() + this.#skewMs;
    return describeDashboard(this.#overview, this.#connection, nowMs, waiting, this.#place);
  }

  #draw(): void {
    const view = this.#describe();
    setText(this.#title, view.title);
    setText(this.#subtitle, view.subtitle);
    setAttribute(this.node, "data-connection", this.#connection);
    this.#alerts.updateSession(view.problem);
    const gone = this.#isLive ? null : "The kernel is gone.";
    const isAsking = this.#requests.isPending("ask");
    this.#refresh.update({ reason: gone, isPending: isAsking });
    const none = view.openCount === 0 ? "No session is open." : null;
    const isClosing = this.#requests.isPending("close_all");
    this.#closeAll.update({ reason: gone ?? none, isPending: isClosing });
    this.#drawRows(view.entries);
    this.#updateConfirmation(view);
    this.#table.hidden = view.emptyText !== null;
    this.#empty.hidden = view.emptyText === null;
    setText(this.#empty, view.emptyText ?? "");
    this.#status.update(view.hint);
    this.#ticker.run(view.isCounting ? 0 : null);
  }

  #drawRows(entries: readonly EntryView[]): void {
    for (const [key, row] of this.#rows) {
      if (entries.some((entry) => entry.key === key)) continue;
      // The focus would fall to the page's top with the button that has it.
      if (hasFocus(row.node)) this.#refresh.button.focus();
      row.node.remove();
      this.#rows.delete(key);
    }
    const focused = this.#body.querySelector<HTMLElement>(":focus");
    entries.forEach((entry, index) => {
      const row = this.#rows.get(entry.key) ?? this.#addRow(entry);
      row.update(entry);
      const there = this.#body.children[index] ?? null;
      if (there !== row.node) this.#body.insertBefore(row.node, there);
    });
    // A row that is moved loses the focus.
    if (focused && !focused.matches(":focus")) focused.focus();
  }

  #addRow(entry: EntryView): EntryRow {
    const row = new EntryRow(entry, {
      opens: this.#place.opens,
      act: (action, key) => this.#act(action, key),
      ask: (action, asked, goBack) => this.#ask(action, asked, goBack),
      isPending: (action, key) => this.#requests.isPending(`${action} ${key}`),
      explain: (reason) => this.#status.say(reason),
    });
    this.#rows.set(entry.key, row);
    return row;
  }

  /** What was asked may have become impossible, or mean something else by now. */
  #updateConfirmation({ entries, openCount }: DashboardView): void {
    const { asked } = this.#confirmation;
    if (asked === null) return;
    if (asked === "close_all") {
      if (openCount > 0 && this.#isLive) this.#confirmation.update(describeClosingAll(openCount));
      else this.#confirmation.withdraw();
      return;
    }
    const entry = entries.find(({ key }) => key === this.#asked?.key);
    if (entry === undefined || entry.whyNotEnd !== null) this.#confirmation.withdraw();
  }

  #ask(action: "close" | "cancel", entry: EntryView, goBack: () => void): void {
    this.#asked = entry;
    const effect =
      action === "close"
        ? `${entry.who} takes no more jobs; what it has finishes.`
        : `${entry.who} takes no more jobs; queued ones are cancelled.`;
    this.#confirmation.ask(action, effect, goBack);
  }

  #carryOut(asked: Asked): void {
    if (asked === "close_all") this.#act(asked);
    else if (this.#asked) this.#act(asked, this.#asked.key);
  }

  #act(action: DashboardAction, key?: string): void {
    const [args, pendingKey] = key === undefined ? [{}, action] : [{ key }, `${action} ${key}`];
    this.#outcomes.follow(this.#requests.request(action, args, pendingKey));
  }
}

function headings(): HTMLElement {
  const cells = COLUMNS.map(([column, heading]) =>
    h(
      "th",
      { role: "columnheader", scope: "col", "data-column": column },
      // Buttons speak for themselves.
      column === "actions" ? h("span", { class: "qs-hidden" }, heading) : heading,
    ),
  );
  return h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...cells));
}
