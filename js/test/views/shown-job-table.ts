/** A job table of its own for each test that imports this, and what it has asked, said and cancelled. */

import { afterEach, beforeEach, vi } from "vitest";
import { SelectedJob } from "../../src/page/selection";
import { JobIndex } from "../../src/store/job-index";
import { JobList } from "../../src/store/job-list";
import { ROW_HEIGHT } from "../../src/view-model/row-window";
import { JobTable } from "../../src/views/job-table";
import type { Head, Row } from "../../src/wire/wire";
import { NOW, row, snapshot } from "../fixtures";
import { mount, type View } from "../view";

export let cancelled: string[];
export let asked: string[];
export let said: string[];
export let list: JobList;
export let index: JobIndex;
export let selected: SelectedJob;
export let table: JobTable;
export let page: View;
export let controller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  [cancelled, asked, said] = [[], [], []];
  controller = new AbortController();
  list = new JobList();
  index = new JobIndex(list);
  selected = new SelectedJob();
  const handlers = {
    cancel: (id: string) => void cancelled.push(id),
    askToCancel: (id: string) => void asked.push(id),
    say: (text: string) => void said.push(text),
  };
  table = new JobTable(index, selected, handlers, () => update(), controller.signal);
  page = mount(table.node);
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

export function update(nowMs = NOW, changes: Partial<Head> = {}): void {
  table.update(snapshot(changes, { nowMs }));
}

/** All jobs, told anew. */
export function show(rows: readonly Row[]): void {
  table.keepInPlace(() => {
    list.putNewest(rows, { areAll: true });
    index.reset();
  });
  update();
}

/** Some jobs, new or changed. */
export function change(...rows: readonly Row[]): void {
  table.keepInPlace(() => {
    for (const row of rows) list.put(row);
    index.apply(rows);
  });
  update();
}

export const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(`job-${index}`));

export function scrollTo(rows: number): void {
  table.node.scrollTop = rows * ROW_HEIGHT;
  table.node.dispatchEvent(new Event("scroll"));
}

export function press(key: string, more: KeyboardEventInit = {}): boolean {
  const { activeElement } = document;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  return !(activeElement ?? document.body).dispatchEvent(event);
}

export const focused = (): string | undefined =>
  (document.activeElement as HTMLElement | null)?.dataset["jobId"];
export const top = (id: string): number =>
  Number(page.row(id).style.transform.match(/\d+/)?.[0] ?? "-1") / ROW_HEIGHT;
