import { Looking } from "../dashboard/looking";
import { DashboardPanel } from "../dashboard/panel";
import { h } from "../page/dom";
import type { ServerModel } from "./server-model";
import type { ServedSessions } from "./sessions";
import { placeOf } from "./view-model";

/** The tab in the left area: a dashboard's view of all that the server knows. */
export class SessionsTab {
  readonly node = h("div", { class: "qsession-tab" });

  /** @param signal the end of the tab. */
  constructor(sessions: ServedSessions, model: ServerModel, signal: AbortSignal) {
    const waiting = h("p", { class: "qsession-tab-waiting" }, "Asking Jupyter’s server…");
    this.node.append(waiting);
    const before = new AbortController();
    const onNews = (): void => {
      if (sessions.served === null) {
        if (sessions.problem !== null) waiting.textContent = sessions.problem;
        return;
      }
      before.abort();
      const place = placeOf((key) => sessions.entry(key));
      const panel = new DashboardPanel(model, this.node, signal, place);
      this.node.replaceChildren(panel.node);
    };
    signal.addEventListener("abort", () => before.abort());
    sessions.follow(onNews, before.signal);
    new Looking(this.node, () => sessions.look(true), before.signal, false);
  }
}
