import { listen, type WidgetModel } from "../wire/model";

/** Which pages carry the widgets' state themselves: exports, such as nbconvert's. */
const SAVED_STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

/** Whether this page is the export of a notebook, which never had a kernel. */
export function isExport(): boolean {
  return document.querySelector(SAVED_STATE) !== null;
}

/** Hides the static picture of what `model` shows, wherever on the page, until the signal aborts. */
export function hidePicture(model: WidgetModel, signal: AbortSignal): void {
  const hide = (isHidden: boolean): void => {
    const name: unknown = model.get("picture");
    if (typeof name !== "string" || name === "") return;
    for (const picture of document.getElementsByClassName(name)) {
      if (picture instanceof HTMLElement) picture.hidden = isHidden;
    }
  };
  hide(true);
  listen(model, "change:picture", () => hide(true), signal);
  signal.addEventListener("abort", () => hide(false));
}
