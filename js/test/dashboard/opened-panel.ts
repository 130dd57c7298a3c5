/** A dashboard for each test that imports this, opened by `open`, with its clock and its scrolling. */

import { afterEach, beforeEach, vi } from "vitest";
import widget from "../../src/index";
import { NOW } from "../fixtures";
import { FakeDashboard } from "./fixtures";

export let end: () => void = () => undefined;
export let host: HTMLElement;

/** Scrolls the view in or out. */
export let scroll: (isIntersecting: boolean) => void = () => undefined;

export let isObserved = false;

export class FakeObserver {
  constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
    scroll = (isIntersecting) => callback([{ isIntersecting }]);
  }
  observe(): void {
    isObserved = true;
  }
  disconnect(): void {
    isObserved = false;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.stubGlobal("IntersectionObserver", FakeObserver);
});
afterEach(() => {
  end();
  host.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

export function open(shown: unknown): FakeDashboard {
  const model = new FakeDashboard(shown);
  host = document.body.appendChild(document.createElement("div"));
  const endModel = widget.initialize({ model });
  const endView = widget.render({ model, el: host });
  end = () => {
    endView();
    endModel();
  };
  return model;
}

export function button(name: string): HTMLElement {
  const all = [...host.querySelectorAll<HTMLElement>("button")];
  const found = all.find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name,
  );
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
}

export const rows = (): string[] =>
  [...host.querySelectorAll("[data-session]")].map((each) => each.textContent ?? "");

export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
