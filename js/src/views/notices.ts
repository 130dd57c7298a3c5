import { h, setText } from "../dom";
import type { Notice, NoticeKind } from "../view-model";
import { icon, setIcon } from "./icon";

/** Lines about the session as a whole: ended, stale, disconnected. */
export class Notices {
  readonly node = h("div", { class: "qs-notices" });
  readonly #lines = new Map<
    NoticeKind,
    { line: HTMLElement; text: HTMLElement; svg: SVGSVGElement }
  >();

  update(notices: readonly Notice[]): void {
    for (const [kind, { line }] of this.#lines) {
      if (notices.some((notice) => notice.kind === kind)) continue;
      line.remove();
      this.#lines.delete(kind);
    }
    for (const notice of notices) {
      const { text, svg } = this.#lines.get(notice.kind) ?? this.#add(notice.kind);
      setText(text, notice.text);
      setIcon(svg, notice.icon);
    }
  }

  #add(kind: NoticeKind): { text: HTMLElement; svg: SVGSVGElement } {
    const svg = icon("info");
    const text = h("span");
    const line = h("div", { class: "qs-notice", "data-notice": kind }, svg, text);
    this.node.append(line);
    this.#lines.set(kind, { line, text, svg });
    return { text, svg };
  }
}
