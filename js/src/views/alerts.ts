import { h, hasFocus } from "../page/dom";
import { icon } from "./icon";

/** Where an error comes from: a request of this view, or the session itself. */
type Source = "request" | "session";

/** Errors, read out at once and kept until dismissed or over. */
export class Alerts {
  // In the document before it is filled: a live region that appears with its text is often missed.
  readonly node = h("div", { class: "qs-alerts", role: "alert", tabindex: "-1" });
  readonly #shown = new Map<Source, { text: string; line: HTMLElement }>();
  #dismissed: string | null = null;

  /** Shows what went wrong with a request. */
  showRequest(text: string): void {
    this.#set("request", text);
  }

  /** Takes back an error of a request, if it is still the one on show. */
  clearRequest(text?: string): void {
    if (text === undefined || this.#shown.get("request")?.text === text) this.#set("request", null);
  }

  /** Follows the session's own error; one that was dismissed stays away until it changes. */
  updateSession(text: string | null): void {
    if (text !== this.#dismissed) this.#dismissed = null;
    this.#set("session", this.#dismissed === null ? text : null);
  }

  #set(source: Source, text: string | null): void {
    const shown = this.#shown.get(source);
    if (shown?.text === (text ?? undefined)) return;
    // The focus would fall to the page's top with the button that has it.
    if (shown && hasFocus(shown.line)) this.node.focus();
    shown?.line.remove();
    this.#shown.delete(source);
    if (text === null) return;
    const dismiss = h(
      "button",
      { type: "button", class: "qs-button qs-bare", "aria-label": "Dismiss", title: "Dismiss" },
      icon("cross"),
    );
    dismiss.addEventListener("click", () => {
      if (source === "session") this.#dismissed = text;
      this.#set(source, null);
    });
    const line = h(
      "div",
      { class: "qs-alert" },
      icon("alert"),
      h("span", { class: "qs-alert-text" }, text),
      dismiss,
    );
    this.#shown.set(source, { text, line });
    this.node.append(line);
  }
}
