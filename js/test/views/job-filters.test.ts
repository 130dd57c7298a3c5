import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FilterView, JobFilters } from "../../src/views/job-filters";
import type { Status } from "../../src/wire/wire";
import { mount, type View } from "../view";

const handlers = {
  setStatuses: vi.fn<(statuses: ReadonlySet<Status>) => void>(),
  setQuery: vi.fn<(query: string) => void>(),
  cancelQueued: vi.fn(),
  goToJobs: vi.fn(),
  say: vi.fn(),
};
let controller: AbortController;
let filters: JobFilters;
let page: View;

beforeEach(() => {
  vi.useFakeTimers();
  for (const handler of Object.values(handlers)) handler.mockClear();
  controller = new AbortController();
  filters = new JobFilters(handlers, controller.signal);
  page = mount(filters.node);
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

const COUNTS: Partial<Record<Status, number>> = { DONE: 1200, QUEUED: 3 };

function update(changes: Partial<FilterView> = {}): void {
  const count = (status: Status): number => COUNTS[status] ?? 0;
  filters.update({ statuses: new Set(), count, cancelQueued: null, ...changes });
}

const search = (): HTMLInputElement => page.find("input") as HTMLInputElement;

function type(text: string): void {
  search().value = text;
  search().dispatchEvent(new Event("input"));
}

const press = (key: string): boolean =>
  search().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

describe("a button for each status", () => {
  test("is there if there are such jobs, with their number", () => {
    update();
    expect(page.buttonNames.slice(0, 2)).toEqual(["Queued3", `Done${(1200).toLocaleString()}`]);
  });

  test("adds its status to those on show, and takes it away", () => {
    update({ statuses: new Set(["DONE"]) });
    page.button("Queued3").click();
    expect(handlers.setStatuses).toHaveBeenLastCalledWith(new Set(["DONE", "QUEUED"]));
    page.button(`Done${(1200).toLocaleString()}`).click();
    expect(handlers.setStatuses).toHaveBeenLastCalledWith(new Set());
  });

  test("says whether it is pressed, and stays while it is", () => {
    update({ statuses: new Set(["ERROR"]) });
    expect(page.button("Error0").getAttribute("aria-pressed")).toBe("true");
    expect(page.button("Queued3").getAttribute("aria-pressed")).toBe("false");
    update();
    expect(page.buttonNames).not.toContain("Error0");
  });
});

describe("the search", () => {
  test("is asked for once the typing pauses", () => {
    type("be");
    vi.advanceTimersByTime(100);
    type("bell");
    expect(handlers.setQuery).not.toHaveBeenCalled();
    vi.advanceTimersByTime(120);
    expect(handlers.setQuery).toHaveBeenCalledExactlyOnceWith("bell");
  });

  test("is left for the jobs by Enter or down", () => {
    expect([press("Enter"), press("ArrowDown"), press("a")]).toEqual([false, false, true]);
    expect(handlers.goToJobs).toHaveBeenCalledTimes(2);
  });

  test("is emptied by Escape, once", () => {
    type("bell");
    expect(press("Escape")).toBe(false);
    expect([search().value, handlers.setQuery.mock.lastCall]).toEqual(["", [""]]);
    expect(press("Escape")).toBe(true);
  });

  test("asks for nothing after its end", () => {
    type("bell");
    controller.abort();
    vi.runAllTimers();
    expect(handlers.setQuery).not.toHaveBeenCalled();
  });
});

test("Cancel all queued is there when there are several, and says why it cannot act", () => {
  update();
  expect(page.find(".qs-action").hidden).toBe(true);
  update({ cancelQueued: { reason: null, isPending: false } });
  page.button("Cancel all queued").click();
  expect(handlers.cancelQueued).toHaveBeenCalledTimes(1);
  update({ cancelQueued: { reason: "No connection", isPending: false } });
  page.button("Cancel all queued").click();
  expect(handlers.say).toHaveBeenCalledExactlyOnceWith("No connection");
  expect(handlers.cancelQueued).toHaveBeenCalledTimes(1);
});

test("clearing shows all jobs", () => {
  type("bell");
  filters.clear();
  vi.runAllTimers();
  expect(handlers.setQuery.mock.calls).toEqual([[""]]);
  expect(handlers.setStatuses).toHaveBeenCalledExactlyOnceWith(new Set());
});
