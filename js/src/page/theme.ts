/** The theme of the surrounding page, found out and followed. */
export type Theme = "light" | "dark";

const VSCODE = /\bvscode-(?:dark|light|high-contrast)/;

/** What VS Code says of its theme, which it marks its pages with; null in any other host. */
function vscodeKind(): string | null {
  const { body } = document;
  const kind = body.dataset["vscodeThemeKind"] ?? body.className;
  return VSCODE.test(kind) ? kind : null;
}

const DARK_QUERY = "(prefers-color-scheme: dark)";

/** What `host` stands on: asked of the page first, then measured, then the reader's preference. */
export function detectTheme(host: Element): Theme {
  const vscode = vscodeKind();
  if (vscode !== null) return /vscode-(?:high-contrast-)?light/.test(vscode) ? "light" : "dark";
  const jupyter = document.body.dataset["jpThemeLight"];
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const brightness = brightnessOf(getComputedStyle(host).color);
  if (brightness !== null) return brightness > 0.5 ? "dark" : "light";
  return matchMedia(DARK_QUERY).matches ? "dark" : "light";
}

/** Perceived brightness of a computed colour, 0 to 1; null if it cannot be told. */
export function brightnessOf(color: string): number | null {
  // "rgb(0, 0, 0)", and where the host mixes or names its colours otherwise "color(srgb 0 0 0 / 1)"
  // or "oklch(0.5 0 0)".
  const [, notation = "", inside = ""] =
    color.match(/^([a-z]+)\((?:[a-z][a-z\d-]* )?(.*)\)$/) ?? [];
  const [a, b, c, alpha = 1] = inside.split(/[\s,/]+/).map(Number);
  if (a === undefined || b === undefined || c === undefined || alpha === 0) return null;
  const brightness = scaled(notation, a, 0.299 * a + 0.587 * b + 0.114 * c);
  return brightness === null || Number.isNaN(brightness) ? null : brightness;
}

function scaled(notation: string, lightness: number, ofRgb: number): number | null {
  if (/^rgba?$/.test(notation)) return ofRgb / 255;
  if (notation === "color") return ofRgb;
  if (/^ok(?:lab|lch)$/.test(notation)) return lightness;
  return /^l(?:ab|ch)$/.test(notation) ? lightness / 100 : null;
}

/** In every theme VS Code puts widgets on white, and insists on it: a frame around what is dark. */
function takeWhiteAway(host: Element): void {
  const white = ".cell-output-ipywidget-background";
  let box = host.closest<HTMLElement>(white);
  while (box !== null) {
    box.style.setProperty("background", "transparent", "important");
    box = box.parentElement?.closest<HTMLElement>(white) ?? null;
  }
}

/**
 * Keeps `data-theme` on `root` true to the page around `host`, and marks it in VS Code, whose own
 * colours are to be taken.
 */
export function followTheme(root: HTMLElement, host: Element, signal: AbortSignal): void {
  const update = (): void => {
    const theme = detectTheme(host);
    if (root.dataset["theme"] !== theme) root.dataset["theme"] = theme;
    if (vscodeKind() === null) return;
    root.dataset["host"] = "vscode";
    takeWhiteAway(host);
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
