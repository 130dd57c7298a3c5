/**
 * Notifications of the browser, for readers who have gone to another window while jobs run.
 *
 * They are asked for by a click and for no other reason, the answer holds for this browser, and
 * nothing is shown while the page itself is in view.
 */

/** "unsupported" where there are none, as in some embedded pages; "blocked" by the reader's browser. */
export type NotificationState = "unsupported" | "blocked" | "off" | "on";

const KEY = "qsession:notify";

/** Whether the browser notifies of ended jobs. */
export function notificationState(): NotificationState {
  if (typeof Notification === "undefined") return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && isWanted() ? "on" : "off";
}

/** Switches notifications on or off, asking the reader if need be; must come from a click. */
export async function toggleNotifications(): Promise<NotificationState> {
  const state = notificationState();
  if (state === "on") want(false);
  else if (state === "off" && (await ask()) === "granted") want(true);
  return notificationState();
}

/**
 * Shows a notification if the reader wants it and does not see the page.
 *
 * @param tag a later one with the same tag takes the place of an earlier one: two pages that show
 *   the same session say the same thing.
 */
export function notifyAway(title: string, body: string, tag: string): void {
  if (!document.hidden || notificationState() !== "on") return;
  try {
    const notification = new Notification(title, { body, tag });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Some mobile browsers have the class and do not let pages use it.
  }
}

async function ask(): Promise<NotificationPermission> {
  if (Notification.permission !== "default") return Notification.permission;
  try {
    return await Notification.requestPermission();
  } catch {
    return "denied";
  }
}

// Storage may be forbidden, as it is in some embedded pages: then the answer holds for this page.
let wantedHere = false;

function isWanted(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return wantedHere;
  }
}

function want(isOn: boolean): void {
  wantedHere = isOn;
  try {
    if (isOn) localStorage.setItem(KEY, "on");
    else localStorage.removeItem(KEY);
  } catch {
    // See above.
  }
}
