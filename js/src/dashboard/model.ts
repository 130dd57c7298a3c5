/** The part of an anywidget model that a dashboard uses. */
export interface DashboardModel {
  get(trait: string): unknown;
  on(event: string, callback: (value: unknown) => void): void;
  off(event: string, callback: (value: unknown) => void): void;
  send(content: object): void;
}

/** Listens until the signal aborts. */
export function listenTo(
  model: DashboardModel,
  event: string,
  callback: (value: unknown) => void,
  signal: AbortSignal,
): void {
  model.on(event, callback);
  signal.addEventListener("abort", () => model.off(event, callback));
}

/** Whether this model is a dashboard's, not a session's. */
export function isDashboard(model: { get(trait: string): unknown }): boolean {
  return model.get("kind") === "dashboard";
}
