import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { brightnessOf, detectTheme, followTheme } from "../../src/page/theme";
import { settle } from "../fixtures";

let host: HTMLElement;
let prefersDark = false;

beforeEach(() => {
  prefersDark = false;
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: prefersDark }));
  host = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  document.body.replaceChildren();
  for (const { name } of [...document.body.attributes]) document.body.removeAttribute(name);
});

function inColor(color: string): void {
  vi.stubGlobal("getComputedStyle", () => ({ color }));
}

describe("the host is marked", () => {
  function marked(): string | undefined {
    const root = host.appendChild(document.createElement("div"));
    const ending = new AbortController();
    followTheme(root, host, ending.signal);
    ending.abort();
    return root.dataset["host"];
  }

  test("in VS Code, whose variables of JupyterLab's are always light", () => {
    document.body.dataset["vscodeThemeKind"] = "vscode-dark";
    expect(marked()).toBe("vscode");
  });

  test("where the white that it puts behind widgets is taken away", () => {
    document.body.dataset["vscodeThemeKind"] = "vscode-dark";
    const boxes = [document.createElement("div"), document.createElement("div")] as const;
    for (const box of boxes) box.className = "cell-output-ipywidget-background";
    document.body.append(boxes[0]);
    boxes[0].append(boxes[1]);
    boxes[1].append(host);
    marked();
    for (const { style } of boxes) {
      expect(style.background).toBe("transparent");
      expect(style.getPropertyPriority("background")).toBe("important");
    }
  });

  test("nowhere else", () => {
    document.body.dataset["jpThemeLight"] = "true";
    expect(marked()).toBeUndefined();
  });
});

describe("the theme is found", () => {
  test.each([
    ["vscode-dark", "dark"],
    ["vscode-light", "light"],
    ["vscode-high-contrast", "dark"],
    ["vscode-high-contrast-light", "light"],
  ])("in VS Code: %s is %s", (kind, theme) => {
    // VS Code may carry Jupyter's attribute too: its own word comes first.
    document.body.dataset["jpThemeLight"] = theme === "light" ? "false" : "true";
    document.body.dataset["vscodeThemeKind"] = kind;
    expect(detectTheme(host)).toBe(theme);
    delete document.body.dataset["vscodeThemeKind"];
    document.body.className = kind;
    expect(detectTheme(host)).toBe(theme);
  });

  test("in JupyterLab, before the colour is measured", () => {
    inColor("rgb(255, 255, 255)");
    document.body.dataset["jpThemeLight"] = "true";
    expect(detectTheme(host)).toBe("light");
    document.body.dataset["jpThemeLight"] = "false";
    expect(detectTheme(host)).toBe("dark");
  });

  test("by the brightness of the text, before the preference", () => {
    prefersDark = true;
    inColor("rgb(20, 20, 20)");
    expect(detectTheme(host)).toBe("light");
    prefersDark = false;
    inColor("rgba(230, 230, 230, 0.9)");
    expect(detectTheme(host)).toBe("dark");
  });

  test("by the brightness of a text whose colour the host mixed, as marimo does", () => {
    prefersDark = true;
    inColor("color(srgb 0.0588235 0.0901961 0.164706)");
    expect(detectTheme(host)).toBe("light");
    prefersDark = false;
    inColor("color(srgb 0.92549 0.933333 0.929412 / 0.9)");
    expect(detectTheme(host)).toBe("dark");
  });

  test("by preference where nothing else tells", () => {
    inColor("");
    expect(detectTheme(host)).toBe("light");
    prefersDark = true;
    expect(detectTheme(host)).toBe("dark");
  });
});

test.each([
  ["rgb(0, 0, 0)", 0],
  ["rgba(255, 255, 255, 0.87)", 1],
  ["color(srgb 1 1 1)", 1],
  ["color(display-p3 0 0 0 / 0.5)", 0],
  ["oklch(0.5 0.1 20)", 0.5],
  ["oklab(0.25 0 0 / 0.9)", 0.25],
  ["lab(75 1 2)", 0.75],
])("brightness of %j is %s", (color, brightness) => {
  expect(brightnessOf(color)).toBeCloseTo(brightness);
});

test.each(["rgba(0, 0, 0, 0)", "color(srgb 1 1 1 / 0)", "hwb(1 2 3)", "currentcolor", ""])(
  "brightness of %j cannot be told",
  (color) => expect(brightnessOf(color)).toBeNull(),
);

test("changes are followed until abort", async () => {
  const root = document.createElement("section");
  const controller = new AbortController();
  document.body.dataset["jpThemeLight"] = "true";
  followTheme(root, host, controller.signal);
  expect(root.dataset["theme"]).toBe("light");
  document.body.dataset["jpThemeLight"] = "false";
  await vi.waitFor(() => expect(root.dataset["theme"]).toBe("dark"));
  controller.abort();
  document.body.dataset["jpThemeLight"] = "true";
  await settle();
  expect(root.dataset["theme"]).toBe("dark");
});
