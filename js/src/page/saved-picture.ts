import type { SessionStore } from "../store/session-store";
import { RequestError } from "../wire/requests";
import { isObject, isString, shaped } from "../wire/wire";

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
 * The kernel draws it, and only where the page wants it: it is larger than a change. A kernel that
 * is busy is not asked again before it has answered.
 */
export function keepPicture(store: SessionStore, view: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pictured = store.head;
  let isAsked = false;

  function tell(details: unknown): void {
    if (signal.aborted || !isObject(details) || !isPicture(details)) return;
    view.dispatchEvent(new CustomEvent(PICTURE_TAKEN, { detail: details, bubbles: true }));
  }

  async function take(): Promise<void> {
    timer = undefined;
    if (view.closest(`[${WANTED}]`) === null) return;
    pictured = store.head;
    isAsked = true;
    await store.ask("picture", tell).catch(lateAnswer);
    isAsked = false;
    takeLater();
  }

  function takeLater(): void {
    if (isAsked || signal.aborted) return;
    const isNew = store.head !== pictured && store.connection === "live";
    if (isNew) timer ??= setTimeout(take, GAP_MS);
  }

  store.subscribe(takeLater, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** Waits for what a request did not wait for. Without an answer the picture before stays. */
async function lateAnswer(error: unknown): Promise<void> {
  if (error instanceof RequestError) await error.late?.catch(() => undefined);
}
