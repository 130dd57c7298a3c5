import { h, hasFocus, setAttribute, setText } from "../page/dom";
import type { Notice } from "../view-model/notices";
import { icon, setIcon } from "./icon";

interface Line {
  readonly line: HTMLElement;
  readonly text: HTMLElement;
  readonly svg: SVGSVGElement;
  readonly dismiss: HTMLButtonElement;
}

/**
 * Lines about the session as a whole: warnings, ended, stale, disconnected.
 *
 * They are read out by the status line, so that there is one voice; this is no live region.
 */
export class Notices {
  readonly node = h("div", { class: "qs-notices", tabindex: "-1" });
  readonly #lines = new Map<string, Line>();
  readonly #dismiss: (key: string) => void;

  constructor(dismiss: (key: string) => void) {
    this.#dismiss = dismiss;
  }

  update(notices: readonly Notice[]): void {
    for (const [key, { line }] of this.#lines) {
      if (notices.some((notice) => notice.key === key)) continue;
      // The focus would fall to the page's top with the button that has it.
      if (hasFocus(line)) this.node.focus();
      line.remove();
      this.#lines.delete(key);
    }
    notices.forEach((notice, index) => {
      const { line, text, svg, dismiss } = this.#lines.get(notice.key) ?? this.#add(notice);
      setAttribute(line, "data-tone", notice.tone);
      setText(text, notice.text);
      setIcon(svg, notice.icon);
      setAttribute(dismiss, "hidden", notice.isDismissable ? null : "");
      const there = this.node.children[index] ?? null;
      if (there !== line) this.node.insertBefore(line, there);
    });
  }

  #add({ kind, key }: Notice): Line {
    const svg = icon("info");
    const text = h("span", { class: "qs-notice-text" });
    const dismiss = h(
      "button",
      {
        type: "button",
        class: "qs-button qs-bare",
        "aria-label": "Dismiss notice",
        title: "Dismiss",
      },
      icon("cross"),
    );
    dismiss.addEventListener("click", () => this.#dismiss(key));
    const line = h("div", { class: "qs-notice", "data-notice": kind }, svg, text, dismiss);
    const parts = { line, text, svg, dismiss };
    this.#lines.set(key, parts);
    return parts;
  }
}
