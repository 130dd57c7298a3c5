import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JobTable } from "../../src/views/job-table";
import type { Row } from "../../src/wire";
import { NOW, queued, row, running, snapshot } from "../fixtures";
import { changesTo, mount, type View } from "../view";

let cancelled: string[];
let rows: readonly Row[];
let table: JobTable;
let page: View;

beforeEach(() => {
  cancelled = [];
  const cancel = (id: string): void => void cancelled.push(id);
  table = new JobTable({ cancel, say: () => undefined }, () => show(rows));
  page = mount(table.node);
});
afterEach(() => document.body.replaceChildren());

function show(jobs: readonly Row[], nowMs = NOW): void {
  rows = jobs;
  table.update(jobs, snapshot({}, { nowMs }), "No jobs yet.");
}

const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(`job-${index}`));

test("the newest job is first", () => {
  show([row("a"), row("b", { status: "ERROR" }), queued("c")]);
  expect(page.jobIds).toEqual(["c", "b", "a"]);
  expect(page.texts(".qs-status")).toEqual(["Queued", "Error", "Done"]);
});

test("a table without jobs gives way to a sentence", () => {
  show([]);
  expect([page.text(".qs-empty"), page.find("table").hidden]).toEqual(["No jobs yet.", true]);
  show([row("a")]);
  expect([page.find(".qs-empty").hidden, page.find("table").hidden]).toEqual([true, false]);
});

test("every column has a heading, and the table a name", () => {
  show([row("a")]);
  expect(page.all("th[scope=col]")).toHaveLength(page.row("a").childElementCount);
  expect(page.text("caption")).toBe("Jobs, newest first");
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
  show([running("a"), queued("b"), queued("c")]);
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
  const jobs = [row("a"), running("b"), queued("c")];
  show(jobs);
  const changed = changesTo(table.node, () => show(jobs, NOW + 3000)).map(({ target }) => target);
  expect(page.row("b").textContent).toContain("15 s");
  expect(changed).not.toContain(page.find("table"));
  expect(changed.filter((target) => page.row("a").contains(target))).toEqual([]);
});

describe("thousands of jobs", () => {
  test("draw the newest fifty", () => {
    show(many(5000));
    expect(page.jobIds).toHaveLength(50);
    expect([page.jobIds[0], page.jobIds.at(-1)]).toEqual(["job-4999", "job-4950"]);
  });

  test("can be opened further, in chunks, down to the oldest", () => {
    show(many(180));
    page.button("Show older (130 more jobs)").click();
    expect(page.jobIds).toHaveLength(150);
    page.button("Show older (30 more jobs)").click();
    expect(page.jobIds.at(-1)).toBe("job-0");
    expect(page.buttonNames).toEqual([]);
  });

  test("stay at fifty as new ones come, and the focus is not lost", () => {
    const jobs = [queued("first"), ...many(49)];
    show(jobs);
    page.button("Cancel job first").focus();
    show([...jobs, queued("new")]);
    expect(page.jobIds).toHaveLength(50);
    expect(page.jobIds).not.toContain("first");
    expect(document.activeElement).toBe(table.node);
  });
});

test("after midnight the time of a finished job gets its day", () => {
  show([row("a")]);
  const today = page.text("time");
  show(rows, NOW + 24 * 3600 * 1000);
  expect(page.text("time")).not.toBe(today);
  expect(page.text("time")).toContain(today);
});
