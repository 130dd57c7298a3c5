/** The part of an anywidget model that every view uses, and all that a host has to offer. */
export interface WidgetModel {
  get(trait: string): unknown;
  on(event: string, callback: (value: unknown) => void): void;
  off(event: string, callback: (value: unknown) => void): void;
  send(content: object): void;
}

/** The model of a session, whose merged state is put back into it. */
export interface Model extends WidgetModel {
  set(trait: "seq" | "head" | "rows" | "view", value: unknown): void;
}

/** `model.on` until the signal aborts. */
export function listen(
  model: WidgetModel,
  event: string,
  callback: (value: unknown) => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}

/** Whether this model is a dashboard's, not a session's. */
export function isDashboard(model: WidgetModel): boolean {
  return model.get("kind") === "dashboard";
}
