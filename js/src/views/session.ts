import { Announcements } from "../announcements";
import { h, setAttribute } from "../dom";
import type { SessionStore } from "../model";
import { RequestError } from "../requests";
import { followTheme } from "../theme";
import { Ticker } from "../ticker";
import { describeEnding, describeSession, type Ending, type Snapshot } from "../view-model";
import { cancelKey } from "../view-model-jobs";
import type { Action } from "../wire";
import { Alerts } from "./alerts";
import { Confirmation } from "./confirmation";
import { Header } from "./header";
import { JobTable } from "./job-table";
import { Meters } from "./meters";
import { Notices } from "./notices";
import { RunPanel } from "./run-panel";
import { StatusLine } from "./status-line";

/** One view of a session: draws the store, sends what the reader asks for. */
export class SessionPanel {
  readonly node: HTMLElement;
  readonly #store: SessionStore;
  readonly #signal: AbortSignal;
  readonly #header: Header;
  readonly #confirmation: Confirmation;
  readonly #run: RunPanel;
  readonly #jobs: JobTable;
  readonly #ticker: Ticker;
  readonly #meters = new Meters();
  readonly #notices = new Notices();
  readonly #alerts = new Alerts();
  readonly #status = new StatusLine();

  constructor(store: SessionStore, host: HTMLElement, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
    const say = (text: string): void => this.#status.say(text);
    this.#header = new Header({ ask: (ending) => this.#ask(ending), say }, signal);
    this.#confirmation = new Confirmation((ending) => this.#act(ending));
    this.#run = new RunPanel((work) => this.#act("run", { ...work }), say);
    this.#jobs = new JobTable(
      { cancel: (id) => this.#act("cancel_job", { job_id: id }, cancelKey(id)), say },
      () => this.#draw(),
    );
    this.node = h(
      "section",
      { class: "qsession" },
      h(
        "div",
        { class: "qs-card" },
        this.#header.node,
        this.#confirmation.node,
        this.#alerts.node,
        this.#notices.node,
        this.#meters.node,
        this.#run.node,
        this.#jobs.node,
        this.#status.node,
      ),
    );
    suppressShortcutsForKeyboard(this.node);
    this.#ticker = new Ticker(() => this.#draw(), signal);
    const announcements = new Announcements(say, signal);
    store.subscribe((change) => {
      announcements.note(change, store.head);
      this.#draw();
    }, signal);
    followTheme(this.node, host, signal);
    this.#draw();
  }

  #draw(): void {
    const store = this.#store;
    const snapshot: Snapshot = {
      head: store.head,
      connection: store.connection,
      problem: store.problem,
      isPending: (key) => store.isPending(key),
      nowMs: store.now(),
    };
    const view = describeSession(snapshot);
    setAttribute(this.node, "aria-label", view.regionLabel);
    setAttribute(this.node, "data-state", view.state);
    setAttribute(this.node, "data-connection", view.connection);
    this.#header.update(view);
    this.#meters.update(view.meters);
    this.#run.update(view.run);
    this.#notices.update(view.notices);
    this.#alerts.updateSession(view.error);
    this.#jobs.update(store.rows, snapshot, view.emptyText);
    this.#status.update(view.hint);
    this.#updateConfirmation(snapshot);
    const phase = store.head?.idle_until_ms ?? store.head?.expires_ms ?? 0;
    this.#ticker.run(view.isCounting ? store.pageTime(phase) : null);
  }

  #ask(ending: Ending): void {
    const { button } = this.#header.buttons[ending];
    this.#confirmation.ask(ending, describeEnding(ending, this.#store.head), () => button.focus());
  }

  #updateConfirmation({ head }: Snapshot): void {
    const { asked } = this.#confirmation;
    if (!asked) return;
    // What was asked may have become impossible, or mean something else by now.
    if (this.#header.buttons[asked].blocked === null) {
      this.#confirmation.update(describeEnding(asked, head));
    } else this.#confirmation.close();
  }

  #act(
    action: Action,
    args: Readonly<Record<string, string | number | null>> = {},
    key?: string,
  ): void {
    this.#alerts.clearRequest();
    this.#store.request(action, args, key).then(
      (message) => this.#onDone(message),
      (error: unknown) => this.#onFailed(error),
    );
  }

  #onDone(message: string): void {
    if (message && !this.#signal.aborted) this.#status.say(message);
  }

  #onFailed(error: unknown): void {
    if (this.#signal.aborted) return;
    const text = error instanceof Error ? error.message : String(error);
    this.#alerts.showRequest(text);
    if (!(error instanceof RequestError)) return;
    error.late?.then(
      (message) => {
        this.#alerts.clearRequest(text);
        this.#onDone(message);
      },
      (later: unknown) => this.#onFailed(later),
    );
  }
}

/**
 * JupyterLab takes Enter and letters for the notebook when a button has the focus. Someone who came
 * to the button by keyboard means the button; someone who clicked it may well mean the notebook.
 */
function suppressShortcutsForKeyboard(node: HTMLElement): void {
  node.addEventListener("focusin", ({ target }) => {
    const byKeyboard = target instanceof Element && target.matches(":focus-visible");
    setAttribute(node, "data-lm-suppress-shortcuts", byKeyboard ? "true" : null);
  });
}
