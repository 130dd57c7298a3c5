/** A Run panel of its own for each test that imports this. */

import { afterEach, beforeEach, vi } from "vitest";
import { describeRun } from "../../src/view-model/run";
import type { ActionView } from "../../src/view-model/snapshot";
import { RunPanel } from "../../src/views/run-panel";
import type { Head } from "../../src/wire/wire";
import { NOW } from "../fixtures";
import { mount, type View } from "../view";

export const run = vi.fn();
export const explain = vi.fn();
export const estimate = vi.fn();
export let panel: RunPanel;
export let page: View;

beforeEach(() => {
  run.mockClear();
  explain.mockClear();
  estimate.mockClear();
  panel = new RunPanel(run, explain, estimate);
  page = mount(panel.node);
});
afterEach(() => document.body.replaceChildren());

export const last_work = { name: "bell", primitive: "sampler", shots: 512 };
export const CAN_ACT: ActionView = { reason: null, isPending: false };

export function update(sent: Head, action = CAN_ACT): void {
  panel.update({ ...describeRun(sent, NOW, () => action), action });
}
export function select(): HTMLSelectElement {
  return page.find("select") as HTMLSelectElement;
}
export function shots(): HTMLInputElement {
  return page.find(".qs-shots") as HTMLInputElement;
}
export function form(): HTMLElement {
  return page.find("form");
}
export function choose(index: number): void {
  select().selectedIndex = index;
  select().dispatchEvent(new Event("change"));
}
export function pressEnter(): void {
  form().dispatchEvent(new Event("submit", { cancelable: true }));
}
