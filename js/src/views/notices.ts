import { h, setText } from "../dom";
import type { Notice, NoticeKind } from "../view-model";
import { icon, setIcon } from "./icon";

interface Line {
  readonly line: HTMLElement;
  readonly text: HTMLElement;
  readonly svg: SVGSVGElement;
}

/** Lines about the session as a whole: ended, stale, disconnected. */
export class Notices {
  readonly node = h("div", { class: "qs-notices" });
  readonly #lines = new Map<NoticeKind, Line>();

  update(notices: readonly Notice[]): void {
    for (const [kind, { line }] of this.#lines) {
      if (notices.some((notice) => notice.kind === kind)) continue;
      line.remove();
      this.#lines.delete(kind);
    }
    notices.forEach((notice, index) => {
      const { line, text, svg } = this.#lines.get(notice.kind) ?? this.#add(notice.kind);
      setText(text, notice.text);
      setIcon(svg, notice.icon);
      const there = this.node.children[index] ?? null;
      if (there !== line) this.node.insertBefore(line, there);
    });
  }

  #add(kind: NoticeKind): Line {
    const svg = icon("info");
    const text = h("span");
    const line = h("div", { class: "qs-notice", "data-notice": kind }, svg, text);
    const parts = { line, text, svg };
    this.#lines.set(kind, parts);
    return parts;
  }
}
