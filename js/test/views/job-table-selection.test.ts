import { describe, expect, test } from "vitest";
import { queued, row } from "../fixtures";
import { change, many, page, press, said, scrollTo, selected, show } from "./shown-job-table";

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
