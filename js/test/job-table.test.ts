import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Head, Row } from "../src/wire";
import { FakeModel, head, NOW, queued, row, running } from "./fixtures";
import { Page } from "./page";

let model: FakeModel;
let page: Page;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

function show(rows: readonly Row[], changes: Partial<Head> = {}): void {
  model = new FakeModel({ head: head(changes), rows: [...rows] });
  page = new Page(model);
}

const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(`job-${index}`));
const cells = (id: string): string[] =>
  [...page.row(id).children].map((cell) => cell.textContent ?? "");

test("the newest job is first, with its status as a word", () => {
  show([row("a"), row("b", { status: "ERROR" }), queued("c")]);
  expect(page.jobIds).toEqual(["c", "b", "a"]);
  expect(page.all("[data-job-id]").map((row) => row.dataset["status"])).toEqual([
    "QUEUED",
    "ERROR",
    "DONE",
  ]);
  expect(cells("b").slice(0, 4)).toEqual(["b", "bell", "sampler4,096 shots", "Error"]);
  expect(page.all(".qs-status").every((sign) => sign.querySelector("svg[data-icon]"))).toBe(true);
});

test("rows are updated in place, and keep the focus", () => {
  show([queued("a"), queued("b")]);
  const node = page.row("a");
  const button = page.button("Cancel job a");
  button.focus();
  model.delta(2, {}, [running("a"), queued("c")]);
  expect(page.row("a")).toBe(node);
  expect(node.dataset["status"]).toBe("RUNNING");
  expect(document.activeElement).toBe(button);
  expect(page.jobIds).toEqual(["c", "b", "a"]);
});

test("the focus stays in the row when its button goes", () => {
  show([running("a")]);
  page.button("Cancel job a").focus();
  model.delta(2, {}, [row("a")]);
  expect(() => page.button("Cancel job a")).toThrow();
  expect(document.activeElement).toBe(page.row("a"));
});

test("a finished row that did not change is not touched", () => {
  show([row("a"), queued("b")]);
  const seen = vi.fn();
  const observer = new MutationObserver(seen);
  observer.observe(page.row("a"), {
    subtree: true,
    attributes: true,
    childList: true,
    characterData: true,
  });
  model.delta(2, {}, [running("b")]);
  vi.advanceTimersByTime(3000);
  expect(observer.takeRecords()).toEqual([]);
  observer.disconnect();
});

describe("cancelling a job", () => {
  test("is one request for that job, with a pending look", () => {
    show([queued("a"), queued("b")]);
    page.button("Cancel job a").click();
    page.button("Cancel job a").click();
    expect(model.requests("cancel_job")).toMatchObject([{ kind: "request", job_id: "a" }]);
    expect(page.button("Cancel job a").getAttribute("aria-busy")).toBe("true");
    expect(page.reason("Cancel job b")).toBeNull();
  });

  test("that runs and cannot be stopped says so and sends nothing", () => {
    show([running("a"), queued("b")], { can_cancel_running: false });
    expect(page.reason("Cancel job a")).toBe("A running local job cannot be stopped");
    page.button("Cancel job a").click();
    expect(page.status).toBe("A running local job cannot be stopped");
    expect(model.requests("cancel_job")).toEqual([]);
    expect(page.reason("Cancel job b")).toBeNull();
  });
});

describe("an error", () => {
  test("is shown under its row", () => {
    show([row("a", { status: "ERROR", error: "out of memory" }), row("b")]);
    expect(page.row("a").nextElementSibling?.textContent).toBe("out of memory");
    expect(page.all(".qs-error")).toHaveLength(1);
  });

  test("that is long can be opened and closed, and stays open", () => {
    show([queued("z"), row("a", { status: "ERROR", error: "no ".repeat(100) })]);
    const text = page.find(".qs-error-text");
    expect(text.classList.contains("qs-clamped")).toBe(true);
    expect(page.button("Show all").getAttribute("aria-expanded")).toBe("false");
    page.button("Show all").click();
    model.delta(2, {}, [row("a", { status: "ERROR", error: "no ".repeat(100) })]);
    expect(text.isConnected).toBe(true);
    expect(text.classList.contains("qs-clamped")).toBe(false);
    page.button("Show less").click();
    expect(text.classList.contains("qs-clamped")).toBe(true);
  });
});

test("tags are shown, the first few of many", () => {
  show([row("a", { tags: ["x", "y"] }), row("b", { tags: ["1", "2", "3", "4", "5"] })]);
  const tags = (id: string) =>
    [...page.row(id).querySelectorAll(".qs-tag")].map((tag) => tag.textContent);
  expect(tags("a")).toEqual(["x", "y"]);
  expect(tags("b")).toEqual(["1", "2", "3", "+2"]);
});

describe("thousands of jobs", () => {
  test("draw the newest fifty", () => {
    show(many(5000));
    expect(page.jobIds).toHaveLength(50);
    expect(page.jobIds[0]).toBe("job-4999");
    expect(page.all("tr").length).toBeLessThan(60);
  });

  test("can be opened further, in chunks, down to the oldest", () => {
    show(many(180));
    page.button("Show older (130 more jobs)").click();
    expect(page.jobIds).toHaveLength(150);
    page.button("Show older (30 more jobs)").click();
    expect(page.jobIds.at(-1)).toBe("job-0");
    expect(() => page.button("Show older (0 more jobs)")).toThrow();
  });

  test("stay at fifty as new ones come, and the focus is not lost", () => {
    show([queued("first"), ...many(49)]);
    page.button("Cancel job first").focus();
    model.delta(2, {}, [queued("new")]);
    expect(page.jobIds).toHaveLength(50);
    expect(page.jobIds).not.toContain("first");
    expect(document.activeElement).toBe(page.find(".qs-table"));
  });
});
