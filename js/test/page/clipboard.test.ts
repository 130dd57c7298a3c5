import { afterEach, expect, test, vi } from "vitest";
import { copyText } from "../../src/page/clipboard";

const near = document.body;

afterEach(() => Reflect.deleteProperty(document, "execCommand"));

function withoutClipboard(execCommand: () => boolean): void {
  vi.stubGlobal("navigator", {});
  Object.defineProperty(document, "execCommand", { configurable: true, value: execCommand });
}

test("uses the clipboard", async () => {
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  expect(await copyText("id", near)).toBe(true);
  expect(writeText).toHaveBeenCalledWith("id");
});

test("falls back to a selection, and leaves no trace of it", async () => {
  let selected = "";
  withoutClipboard(() => {
    selected = document.querySelector("textarea")?.value ?? "";
    return true;
  });
  expect(await copyText("id", near)).toBe(true);
  expect(selected).toBe("id");
  expect(document.querySelector("textarea")).toBeNull();
});

test("admits that neither works", async () => {
  withoutClipboard(() => {
    throw new Error("no");
  });
  expect(await copyText("id", near)).toBe(false);
  expect(document.querySelector("textarea")).toBeNull();
});
