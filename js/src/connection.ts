import type { Connection, Model } from "./model";

/**
 * Whether the kernel can hear this view.
 *
 * Some hosts say so on the model. Jupyter's does too, but anywidget's proxy hides it; there the
 * view's element carries a class while the comm is closed (also in a saved notebook).
 */
export function readConnection(model: Model, host: HTMLElement): Connection {
  const isLive: unknown = Reflect.get(model, "comm_live");
  if (typeof isLive === "boolean") return isLive ? "live" : "dead";
  return host.closest(".jupyter-widgets-disconnected") ? "dead" : "live";
}
