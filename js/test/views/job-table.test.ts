import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SelectedJob } from "../../src/page/selection";
import { JobIndex } from "../../src/store/job-index";
import { JobList } from "../../src/store/job-list";
import { ROW_HEIGHT } from "../../src/view-model/row-window";
import { JobTable } from "../../src/views/job-table";
import type { Head, Row } from "../../src/wire/wire";
import { NOW, queued, row, running, snapshot } from "../fixtures";
import { changesTo, mount, type View } from "../view";

let cancelled: string[];
let asked: string[];
let said: string[];
let list: JobList;
let index: JobIndex;
let selected: SelectedJob;
let table: JobTable;
let page: View;
let controller: AbortController;

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

function update(nowMs = NOW, changes: Partial<Head> = {}): void {
  table.update(snapshot(changes, { nowMs }));
}

/** All jobs, told anew. */
function show(rows: readonly Row[]): void {
  table.keepInPlace(() => {
    list.putNewest(rows, { areAll: true });
    index.reset();
  });
  update();
}

/** Some jobs, new or changed. */
function change(...rows: readonly Row[]): void {
  table.keepInPlace(() => {
    for (const row of rows) list.put(row);
    index.apply(rows);
  });
  update();
}

const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(`job-${index}`));

function scrollTo(rows: number): void {
  table.node.scrollTop = rows * ROW_HEIGHT;
  table.node.dispatchEvent(new Event("scroll"));
}

function press(key: string, more: KeyboardEventInit = {}): boolean {
  const { activeElement } = document;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  return !(activeElement ?? document.body).dispatchEvent(event);
}

const focused = (): string | undefined =>
  (document.activeElement as HTMLElement | null)?.dataset["jobId"];
const top = (id: string): number =>
  Number(page.row(id).style.transform.match(/\d+/)?.[0] ?? "-1") / ROW_HEIGHT;

test("the newest job is first", () => {
  show([row("a"), row("b", { status: "ERROR" }), queued("c")]);
  expect(page.jobIds).toEqual(["c", "b", "a"]);
  expect(page.texts(".qs-status")).toEqual(["Queued", "Error", "Done"]);
  expect([top("c"), top("b"), top("a")]).toEqual([0, 1, 2]);
});

test("it is a grid that tells how many rows it has", () => {
  show(many(5000));
  const grid = page.find("[role=grid]");
  expect(grid.getAttribute("aria-label")).toBe("Jobs");
  expect(grid.getAttribute("aria-rowcount")).toBe("5001");
  expect(page.all("[role=columnheader]")).toHaveLength(page.row("job-4999").childElementCount);
  expect(page.row("job-4999").getAttribute("aria-rowindex")).toBe("2");
});

test("each row cancels its own job", () => {
  show([queued("a"), queued("b")]);
  page.button("Cancel job a").click();
  expect(cancelled).toEqual(["a"]);
});

test("rows are updated in place, and keep the focus", () => {
  show([queued("a"), queued("b")]);
  const node = page.row("a");
  const button = page.button("Cancel job a");
  button.focus();
  change(running("a"), queued("c"));
  expect(page.jobIds).toEqual(["c", "b", "a"]);
  expect(page.row("a")).toBe(node);
  expect(node.dataset["status"]).toBe("RUNNING");
  expect(document.activeElement).toBe(button);
});

test("rows follow when the jobs are told anew, in another order and without some", () => {
  show([row("a"), row("b"), row("c")]);
  const node = page.row("a");
  show([row("c"), row("a")]);
  expect(page.jobIds).toEqual(["a", "c"]);
  expect(page.row("a")).toBe(node);
});

test("as time goes by, no row moves and finished ones are not touched", () => {
  show([row("a"), running("b"), queued("c")]);
  const changed = changesTo(table.node, () => update(NOW + 3000)).map(({ target }) => target);
  expect(page.row("b").textContent).toContain("15 s");
  expect(changed.filter((target) => target.contains(page.row("b")))).toEqual([]);
  expect(changed.filter((target) => page.row("a").contains(target))).toEqual([]);
});

test("a job of which nothing is reported tells what may be done with it now", () => {
  show([queued("a")]);
  table.update(snapshot({}, { isPending: () => true }));
  expect(page.button("Cancel job a").getAttribute("aria-busy")).toBe("true");
  table.update(snapshot({}, { connection: "dead" }));
  expect(page.reason("Cancel job a")).toBe("No connection to the kernel");
});

test("after midnight the time of a finished job gets its day", () => {
  show([row("a")]);
  const today = page.text("time");
  update(NOW + 24 * 3600 * 1000);
  expect(page.text("time")).not.toBe(today);
  expect(page.text("time")).toContain(today);
});

describe("of thousands of jobs", () => {
  test("only those in sight and some around them are drawn, wherever one scrolls", () => {
    show(many(10_000));
    expect(page.jobIds[0]).toBe("job-9999");
    for (const place of [0, 3, 40, 5000, 9989]) {
      scrollTo(place);
      expect(page.jobIds.length).toBeLessThan(60);
      for (let seen = place; seen < place + 10; seen += 1) {
        expect(top(`job-${9999 - seen}`)).toBe(seen);
      }
    }
  });

  test("rows stand in the document in the order in which they are seen, once scrolling rests", () => {
    show(many(1000));
    for (const place of [50, 48, 300, 0]) {
      scrollTo(place);
      vi.advanceTimersByTime(200);
      const places = page.jobIds.map(top);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });

  test("while one scrolls, no row is moved in the document", () => {
    show(many(1000));
    const moved = changesTo(page.find(".qs-rows"), () => {
      for (const place of [2, 20, 300]) scrollTo(place);
    }).filter(
      ({ addedNodes, target }) => addedNodes.length > 0 && target === page.find(".qs-rows"),
    );
    expect(moved).toEqual([]);
  });

  test("while one scrolls, what has been drawn already is not worked out again", () => {
    show(Array.from({ length: 1000 }, (_, index) => queued(`job-${index}`)));
    const isPending = vi.fn(() => false);
    table.update(snapshot({}, { isPending }));
    expect(isPending).toHaveBeenCalledTimes(page.jobIds.length);
    scrollTo(20);
    isPending.mockClear();
    table.node.scrollTop += 2 * ROW_HEIGHT;
    table.node.dispatchEvent(new Event("scroll"));
    expect(isPending).toHaveBeenCalledTimes(2);
  });

  test("nothing is put in order after the end", () => {
    show(many(1000));
    scrollTo(50);
    controller.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("rows that scroll out are used again", () => {
    show(many(1000));
    const nodes = new Set(page.all("[data-job-id]"));
    scrollTo(500);
    const again = page.all("[data-job-id]").filter((node) => nodes.has(node));
    expect(again).toHaveLength(nodes.size);
  });

  test("the rest of the length is empty space", () => {
    show(many(10_000));
    expect(page.find(".qs-rows").style.height).toBe(`${10_000 * ROW_HEIGHT}px`);
  });
});

describe("what one looks at stays in place", () => {
  test("at the top, where the newest arrive", () => {
    show(many(100));
    change(queued("new"));
    expect([page.jobIds[0], table.node.scrollTop]).toEqual(["new", 0]);
  });

  test("further down, when jobs come in above", () => {
    show(many(100));
    scrollTo(40);
    change(queued("new-1"), queued("new-2"));
    expect(table.node.scrollTop).toBe(42 * ROW_HEIGHT);
    expect(top("job-59")).toBe(42);
  });

  test("by the row with the focus, even at the top", () => {
    show(many(100));
    page.row("job-99").focus();
    change(queued("new-1"));
    expect(table.node.scrollTop).toBe(ROW_HEIGHT);
  });
});

describe("the focus", () => {
  test("stays with a row that is scrolled out of sight", () => {
    show(many(1000));
    page.row("job-999").focus();
    const node = page.row("job-999");
    scrollTo(500);
    vi.advanceTimersByTime(200);
    expect(document.activeElement).toBe(node);
    expect(page.jobIds[0]).toBe("job-999");
    scrollTo(0);
    vi.advanceTimersByTime(200);
    expect([page.row("job-999"), page.jobIds[0]]).toEqual([node, "job-999"]);
  });

  test("stays with its row when the order changes", () => {
    show([row("a", { run_s: 9 }), row("b", { run_s: 1 }), row("c", { run_s: 5 })]);
    page.row("b").focus();
    index.setOrder({ by: "run", isDescending: true });
    const changes = changesTo(page.find(".qs-rows"), () => update());
    expect(page.jobIds).toEqual(["a", "c", "b"]);
    expect(focused()).toBe("b");
    // Browsers take the focus from a node that is moved.
    const moved = changes.flatMap(({ addedNodes, removedNodes }) => [
      ...addedNodes,
      ...removedNodes,
    ]);
    expect(moved.length).toBeGreaterThan(0);
    expect(moved).not.toContain(page.row("b"));
  });

  test("goes to the row in its place when its own is filtered out", () => {
    show([queued("a"), row("b"), queued("c")]);
    page.row("b").focus();
    index.setStatuses(new Set(["QUEUED"]));
    update();
    expect([page.jobIds, focused()]).toEqual([["c", "a"], "a"]);
  });

  test("does not stay with an element that shows another job", () => {
    show([...Array.from({ length: 60 }, (_, index) => queued(`old-${index}`)), ...many(60)]);
    page.row("job-59").focus();
    index.setStatuses(new Set(["QUEUED"]));
    update();
    expect(focused()).toBe("old-59");
  });

  test("goes to the table when nothing is left", () => {
    show([row("a")]);
    page.row("a").focus();
    index.setQuery("nothing");
    update();
    expect(document.activeElement).toBe(table.node);
  });

  test("comes to one row by the Tab key: where it was last, else the selected, else the first", () => {
    const stops = () => page.all("[role=row][tabindex='0']").map((row) => row.dataset["jobId"]);
    show(many(5));
    expect(stops()).toEqual(["job-4"]);
    selected.select("job-2");
    expect(stops()).toEqual(["job-2"]);
    page.row("job-1").focus();
    expect(stops()).toEqual(["job-1"]);
  });
});

describe("the keys", () => {
  beforeEach(() => {
    show([...many(99), queued("job-99")]);
    table.focus();
  });

  test("move from row to row, by pages and to the ends, with the row in sight", () => {
    const moves = ["ArrowDown", "ArrowDown", "ArrowUp", "PageDown", "End", "PageUp", "Home"];
    const seen = moves.map((key) => {
      expect(press(key)).toBe(true);
      return focused();
    });
    expect(seen).toEqual(["job-98", "job-97", "job-98", "job-89", "job-0", "job-9", "job-99"]);
    expect(table.node.scrollTop).toBe(0);
    press("End");
    expect(table.node.scrollTop).toBe(90 * ROW_HEIGHT);
  });

  test("select the row, and nothing", () => {
    press("ArrowDown");
    press("Enter");
    expect([selected.jobId, page.row("job-98").getAttribute("aria-selected")]).toEqual([
      "job-98",
      "true",
    ]);
    press("Escape");
    expect(selected.jobId).toBeNull();
    expect(press("Escape")).toBe(false);
  });

  test("lead to the row's button and back", () => {
    press("ArrowRight");
    expect(document.activeElement).toBe(page.button("Cancel job job-99"));
    press("ArrowLeft");
    expect(focused()).toBe("job-99");
  });

  test("on a button are the button's", () => {
    press("ArrowRight");
    expect(press("Enter")).toBe(false);
    expect(selected.jobId).toBeNull();
  });

  test("ask whether to cancel a job that can be cancelled", () => {
    press("Delete");
    expect([asked, cancelled]).toEqual([["job-99"], []]);
    press("ArrowDown");
    expect(press("Delete")).toBe(false);
    expect(asked).toHaveLength(1);
  });

  test("say why a job cannot be cancelled", () => {
    change(running("job-99"));
    update(NOW, { can_cancel_running: false });
    press("Delete");
    expect([asked, said]).toEqual([[], ["A running local job cannot be stopped"]]);
  });

  test("that mean nothing here are left to others", () => {
    for (const key of ["a", "Tab", "F5"]) expect(press(key)).toBe(false);
  });
});

describe("the selection", () => {
  test("is made by a click, but not by one on a button", () => {
    show([queued("a"), row("b")]);
    page.row("b").click();
    expect(selected.jobId).toBe("b");
    page.button("Cancel job a").click();
    expect(selected.jobId).toBe("b");
  });

  test("is kept across updates, other orders and scrolling", () => {
    show(many(1000));
    page.row("job-999").click();
    scrollTo(500);
    expect(page.all("[aria-selected=true]")).toEqual([]);
    change(row("job-999", { name: "changed" }));
    scrollTo(0);
    expect(page.row("job-999").getAttribute("aria-selected")).toBe("true");
  });

  test("follows what other parts of the view select", () => {
    show([row("a"), row("b")]);
    selected.select("a");
    expect(page.row("a").getAttribute("aria-selected")).toBe("true");
    expect(page.row("b").getAttribute("aria-selected")).toBe("false");
  });
});

test.each([{ shiftKey: true }, { ctrlKey: true }])("Space with %j marks a job", (held) => {
  show([row("a"), row("b")]);
  page.row("b").focus();
  expect(press(" ", held)).toBe(true);
  expect(selected.marked).toEqual(["b"]);
  expect(selected.jobId).toBeNull();
  expect(said).toEqual(["1 job marked to be compared"]);
});

test.each([{ ctrlKey: true }, { metaKey: true }])("a click with %j marks a job", (held) => {
  show([row("a"), row("b")]);
  page.row("a").click();
  page.row("b").dispatchEvent(new MouseEvent("click", { bubbles: true, ...held }));
  expect([selected.jobId, selected.marked]).toEqual(["a", ["a", "b"]]);
});

test("a screen reader is told which jobs are marked, and that there may be several", () => {
  show([row("a"), row("b"), row("c")]);
  selected.setMarked(["a", "c"]);
  expect(page.find("[role=grid]").getAttribute("aria-multiselectable")).toBe("true");
  expect(["a", "b", "c"].map((id) => page.row(id).getAttribute("aria-selected"))).toEqual([
    "true",
    "false",
    "true",
  ]);
});
