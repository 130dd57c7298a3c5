import { h, setAttribute } from "../page/dom";
import {
  type NotificationState,
  notificationState,
  toggleNotifications,
} from "../page/notifications";
import { icon } from "./icon";

/** What the button says it does, by how things stand; null where there is nothing to switch. */
const TITLES: Readonly<Record<NotificationState, string | null>> = {
  unsupported: null,
  blocked: "This browser blocks notifications for this page",
  off: "Notify when a job ends and this page is out of sight",
  on: "Notifies when a job ends and this page is out of sight",
};

const NEWS: Readonly<Record<NotificationState, string>> = {
  unsupported: "",
  blocked: "This browser blocks notifications for this page. Its settings can allow them.",
  off: "No notifications",
  on: "The browser will notify you when a job ends and this page is out of sight",
};

/** Switches the browser's notifications of ended jobs on and off. */
export class NotifyButton {
  readonly node = h(
    "button",
    {
      type: "button",
      class: "qs-button qs-bare qs-notify",
      "aria-label": "Notify when a job ends",
    },
    icon("bell"),
  );

  constructor(say: (text: string) => void, signal: AbortSignal) {
    this.node.addEventListener("click", () => void this.#onClick(say, signal), { signal });
    // Not with every update of the session: asking the browser takes milliseconds.
    const update = (): void => this.update();
    for (const event of ["focus", "storage"]) window.addEventListener(event, update, { signal });
    for (const event of ["pointerenter", "focus"]) {
      this.node.addEventListener(event, update, { signal });
    }
    this.update();
  }

  /** Follows the browser's settings, and other views. */
  update(): void {
    const state = notificationState();
    setAttribute(this.node, "hidden", state === "unsupported" ? "" : null);
    setAttribute(this.node, "aria-pressed", String(state === "on"));
    setAttribute(this.node, "aria-disabled", state === "blocked" ? "true" : null);
    setAttribute(this.node, "title", TITLES[state]);
  }

  async #onClick(say: (text: string) => void, signal: AbortSignal): Promise<void> {
    const before = notificationState();
    const after = await toggleNotifications();
    if (signal.aborted) return;
    this.update();
    // A question that was waved away is no answer, and needs none.
    if (after !== before || after === "blocked") say(NEWS[after]);
  }
}
