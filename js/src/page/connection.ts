import type { Connection } from "../store/session-store";
import { isExport } from "./exported";

// Some hosts say so on the model. Jupyter's does too, but anywidget's proxy hides it.
function saidByModel(model: object): Connection | null {
  const isLive: unknown = Reflect.get(model, "comm_live");
  return typeof isLive === "boolean" ? (isLive ? "live" : "dead") : null;
}

/** Whether the kernel can hear a new view; Jupyter marks the element of one that was saved. */
export function connectionOfView(model: object, host: HTMLElement): Connection {
  const isMarked = host.closest(".jupyter-widgets-disconnected") !== null;
  const found = saidByModel(model) ?? (isMarked ? "dead" : "live");
  return found === "dead" && isExport() ? "exported" : found;
}

/**
 * Whether the kernel can hear us after the host fired `comm_live_update`.
 *
 * Jupyter fires it when a comm is lost and never when one is found. It would mark the element as
 * well, had anywidget not taken the view's own listeners off the model.
 */
export function connectionAfterUpdate(model: object): Connection {
  return saidByModel(model) ?? "dead";
}
