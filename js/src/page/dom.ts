/** The few things needed to build a document and keep it up to date. */

/** An element with attributes and children; strings become text, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Sets text, leaving an unchanged node (and what is selected in it) alone. */
export function setText(node: Node, text: string): void {
  const { firstChild } = node;
  // A new text node would have to be laid out anew, which counts in a table that is scrolled.
  if (firstChild instanceof Text && !firstChild.nextSibling) {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute, or removes it for null, leaving an unchanged one alone. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Whether the focus is on `element` or inside it; in a shadow tree, the tree knows. */
export function hasFocus(element: Element): boolean {
  const root = element.getRootNode();
  const active = "activeElement" in root ? root.activeElement : null;
  return active instanceof Element && element.contains(active);
}

// Several copies of this module, one per widget, share a page.
const PREFIX = `qs-${Math.random().toString(36).slice(2, 8)}`;
let count = 0;

/** An id that no other view in the page has. */
export function uniqueId(): string {
  count += 1;
  return `${PREFIX}-${count}`;
}
