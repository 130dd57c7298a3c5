import { expect, test } from "vitest";
import { STATE_SIGNS, STATUS_SIGNS } from "../../src/view-model/words";
import { icon, setIcon } from "../../src/views/icon";
import { changesTo } from "../view";

const pathOf = (svg: SVGSVGElement) => svg.querySelector("path");

test("an icon only repeats a word: screen readers do not see it", () => {
  expect(icon("ring").getAttribute("aria-hidden")).toBe("true");
});

test.each([STATE_SIGNS, STATUS_SIGNS])(
  "the drawings of states differ as their names do",
  (signs) => {
    const names = new Set(Object.values(signs).map((sign) => sign.icon));
    const drawings = [...names].map((name) => pathOf(icon(name))?.getAttribute("d"));
    for (const drawing of drawings) expect(drawing).toMatch(/^M\d/);
    expect(new Set(drawings).size).toBe(names.size);
  },
);

test("an icon turns into another in place", () => {
  const svg = icon("copy");
  const path = pathOf(svg);
  setIcon(svg, "check");
  expect(svg.dataset["icon"]).toBe("check");
  expect(pathOf(svg)).toBe(path);
  expect(svg.outerHTML).toBe(icon("check").outerHTML);
});

test("an icon that stays the same is left alone", () => {
  const svg = icon("copy");
  expect(changesTo(svg, () => setIcon(svg, "copy"))).toEqual([]);
});

test("some are filled, and are not any more once they are another", () => {
  const svg = icon("play");
  expect(pathOf(svg)?.getAttribute("fill")).toBe("currentColor");
  setIcon(svg, "cross");
  expect(pathOf(svg)?.hasAttribute("fill")).toBe(false);
});
