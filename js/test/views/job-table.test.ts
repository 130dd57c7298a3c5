import { describe, expect, test, vi } from "vitest";
import { ROW_HEIGHT } from "../../src/view-model/row-window";
import { NOW, queued, row, running, snapshot } from "../fixtures";
import { changesTo } from "../view";
import {
  cancelled,
  change,
  controller,
  many,
  page,
  scrollTo,
  show,
  table,
  top,
  update,
} from "./shown-job-table";

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
