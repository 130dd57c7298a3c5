import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Timeline } from "../../src/views/timeline";
import { freshHead, head, NOW, queued, row, running } from "../fixtures";
import { changesTo, mount, type View } from "../view";

const select = vi.fn();
let timeline: Timeline;
let page: View;

beforeEach(() => {
  select.mockClear();
  timeline = new Timeline(select);
  page = mount(timeline.node);
});
afterEach(() => document.body.replaceChildren());

const begun = head({ started_ms: NOW - 60_000, is_paid: true, interactive_timeout_s: 60 });
const kinds = (lane: string): (string | null)[] =>
  page.all(`${lane} > i`).map((block) => block.getAttribute("data-kind"));
const axis = (): string[] => page.texts(".qs-axis span");

test("it is there from the first job on", () => {
  timeline.update([], freshHead(), NOW);
  expect(timeline.node.hidden).toBe(true);
  timeline.update([], null, NOW);
  expect(timeline.node.hidden).toBe(true);
  timeline.update([queued("a")], freshHead(), NOW);
  expect(timeline.node.hidden).toBe(false);
});

test("it shows work, waiting and pauses, and tells them in words", () => {
  timeline.update([row("a"), running("b")], begun, NOW);
  expect(kinds(".qs-lane-work")).toEqual(["running", "running"]);
  expect(kinds(".qs-lane-queue")).toEqual(["queued"]);
  expect(page.texts(".qs-total")).toEqual(["Running 22 s", "Waiting 48 s", "Left 1:30:00"]);
  expect(page.find("[role=img]").getAttribute("aria-label")).toBe(
    "Running 22 s, Waiting 48 s, Left 1:30:00",
  );
  timeline.update([row("a")], begun, NOW);
  expect(kinds(".qs-lane-work")).toEqual(["idle", "running"]);
  expect(page.texts(".qs-total")).toContain("Idle, paid 40 s");
});

test("a job's stretch opens it", () => {
  timeline.update([row("a")], begun, NOW);
  page.find("[data-opens=a]").click();
  expect(select).toHaveBeenCalledExactlyOnceWith("a");
  page.find(".qs-lane-work").click();
  expect(select).toHaveBeenCalledTimes(1);
});

test("it is zoomed and moved by buttons, and shows everything again", () => {
  timeline.update([row("a")], begun, NOW);
  const fitting = axis();
  page.button("Zoom in").click();
  const near = axis();
  expect(near).not.toEqual(fitting);
  page.button("Earlier").click();
  expect(axis()[0]).not.toBe(near[0]);
  page.button("Later").click();
  page.button("Zoom out").click();
  page.button("Fit what happened").click();
  expect(axis()).toEqual(fitting);
  page.button("All of the time").click();
  expect(axis()[0]).toBe(fitting[0]);
  expect(axis()[1]).not.toBe(fitting[1]);
});

test("it is zoomed by the wheel with Ctrl alone: else the page scrolls", () => {
  timeline.update([row("a")], begun, NOW);
  const before = axis();
  const roll = (ctrlKey: boolean): boolean => {
    const event = new WheelEvent("wheel", { deltaY: -1, cancelable: true });
    Object.defineProperty(event, "ctrlKey", { value: ctrlKey });
    return page.find(".qs-lanes").dispatchEvent(event);
  };
  expect(roll(false)).toBe(true);
  expect(axis()).toEqual(before);
  expect(roll(true)).toBe(false);
  expect(axis()).not.toEqual(before);
});

test("what the reader zoomed to stays while time goes by", () => {
  timeline.update([row("a")], begun, NOW);
  page.button("Zoom in").click();
  const near = axis();
  timeline.update([row("a")], begun, NOW + 5000);
  expect(axis()).toEqual(near);
});

test("it is left alone while nothing changes", () => {
  timeline.update([row("a")], begun, NOW);
  expect(changesTo(timeline.node, () => timeline.update([row("a")], begun, NOW))).toEqual([]);
});
