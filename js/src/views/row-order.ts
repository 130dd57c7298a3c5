import { hasFocus } from "../page/dom";

/** Puts elements into their parent in order, without touching the one that has the focus. */
export function putInOrder(parent: Element, nodes: readonly Element[]): void {
  const anchor = nodes.findIndex(hasFocus);
  let next: Element | null = nodes[anchor] ?? null;
  for (const node of nodes.slice(0, Math.max(anchor, 0)).reverse()) {
    if (node.nextElementSibling !== next || !node.parentNode) parent.insertBefore(node, next);
    next = node;
  }
  let before: Element | null = nodes[anchor] ?? null;
  for (const node of nodes.slice(anchor + 1)) {
    const place: Element | null = before ? before.nextElementSibling : parent.firstElementChild;
    if (place !== node) parent.insertBefore(node, place);
    before = node;
  }
}
