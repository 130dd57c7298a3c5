import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SelectedJob } from "../../src/page/selection";
import { SessionStore } from "../../src/store/session-store";
import type { Snapshot } from "../../src/view-model/snapshot";
import { JobArea } from "../../src/views/job-area";
import type { Row } from "../../src/wire/wire";
import { FakeModel, head, NOW, queued, row, running } from "../fixtures";
import { mount, type View } from "../view";

const handlers = { cancel: vi.fn(), cancelQueued: vi.fn(), say: vi.fn() };
let controller: AbortController;
let model: FakeModel;
let store: SessionStore;
let page: View;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  for (const handler of Object.values(handlers)) handler.mockClear();
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function countsOf(rows: readonly Row[]) {
  const counts = { QUEUED: 0, RUNNING: 0, DONE: 0, CANCELLED: 0, ERROR: 0 };
  for (const { status } of rows) counts[status] += 1;
  return { counts };
}

function show(rows: readonly Row[], total = rows): void {
  model = new FakeModel({ head: head(countsOf(total)), rows });
  store = new SessionStore(model, controller.signal);
  const area = new JobArea(store, new SelectedJob(), handlers, controller.signal);
  page = mount(area.node);
  const update = (): void => {
    const snapshot: Snapshot = {
      head: store.head,
      connection: store.connection,
      problem: null,
      updatesWait: false,
      clicksWait: false,
      isPending: () => false,
      nowMs: NOW,
    };
    area.update(snapshot, "No jobs yet.");
  };
  store.subscribe((change) => {
    area.note(change);
    update();
  }, controller.signal);
  update();
}

const MIXED = [
  row("a", { name: "ansatz" }),
  row("b", { status: "ERROR" }),
  row("c"),
  row("d"),
  running("e"),
  queued("f"),
  queued("g"),
];

const search = (): HTMLInputElement => page.find("input") as HTMLInputElement;

function find(text: string): void {
  search().value = text;
  search().dispatchEvent(new Event("input"));
  vi.advanceTimersByTime(200);
}

function press(key: string, target: Element): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  return !target.dispatchEvent(event);
}

test("without jobs there is a sentence, and nothing to look for", () => {
  show([]);
  expect(page.text(".qs-empty")).toBe("No jobs yet.");
  expect([page.find(".qs-table").hidden, page.find(".qs-filters").hidden]).toEqual([true, true]);
});

test("with a few jobs there is a table; with some more, filters", () => {
  show([row("a")]);
  expect([page.find(".qs-table").hidden, page.find(".qs-filters").hidden]).toEqual([false, true]);
  model.delta(2, countsOf(MIXED), MIXED);
  expect(page.find(".qs-filters").hidden).toBe(false);
  expect(page.buttonNames.slice(0, 4)).toEqual(["Queued2", "Running1", "Done3", "Error1"]);
});

test("the filters stay once they are there", () => {
  show([queued("a"), queued("b")]);
  expect(page.find(".qs-filters").hidden).toBe(false);
  model.delta(2, countsOf([row("a"), row("b")]), [row("a"), row("b")]);
  expect(page.find(".qs-filters").hidden).toBe(false);
});

describe("filtering", () => {
  beforeEach(() => show(MIXED));

  test("by status shows such jobs, says how many, and follows them", () => {
    page.button("Error1").click();
    expect(page.jobIds).toEqual(["b"]);
    expect(page.text(".qs-jobs-note span")).toBe("1 of 7 jobs");
    expect(handlers.say).toHaveBeenLastCalledWith("1 of 7 jobs");
    model.delta(2, countsOf(MIXED), [row("e", { status: "ERROR" })]);
    expect(page.jobIds).toEqual(["e", "b"]);
  });

  test("by a search counts what it finds, by status too", () => {
    find("bell");
    expect(page.jobIds).toHaveLength(6);
    expect(page.buttonNames).toContain("Done2");
    expect(handlers.say).toHaveBeenLastCalledWith("6 of 7 jobs");
  });

  test("that finds nothing says so, and leads back to all jobs", () => {
    find("nothing like it");
    expect(page.find(".qs-empty").hidden).toBe(false);
    expect(page.text(".qs-empty")).toBe("No job matches.");
    const button = page.button("Show all jobs");
    button.focus();
    button.click();
    expect(page.jobIds).toHaveLength(7);
    expect(search().value).toBe("");
    expect(handlers.say).toHaveBeenLastCalledWith("All 7 jobs");
    expect(document.activeElement).toBe(page.row("g"));
  });

  test("is reached by a key, but not while one types", () => {
    const first = page.row("g");
    first.focus();
    expect(press("/", first)).toBe(true);
    expect(document.activeElement).toBe(search());
    expect(press("/", search())).toBe(false);
    expect(press("ArrowDown", search())).toBe(true);
    expect(document.activeElement).toBe(first);
  });
});

test("sorting is by the headings", () => {
  show(MIXED);
  page.button("Program").click();
  expect(page.jobIds[0]).toBe("a");
});

describe("cancelling all queued jobs", () => {
  beforeEach(() => show(MIXED));

  test("asks first", () => {
    page.button("Cancel all queued").click();
    expect(page.text("[role=alertdialog]")).toContain("2 queued jobs will be cancelled.");
    expect(handlers.cancelQueued).not.toHaveBeenCalled();
    page.button("Yes, cancel").click();
    expect(handlers.cancelQueued).toHaveBeenCalledTimes(1);
  });

  test("can be left, back to where one was", () => {
    page.button("Cancel all queued").click();
    page.button("Keep").click();
    expect(document.activeElement).toBe(page.button("Cancel all queued"));
    expect(handlers.cancelQueued).not.toHaveBeenCalled();
  });

  test("is asked no longer when none is queued any more", () => {
    page.button("Cancel all queued").click();
    const rows = [row("f"), row("g")];
    model.delta(2, countsOf([...MIXED.slice(0, 5), ...rows]), rows);
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
  });
});

describe("cancelling a job by key", () => {
  beforeEach(() => {
    show(MIXED);
    page.row("f").focus();
    press("Delete", page.row("f"));
  });

  test("asks first, and says which", () => {
    expect(page.text("[role=alertdialog]")).toContain("Job f (bell) will be cancelled.");
    page.button("Yes, cancel").click();
    expect(handlers.cancel).toHaveBeenCalledExactlyOnceWith("f");
    expect(document.activeElement).toBe(page.row("f"));
  });

  test("is asked no longer when the job has ended", () => {
    model.delta(2, countsOf(MIXED), [row("f")]);
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
    expect(document.activeElement).toBe(page.row("f"));
  });
});

test("older jobs that are still on their way are told, and come in where they belong", () => {
  const rows = Array.from({ length: 600 }, (_, n) => row(`job-${n}`));
  show(rows.slice(100), rows);
  expect(page.text(".qs-jobs-note span")).toBe("Loading older jobs: 500 of 600 are here");
  expect(page.buttonNames).toContain("Done600");
  model.older("job-100", rows.slice(0, 100), true);
  expect(page.find(".qs-jobs-note").hidden).toBe(true);
  expect(page.find("[role=grid]").getAttribute("aria-rowcount")).toBe("601");
});
