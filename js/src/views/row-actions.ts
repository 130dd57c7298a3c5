import type { SelectedJob } from "../page/selection";
import { counted } from "../view-model/format";
import type { JobHandlers, JobRow } from "./job-row";

export interface RowActionHandlers extends JobHandlers {
  /** Asks whether to cancel a job. */
  readonly askToCancel: (jobId: string) => void;
}

/** What clicks and keys on a row do to its job: open it, mark it to be compared, cancel it. */
export class RowActions {
  readonly #selected: SelectedJob;
  readonly #handlers: RowActionHandlers;

  constructor(selected: SelectedJob, handlers: RowActionHandlers) {
    this.#selected = selected;
    this.#handlers = handlers;
  }

  click({ target, ctrlKey, metaKey }: MouseEvent): void {
    const isButton = target instanceof Element && target.closest("button") !== null;
    const jobId = jobOf(target);
    if (jobId === null || isButton) return;
    if (ctrlKey || metaKey) this.#selected.mark(jobId);
    else this.#selected.select(jobId);
  }

  /** Whether the key means something on this row. */
  key(event: KeyboardEvent, view: JobRow): boolean {
    return this.#mark(event, view) || this.#act(event.key, view, event.target === view.node);
  }

  #mark({ key, ctrlKey, shiftKey, target }: KeyboardEvent, view: JobRow): boolean {
    if (key !== " " || !(ctrlKey || shiftKey) || target !== view.node) return false;
    this.#selected.mark(view.jobId);
    const { length } = this.#selected.marked;
    this.#handlers.say(`${counted(length, "job")} marked to be compared`);
    return true;
  }

  #act(key: string, view: JobRow, isOnRow: boolean): boolean {
    if (key === "ArrowRight" && isOnRow && view.cancelButton) view.cancelButton.focus();
    else if (key === "ArrowLeft" && !isOnRow) view.node.focus();
    else if ((key === "Enter" || key === " ") && isOnRow) this.#selected.select(view.jobId);
    else if (key === "Escape" && this.#selected.jobId !== null) this.#selected.select(null);
    else if (key === "Delete" && view.cancelButton) this.#askToCancel(view);
    else return false;
    return true;
  }

  #askToCancel(view: JobRow): void {
    // The button knows why it cannot act, and says so.
    if (view.cancelButton?.getAttribute("aria-disabled") === "true") view.cancelButton.click();
    else this.#handlers.askToCancel(view.jobId);
  }
}

/** The job whose row something is in; null if it is in none. */
export function jobOf(target: EventTarget | null): string | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-job-id]") : null;
  return row?.dataset["jobId"] ?? null;
}
