import type { SessionStore } from "./session-store";
import { isObject, isString, shaped } from "./wire";

/** Stands on an element of the page around the view where pictures are wanted. */
export const WANTED = "data-qsession-picture";

/** Bubbles up from the view; its detail is a {@link Picture}. */
export const PICTURE_TAKEN = "qsession-picture";

/** How long after a change the picture is taken: many changes come together. */
export const GAP_MS = 1000;

/** What a notebook keeps of a session where no live view can be. */
export interface Picture {
  readonly html: string;
  readonly text: string;
}

export const isPicture = shaped({ html: isString, text: isString });

/**
 * Keeps the static picture that is saved with the notebook as new as the view.
 *
 * The kernel draws it, and only where the page wants it: it is larger than a change.
 */
export function keepPicture(store: SessionStore, view: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pictured = store.head;

  function tell(details: unknown): void {
    if (signal.aborted || !isObject(details) || !isPicture(details)) return;
    view.dispatchEvent(new CustomEvent(PICTURE_TAKEN, { detail: details, bubbles: true }));
  }

  function take(): void {
    timer = undefined;
    if (view.closest(`[${WANTED}]`) === null) return;
    pictured = store.head;
    // Without an answer the one before stays, until something changes again.
    store.request("picture", {}, "picture", tell).catch(() => undefined);
  }

  function onChange(): void {
    const isNew = store.head !== pictured && store.connection === "live";
    if (isNew) timer ??= setTimeout(take, GAP_MS);
  }

  store.subscribe(onChange, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
