import type { AnyWidget } from "@anywidget/types";
import { DashboardPanel } from "./dashboard/panel";
import { connectionAfterUpdate, connectionOfView } from "./page/connection";
import { hidePicture } from "./page/exported";
import { keepPicture } from "./page/saved-picture";
import { findStore, openStore } from "./store/stores";
import { SessionPanel } from "./views/session";
import { isDashboard, listen, type Model } from "./wire/model";

interface Lifetime {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

// Hosts end a widget by a signal, by calling the returned cleanup, or by both.
function lifetime(hostSignal: AbortSignal | undefined): Lifetime {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (hostSignal?.aborted) end();
  hostSignal?.addEventListener("abort", end, { signal: controller.signal });
  return { signal: controller.signal, end };
}

function initialize({ model, signal }: { model: Model; signal?: AbortSignal }): () => void {
  const life = lifetime(signal);
  if (!life.signal.aborted && !isDashboard(model)) openStore(model, life.signal);
  return life.end;
}

interface RenderProps {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

function render({ model, el, signal }: RenderProps): () => void {
  const life = lifetime(signal);
  // Gone before it was drawn: an aborted signal would never tell the parts to stop.
  if (life.signal.aborted) return life.end;
  if (isDashboard(model)) {
    const dashboard = new DashboardPanel(model, el, life.signal);
    el.append(dashboard.node);
    hidePicture(model, life.signal);
    life.signal.addEventListener("abort", () => dashboard.node.remove());
    return life.end;
  }
  // Some hosts render without having initialized: the view then has a store of its own.
  const store = findStore(model) ?? openStore(model, life.signal);
  const connection = connectionOfView(model, el);
  if (connection !== "live") store.freezeAsSaved(connection);
  const onLive = (): void => store.setConnection(connectionAfterUpdate(model));
  listen(model, "comm_live_update", onLive, life.signal);
  const panel = new SessionPanel(store, el, life.signal);
  el.append(panel.node);
  hidePicture(model, life.signal);
  keepPicture(store, panel.node, life.signal);
  life.signal.addEventListener("abort", () => panel.node.remove());
  return life.end;
}

export default { initialize, render } satisfies AnyWidget;
