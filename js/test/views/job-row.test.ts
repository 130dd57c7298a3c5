import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clock, fullTime, number } from "../../src/view-model/format";
import { describeJob } from "../../src/view-model/jobs";
import { ROW_HEIGHT } from "../../src/view-model/row-window";
import { JobRow } from "../../src/views/job-row";
import type { Head, Row } from "../../src/wire/wire";
import { HOSTILE, NOW, queued, row, running, snapshot } from "../fixtures";
import { changesTo, mount, type View } from "../view";

const cancel = vi.fn();
const say = vi.fn();
let jobRow: JobRow;
let page: View;

beforeEach(() => {
  cancel.mockClear();
  say.mockClear();
  jobRow = new JobRow({ cancel, say });
  page = mount(jobRow.node);
});
afterEach(() => document.body.replaceChildren());

function update(job: Row, changes: Partial<Head> = {}): void {
  jobRow.update(describeJob(job, snapshot(changes)));
}

const failed = (error: string): Row => row("a", { status: "ERROR", error });

test("what is known of a job has a cell each, the last for what can be done", () => {
  update(row("d3k9fa7c2q0042"));
  expect([...jobRow.node.children].map((cell) => cell.textContent)).toEqual([
    "d3k9…0042",
    "bell",
    `sampler${number(4096)} shots`,
    "Done",
    clock(NOW - 60_000, NOW),
    "9.0 s",
    "",
  ]);
  expect(page.row("d3k9fa7c2q0042").dataset["status"]).toBe("DONE");
});

test("it is a row of a grid, headed by the job's id", () => {
  update(row("a"));
  expect(jobRow.node.getAttribute("role")).toBe("row");
  expect([...jobRow.node.children].map((cell) => cell.getAttribute("role"))).toEqual([
    "rowheader",
    ...Array.from({ length: 6 }, () => "gridcell"),
  ]);
});

test("what is shortened can be read in full", () => {
  update({ ...failed("out of\nmemory"), job_id: "d3k9fa7c2q0042" });
  expect(page.find("code").title).toBe("d3k9fa7c2q0042");
  expect(page.find(".qs-job-name").title).toBe("bell");
  expect(page.find("time").title).toBe(fullTime(NOW - 60_000));
  expect(page.find("time").getAttribute("datetime")).toBe("2026-03-14T13:59:00.000Z");
  expect(page.find(".qs-error-text").title).toBe("out of memory");
});

test("an update without news replaces nothing, so that what is selected stays selected", () => {
  const job = { ...failed("out of memory"), tags: ["h2"] };
  update(job);
  const changes = changesTo(jobRow.node, () => update({ ...job }));
  expect(changes).toEqual([]);
});

test("it stands where its number in the table says", () => {
  jobRow.place(7);
  expect(jobRow.node.getAttribute("aria-rowindex")).toBe("9");
  expect(jobRow.node.style.transform).toBe(`translateY(${7 * ROW_HEIGHT}px)`);
});

test("given another job it shows that one alone", () => {
  update({ ...running("a"), name: "first", tags: ["x"], error: "odd" });
  jobRow.setSelected(true, false);
  update({ ...queued("b"), name: "second" });
  expect(page.jobIds).toEqual(["b"]);
  expect(page.texts(".qs-tag, .qs-error-text")).toEqual([""]);
  page.button("Cancel job b").click();
  expect(cancel).toHaveBeenCalledExactlyOnceWith("b");
});

test("text from outside is text", () => {
  update({
    ...failed(HOSTILE),
    job_id: HOSTILE,
    name: HOSTILE,
    primitive: HOSTILE,
    tags: [HOSTILE],
  });
  expect(page.all("img, b")).toEqual([]);
  for (const part of [".qs-job-name", ".qs-tag", ".qs-error-text"]) {
    expect(page.text(part)).toBe(HOSTILE);
  }
});

describe("tags", () => {
  test("are shown, the first few of many", () => {
    update(row("a", { tags: ["1", "2", "3"] }));
    expect(page.texts(".qs-tag")).toEqual(["1", "2", "3"]);
    update(row("a", { tags: ["1", "2", "3", "4", "5"] }));
    expect(page.texts(".qs-tag")).toEqual(["1", "2", "3", "+2"]);
    expect(page.find(".qs-tags").title).toBe("1, 2, 3, 4, 5");
  });

  test("follow the job's", () => {
    update(row("a", { tags: ["x", "y"] }));
    update(row("a", { tags: ["x", "z"] }));
    expect(page.texts(".qs-tag")).toEqual(["x", "z"]);
    update(row("a"));
    expect(page.texts(".qs-tag")).toEqual([]);
    expect(page.find(".qs-tags").hasAttribute("title")).toBe(false);
  });
});

describe("its Cancel button", () => {
  test("is named after the job and cancels it", () => {
    update(queued("a"));
    page.button("Cancel job a").click();
    expect(cancel).toHaveBeenCalledExactlyOnceWith("a");
  });

  test("says why a running job cannot be stopped", () => {
    update(running("a"), { can_cancel_running: false });
    page.button("Cancel job a").click();
    expect(say).toHaveBeenCalledExactlyOnceWith("A running local job cannot be stopped");
    expect(cancel).not.toHaveBeenCalled();
  });

  test("stays the same, with the focus, as the job goes on", () => {
    update(queued("a"));
    const button = page.button("Cancel job a");
    button.focus();
    update(running("a"));
    expect(page.button("Cancel job a")).toBe(button);
    expect(document.activeElement).toBe(button);
  });

  test("goes with the job's end and leaves the focus in the row", () => {
    update(running("a"));
    page.button("Cancel job a").focus();
    update(row("a"));
    expect(page.buttonNames).toEqual([]);
    expect(document.activeElement).toBe(page.row("a"));
  });

  test("does not draw the focus when it goes", () => {
    update(running("a"));
    update(row("a"));
    expect(document.activeElement).toBe(document.body);
  });

  test("is a stop of the Tab key where the row is", () => {
    jobRow.setTabStop(true);
    update(queued("a"));
    expect([jobRow.node.tabIndex, page.button("Cancel job a").tabIndex]).toEqual([0, 0]);
    jobRow.setTabStop(false);
    expect([jobRow.node.tabIndex, page.button("Cancel job a").tabIndex]).toEqual([-1, -1]);
  });
});
