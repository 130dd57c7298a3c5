import { h, setAttribute, setText } from "../page/dom";
import type { Fact } from "../view-model/details";

/** Facts, each a term with its value; what stays the same is left alone. */
export class FactList {
  readonly node = h("dl", { class: "qs-facts" });

  update(facts: readonly Fact[]): void {
    const { children } = this.node;
    const isSame =
      children.length === facts.length &&
      facts.every(({ label }, index) => children[index]?.firstChild?.textContent === label);
    if (!isSame) {
      this.node.replaceChildren(
        ...facts.map(({ label }) => h("div", {}, h("dt", {}, label), h("dd"))),
      );
    }
    facts.forEach(({ text, title }, index) => {
      const value = children[index]?.lastElementChild;
      if (!value) return;
      setText(value, text);
      setAttribute(value, "title", title ?? null);
    });
  }
}
