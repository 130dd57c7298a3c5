import { copyText } from "../page/clipboard";
import { h, setAttribute, setText } from "../page/dom";
import type { Ending, SessionView } from "../view-model/session";
import { ActionButton } from "./action-button";
import { icon, setIcon } from "./icon";
import { NotifyButton } from "./notify-button";
import { SignView } from "./sign";

const COPIED_MS = 1500;

export interface HeaderHandlers {
  readonly ask: (ending: Ending) => void;
  readonly say: (text: string) => void;
}

/** Who the session is, how it is, and the two ways to end it. */
export class Header {
  readonly node: HTMLElement;
  readonly buttons: Readonly<Record<Ending, ActionButton>>;
  readonly #sign = new SignView("qs-pill");
  readonly #title = h("strong", { class: "qs-title" });
  readonly #subtitle = h("span", { class: "qs-subtitle" });
  readonly #id = h("code", { class: "qs-mono" });
  readonly #copyIcon = icon("copy");
  readonly #copy = h(
    "button",
    { type: "button", class: "qs-button qs-bare", "aria-label": "Copy session ID" },
    this.#copyIcon,
  );
  readonly #identity = h("span", { class: "qs-id" }, this.#id, this.#copy);
  readonly #notify: NotifyButton;
  #fullId = "";
  #copied: ReturnType<typeof setTimeout> | undefined;

  constructor({ ask, say }: HeaderHandlers, signal: AbortSignal) {
    this.buttons = {
      close_session: new ActionButton("Close session", {
        onClick: () => ask("close_session"),
        explain: say,
      }),
      cancel_session: new ActionButton("Cancel session", {
        kind: "danger",
        onClick: () => ask("cancel_session"),
        explain: say,
      }),
    };
    this.#notify = new NotifyButton(say, signal);
    signal.addEventListener("abort", () => clearTimeout(this.#copied));
    this.#copy.addEventListener("click", () => void this.#onCopy(say, signal), { signal });
    this.node = h(
      "header",
      { class: "qs-header" },
      this.#sign.node,
      h("span", { class: "qs-who" }, this.#title, this.#subtitle, this.#identity),
      this.#notify.node,
      h(
        "span",
        { class: "qs-endings" },
        this.buttons.close_session.node,
        this.buttons.cancel_session.node,
      ),
    );
  }

  update(view: SessionView): void {
    this.#sign.update(view.sign);
    setText(this.#title, view.title);
    setAttribute(this.#title, "title", view.title);
    setText(this.#subtitle, view.subtitle);
    setAttribute(this.#subtitle, "title", view.subtitle);
    this.#fullId = view.sessionId?.full ?? "";
    setText(this.#id, view.sessionId?.short ?? "no ID yet");
    setAttribute(this.#id, "title", view.sessionId?.full ?? NO_ID);
    setAttribute(this.#copy, "aria-disabled", view.sessionId ? null : "true");
    setAttribute(this.#copy, "title", view.sessionId ? "Copy session ID" : NO_ID);
    this.buttons.cancel_session.update(view.cancel);
    this.buttons.close_session.update(view.close);
  }

  async #onCopy(say: (text: string) => void, signal: AbortSignal): Promise<void> {
    if (!this.#fullId) {
      say(NO_ID);
      return;
    }
    const isCopied = await copyText(this.#fullId, this.#identity);
    if (signal.aborted) return;
    // execCommand moves the selection, and the focus with it.
    this.#copy.focus();
    say(
      isCopied ? "Session ID copied" : `This page may not copy. The session ID is ${this.#fullId}`,
    );
    if (!isCopied) return;
    setIcon(this.#copyIcon, "check");
    clearTimeout(this.#copied);
    this.#copied = setTimeout(() => setIcon(this.#copyIcon, "copy"), COPIED_MS);
  }
}

const NO_ID = "No session ID yet: the first job opens the session";
