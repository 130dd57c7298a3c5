import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { h } from "../../src/dom";
import { clock, fullTime, number } from "../../src/format";
import { describeJob } from "../../src/view-model-jobs";
import { JobRow } from "../../src/views/job-row";
import type { Head, Row } from "../../src/wire";
import { NOW, queued, row, running, snapshot } from "../fixtures";
import { changesTo, mount, type View } from "../view";

const cancel = vi.fn();
const say = vi.fn();
let jobRow: JobRow;
let page: View;

beforeEach(() => {
  cancel.mockClear();
  say.mockClear();
  jobRow = new JobRow({ cancel, say });
  page = mount(h("table", {}, jobRow.node));
});
afterEach(() => document.body.replaceChildren());

function update(job: Row, changes: Partial<Head> = {}): void {
  jobRow.update(describeJob(job, snapshot(changes)));
}

const failed = (error: string): Row => row("a", { status: "ERROR", error });

test("what is known of a job has a cell each, the last for what can be done", () => {
  update(row("d3k9fa7c2q0042"));
  expect(page.texts("tr > *")).toEqual([
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

test("what is shortened can be read in full", () => {
  update(row("d3k9fa7c2q0042"));
  expect(page.find("code").title).toBe("d3k9fa7c2q0042");
  expect(page.find(".qs-job-name").title).toBe("bell");
  expect(page.find("time").title).toBe(fullTime(NOW - 60_000));
  expect(page.find("time").getAttribute("datetime")).toBe("2026-03-14T13:59:00.000Z");
});

test("an update without news replaces nothing, so that what is selected stays selected", () => {
  const job = { ...failed("out of memory"), tags: ["h2"] };
  update(job);
  const changes = changesTo(jobRow.node, () => update({ ...job }));
  expect(changes).toEqual([]);
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
});

describe("its error", () => {
  test("is shown under the row, and goes again", () => {
    update(failed("out of memory"));
    expect(page.row("a").nextElementSibling?.textContent).toBe("out of memory");
    update(failed("out of time"));
    expect(page.texts(".qs-error")).toEqual(["out of time"]);
    update(row("a"));
    expect(page.texts(".qs-error")).toEqual([]);
  });

  test("is as wide as the row", () => {
    update(failed("out of memory"));
    expect(page.find(".qs-error td").getAttribute("colspan")).toBe(
      String(page.row("a").childElementCount),
    );
  });

  test.each([
    ["short", "no ".repeat(50), false],
    ["long", "no ".repeat(60), true],
    ["of several lines", "no\nno", true],
  ])("that is %s: can be opened is %3$s", (_what, error, canBeOpened) => {
    update(failed(error));
    expect(page.buttonNames).toEqual(canBeOpened ? ["Show all"] : []);
    expect(page.find(".qs-error-text").classList.contains("qs-clamped")).toBe(canBeOpened);
  });

  test("that is long can be opened and closed, and stays open", () => {
    update(failed("no ".repeat(100)));
    const text = page.find(".qs-error-text");
    const button = page.button("Show all");
    expect(page.told(button, "aria-controls")).toBe(text.textContent);
    expect(button.getAttribute("aria-expanded")).toBe("false");
    button.click();
    update(failed("no ".repeat(100)));
    expect(page.find(".qs-error-text")).toBe(text);
    expect(text.classList.contains("qs-clamped")).toBe(false);
    expect(page.button("Show less").getAttribute("aria-expanded")).toBe("true");
    page.button("Show less").click();
    expect(text.classList.contains("qs-clamped")).toBe(true);
  });
});
