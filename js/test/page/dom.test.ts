import { afterEach, describe, expect, test, vi } from "vitest";
import { h, hasFocus, setAttribute, setText, uniqueId } from "../../src/page/dom";
import { HOSTILE } from "../fixtures";
import { changesTo } from "../view";

afterEach(() => document.body.replaceChildren());

describe("h", () => {
  test("builds an element with its attributes and children", () => {
    const node = h("p", { class: "note", title: "t" }, "one ", h("b", {}, "two"));
    expect(node.outerHTML).toBe('<p class="note" title="t">one <b>two</b></p>');
  });

  test("takes text as text, in attributes too", () => {
    const node = h("p", { title: HOSTILE }, HOSTILE);
    expect([node.textContent, node.title]).toEqual([HOSTILE, HOSTILE]);
    expect(node.childElementCount).toBe(0);
  });
});

describe("an update", () => {
  test("sets text, and leaves the same text alone", () => {
    const node = h("p", {}, "old");
    setText(node, "new");
    expect(node.textContent).toBe("new");
    expect(changesTo(node, () => setText(node, "new"))).toEqual([]);
  });

  test("sets an attribute, leaves the same value alone, and removes it for null", () => {
    const node = h("p");
    setAttribute(node, "title", "");
    expect(node.getAttribute("title")).toBe("");
    expect(changesTo(node, () => setAttribute(node, "title", ""))).toEqual([]);
    setAttribute(node, "title", null);
    expect(node.hasAttribute("title")).toBe(false);
  });
});

describe("the focus", () => {
  test("is in an element when it is on it or below it, and nowhere else", () => {
    const button = h("button");
    const [around, beside] = [h("div", {}, button), h("div")];
    document.body.append(around, beside);
    expect(hasFocus(around)).toBe(false);
    button.focus();
    expect([button, around, beside].map(hasFocus)).toEqual([true, true, false]);
  });

  test("is found inside a shadow tree, where the document sees only its host", () => {
    const host = document.body.appendChild(h("div"));
    const button = h("button");
    host.attachShadow({ mode: "open" }).append(button);
    button.focus();
    expect(hasFocus(button)).toBe(true);
  });

  test("is not in what was taken off the page", () => {
    expect(hasFocus(h("button"))).toBe(false);
  });
});

describe("a unique id", () => {
  test("differs from the one before", () => {
    expect(uniqueId()).not.toBe(uniqueId());
  });

  test("differs between copies of the module, of which each widget has one", async () => {
    vi.resetModules();
    const first = await import("../../src/page/dom");
    vi.resetModules();
    const second = await import("../../src/page/dom");
    expect(first.uniqueId()).not.toBe(second.uniqueId());
  });
});
