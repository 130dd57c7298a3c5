import { beforeEach, describe, expect, test, vi } from "vitest";
import { ROW_HEIGHT } from "../../src/view-model/row-window";
import { NOW, queued, row, running } from "../fixtures";
import { changesTo } from "../view";
import {
  asked,
  cancelled,
  change,
  focused,
  index,
  many,
  page,
  press,
  said,
  scrollTo,
  selected,
  show,
  table,
  update,
} from "./shown-job-table";

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
