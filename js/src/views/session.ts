import { Announcements } from "../page/announcements";
import { h, setAttribute } from "../page/dom";
import { notifyAway } from "../page/notifications";
import { SelectedJob } from "../page/selection";
import { followTheme } from "../page/theme";
import { Throttle } from "../page/throttle";
import { Ticker } from "../page/ticker";
import { Estimates } from "../store/estimates";
import type { SessionStore } from "../store/session-store";
import { describeEstimate } from "../view-model/estimate";
import { cancelKey } from "../view-model/jobs";
import { historyOf, type NoticeHistory } from "../view-model/notice-history";
import type { Notice } from "../view-model/notices";
import { againKey } from "../view-model/run";
import {
  describeEnding,
  describeSession,
  type Ending,
  type SessionView,
} from "../view-model/session";
import type { Snapshot } from "../view-model/snapshot";
import type { RequestArguments } from "../wire/requests";
import type { Action } from "../wire/wire";
import { Alerts } from "./alerts";
import { Confirmation, ENDING_QUESTIONS } from "./confirmation";
import { DevicePanel } from "./device";
import { Header } from "./header";
import { JobArea } from "./job-area";
import { Meters } from "./meters";
import { Notices } from "./notices";
import { Outcomes } from "./outcome";
import { RunPanel, type Work } from "./run-panel";
import { Side } from "./side";
import { StatusLine } from "./status-line";
import { Timeline } from "./timeline";

/** One view of a session: draws the store, sends what the reader asks for. */
export class SessionPanel {
  readonly node: HTMLElement;
  readonly #store: SessionStore;
  readonly #selected = new SelectedJob();
  readonly #header: Header;
  readonly #confirmation: Confirmation<Ending>;
  readonly #run: RunPanel;
  readonly #jobs: JobArea;
  readonly #timeline: Timeline;
  readonly #side: Side;
  readonly #body: HTMLElement;
  readonly #device: DevicePanel;
  readonly #charts: Throttle;
  readonly #ticker: Ticker;
  readonly #meters = new Meters();
  readonly #history: NoticeHistory;
  readonly #announcements: Announcements;
  readonly #notices = new Notices((key) => this.#history.dismiss(key));
  readonly #alerts = new Alerts();
  readonly #status = new StatusLine();
  readonly #outcomes: Outcomes;
  readonly #estimates: Estimates;
  #wantsQuota = true;
  #isTrendOld = true;

  constructor(store: SessionStore, host: HTMLElement, signal: AbortSignal) {
    this.#store = store;
    this.#outcomes = new Outcomes(this.#alerts, this.#status, signal);
    const say = (text: string, unseen?: string): void => this.#status.say(text, unseen);
    this.#header = new Header({ ask: (ending) => this.#ask(ending), say }, signal);
    this.#confirmation = new Confirmation(ENDING_QUESTIONS, (ending) => this.#act(ending));
    const run = (work: Work): void => this.#runWork(work);
    this.#run = new RunPanel(run, say, (work) => this.#expect(work));
    this.#estimates = new Estimates(
      store,
      (estimate) => {
        const price = store.head?.price ?? null;
        this.#run.showEstimate(estimate && describeEstimate(estimate, price));
      },
      signal,
    );
    const select = (jobId: string): void => this.#selected.select(jobId);
    this.#timeline = new Timeline(select);
    this.#side = new Side(
      store,
      this.#selected,
      {
        runAgain: ({ job_id }) => this.#run.run({ program: null, job_id }, run),
        say,
        focusJobs: () => this.#jobs.focus(),
        redraw: () => this.#draw(),
      },
      signal,
    );
    this.#charts = new Throttle(
      () => this.#drawCharts(),
      () => chartsGap(store),
      signal,
    );
    this.#jobs = new JobArea(
      store,
      this.#selected,
      {
        cancel: (id) => this.#act("cancel_job", { job_id: id }, cancelKey(id)),
        cancelQueued: () => this.#act("cancel_queued"),
        say,
      },
      signal,
    );
    this.#device = new DevicePanel(store, this.#selected, say, signal);
    this.#body = h("div", { class: "qs-body" }, this.#jobs.node, this.#side.node);
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
        this.#timeline.node,
        this.#run.node,
        this.#body,
        this.#device.node,
        this.#status.node,
      ),
    );
    suppressShortcutsForKeyboard(this.node);
    this.#ticker = new Ticker(() => this.#draw(), signal);
    this.#announcements = new Announcements(store, { say, ended: notifyEnded(store) }, signal);
    this.#history = historyOf(store);
    this.#history.subscribe(() => this.#draw(), signal);
    store.subscribe((change) => {
      this.#announcements.note(change, store.head);
      this.#jobs.note(change);
      this.#isTrendOld ||= change.isReset || change.jobs.length > 0;
      this.#draw();
    }, signal);
    followTheme(this.node, host, signal);
    this.#draw();
    store.fetchAll();
  }

  #draw(): void {
    const store = this.#store;
    const snapshot: Snapshot = {
      head: store.head,
      connection: store.connection,
      problem: store.problem,
      updatesWait: store.updatesWait,
      clicksWait: store.clicksWait,
      isPending: (key) => store.isPending(key),
      nowMs: store.now(),
    };
    const view = describeSession(snapshot);
    setAttribute(this.node, "aria-label", view.regionLabel);
    setAttribute(this.node, "data-state", view.state);
    setAttribute(this.node, "data-connection", view.connection);
    this.#header.update(view);
    this.#meters.update(view.meters);
    this.#drawNotices(view.notices);
    this.#alerts.updateSession(view.error);
    this.#drawWork(snapshot, view);
    this.#status.update(view.hint);
    this.#updateConfirmation(snapshot);
    const phase = store.head?.idle_until_ms ?? store.head?.expires_ms ?? 0;
    this.#ticker.run(view.isCounting ? store.pageTime(phase) : null);
  }

  /** Draws what a compact view leaves out. */
  #drawWork(snapshot: Snapshot, view: SessionView): void {
    const { isCompact } = this.#store;
    setAttribute(this.node, "data-view", isCompact ? "compact" : "full");
    this.#run.node.hidden = isCompact;
    this.#body.hidden = isCompact;
    this.#device.node.hidden = isCompact;
    if (isCompact) this.#timeline.node.hidden = true;
    if (isCompact) return;
    this.#run.update(view.run);
    this.#jobs.update(snapshot, view.emptyText);
    const { jobId } = this.#selected;
    this.#side.update(jobId === null ? null : this.#store.job(jobId), snapshot);
    this.#device.update(snapshot);
    this.#charts.ask();
  }

  #drawCharts(): void {
    if (this.#store.isCompact) return;
    this.#timeline.update(this.#store.rows, this.#store.head, this.#store.now());
    if (this.#isTrendOld) this.#side.updateTrend(this.#store.rows);
    this.#isTrendOld = false;
  }

  #drawNotices(notices: readonly Notice[]): void {
    const shown = this.#history.shown(notices);
    this.#notices.update(shown);
    if (this.#announcements.isSpeaker) this.#announcements.warn(this.#history.takeNews(shown));
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
    } else this.#confirmation.withdraw();
  }

  /** Has what work would use be estimated, and what is left for it be known. */
  #expect(work: Work | null): void {
    const { head, connection } = this.#store;
    if (head === null || connection !== "live") return;
    // The answer changes with what is left, and with the circuits that were transpiled meanwhile.
    const { quota, counts, programs } = head;
    const left = quota?.remaining_s ?? null;
    this.#estimates.want(work && { ...work }, JSON.stringify([left, counts.QUEUED, programs]));
    if (work === null || quota !== null || !this.#wantsQuota) return;
    this.#wantsQuota = false;
    // Without it there is one line less.
    this.#store.request("quota").catch(() => undefined);
  }

  #runWork(work: Work): void {
    this.#act("run", { ...work }, work.job_id === undefined ? "run" : againKey(work.job_id));
  }

  #act(action: Action, args: RequestArguments = {}, key?: string): void {
    this.#outcomes.follow(this.#store.request(action, args, key));
  }
}

/** How long charts stay as they are, in milliseconds: drawing them walks through all jobs. */
function chartsGap(store: SessionStore): number {
  return store.rows.length > 1000 ? 1000 : 100;
}

/** Tells readers who have gone to another window that jobs, or the session, have ended. */
function notifyEnded(store: SessionStore): (text: string) => void {
  return (text) => {
    const { name, backend, session_id: id } = store.head ?? { name: null, backend: "" };
    notifyAway(text, [name, backend].filter(Boolean).join(" on "), `qsession:${id ?? ""}`);
  };
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
