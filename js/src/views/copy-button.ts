import { copyText } from "../page/clipboard";
import { h, setAttribute } from "../page/dom";
import { icon, setIcon } from "./icon";

const COPIED_MS = 1500;

/** A button that copies a line of code and says so. */
export function copyButton(
  text: string,
  say: (news: string) => void,
  signal: AbortSignal,
): HTMLElement {
  const svg = icon("copy");
  const button = h("button", { type: "button", class: "qs-button qs-bare" }, svg);
  setAttribute(button, "aria-label", `Copy ${text}`);
  setAttribute(button, "title", "Copy");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text, button);
    if (signal.aborted) return;
    // execCommand moves the selection, and the focus with it.
    button.focus();
    say(isCopied ? "Copied" : "This page may not copy: select the line instead.");
    if (!isCopied) return;
    setIcon(svg, "check");
    clearTimeout(timer);
    timer = setTimeout(() => setIcon(svg, "copy"), COPIED_MS);
  };
  button.addEventListener("click", () => void copy(), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  return button;
}
