import { setAttribute } from "../page/dom";
import type { IconName } from "../view-model/words";

const SVG = "http://www.w3.org/2000/svg";

// Drawn on a 16 by 16 grid with the stroke of the text around them.
const PATHS: Readonly<Record<IconName, string>> = {
  ring: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11",
  clock: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M8 4.8V8l2.2 1.6",
  dot: "M8 5.4a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 0 1 0-5.2zM8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12",
  pause: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M6.6 5.8v4.4M9.4 5.8v4.4",
  drain: "M3 2.5h10M8 5v6M5.4 8.6L8 11.2l2.6-2.6M3 13.5h10",
  check: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M5.3 8.2l1.9 1.9l3.6-4",
  slash: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M3.9 3.9l8.2 8.2",
  hourglass: "M4 2h8M4 14h8M5 2v2.4L8 8l3-3.6V2M5 14v-2.4L8 8l3 3.6V14",
  half: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M8 2v12a6 6 0 0 0 0-12z",
  alert: "M8 2.2L14.4 13.4H1.6zM8 6.4v3.2M8 11.4v.2",
  info: "M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12M8 7.4v3.4M8 5v.2",
  unplugged: "M2 14l3-3M6.2 4.8l5 5l-1.4 1.4a3.5 3.5 0 0 1-5-5zM11 5l3-3M8.5 2.5L7 4M13.5 7.5L12 9",
  copy: "M6 5.5h7v8H6zM10 5.5v-3H3v8h3",
  play: "M5 3.2v9.6L12.6 8z",
  cross: "M4 4l8 8M12 4l-8 8",
  down: "M4 6l4 4l4-4",
  bell: "M8 2.2a4 4 0 0 1 4 4c0 3 .9 4.3 1.7 5.2H2.3C3.1 10.5 4 9.2 4 6.2a4 4 0 0 1 4-4zM6.5 13.6h3",
};

/** Shapes that are filled as well as drawn. */
const SOLID: ReadonlySet<IconName> = new Set(["play", "half"]);

/** A drawing that only repeats a word beside it: hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "qs-icon");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  setIcon(svg, name);
  return svg;
}

/** Turns an icon into another in place. */
export function setIcon(svg: SVGSVGElement, name: IconName): void {
  if (svg.dataset["icon"] === name) return;
  svg.dataset["icon"] = name;
  const path = svg.firstElementChild;
  if (!path) return;
  setAttribute(path, "d", PATHS[name]);
  // Even-odd, so that of two shapes over each other the common part stays empty.
  setAttribute(path, "fill-rule", "evenodd");
  setAttribute(path, "fill", SOLID.has(name) ? "currentColor" : null);
}
