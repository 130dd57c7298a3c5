/** The theme of the surrounding page, found out and followed. */
export type Theme = "light" | "dark";

const DARK_QUERY = "(prefers-color-scheme: dark)";

/** What `host` stands on: asked of the page first, then measured, then the reader's preference. */
export function detectTheme(host: Element): Theme {
  const { body } = document;
  const vscode = body.dataset["vscodeThemeKind"] ?? body.className;
  if (/vscode-(?:high-contrast-)?light/.test(vscode)) return "light";
  if (/vscode-(?:dark|high-contrast)/.test(vscode)) return "dark";
  const jupyter = body.dataset["jpThemeLight"];
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const brightness = brightnessOf(getComputedStyle(host).color);
  if (brightness !== null) return brightness > 0.5 ? "dark" : "light";
  return matchMedia(DARK_QUERY).matches ? "dark" : "light";
}

/** Perceived brightness of a computed colour, 0 to 1; null if it cannot be told. */
export function brightnessOf(color: string): number | null {
  const [r, g, b, alpha = 1] = (color.match(/^rgba?\((.*)\)$/)?.[1] ?? "")
    .split(/[\s,/]+/)
    .map(Number);
  if (r === undefined || g === undefined || b === undefined || alpha === 0) return null;
  const brightness = (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  return Number.isNaN(brightness) ? null : brightness;
}

/** Keeps `data-theme` on `root` true to the page around `host`. */
export function followTheme(root: HTMLElement, host: Element, signal: AbortSignal): void {
  const update = (): void => {
    const theme = detectTheme(host);
    if (root.dataset["theme"] !== theme) root.dataset["theme"] = theme;
  };
  update();
  // Hosts may render into an element that is not in the page yet, where no colour can be measured.
  const frame = requestAnimationFrame(update);
  const observer = new MutationObserver(update);
  for (const target of [document.documentElement, document.body]) {
    observer.observe(target, {
      attributeFilter: [
        "class",
        "style",
        "data-theme",
        "data-jp-theme-light",
        "data-vscode-theme-kind",
      ],
    });
  }
  matchMedia(DARK_QUERY).addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
  });
}
