import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Trend } from "../../src/views/trend";
import type { Row } from "../../src/wire/wire";
import { HOSTILE, row } from "../fixtures";
import { mount, type View } from "../view";

const select = vi.fn();
let trend: Trend;
let page: View;

beforeEach(() => {
  select.mockClear();
  trend = new Trend(select);
  page = mount(trend.node);
});
afterEach(() => document.body.replaceChildren());

const jobs = (count: number, name = "loop"): Row[] =>
  Array.from({ length: count }, (_, index) => row(`j${index}`, { name, values: [[-index, 0.1]] }));

const chart = () => page.find("[role=slider]");
const path = (name: string) => page.host.querySelector(name)?.getAttribute("d") ?? "";
const press = (key: string): boolean =>
  chart().dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));

test("it is there once there is a trend, and goes with it", () => {
  trend.update([row("a")]);
  expect(trend.node.hidden).toBe(true);
  trend.update(jobs(3));
  expect(trend.node.hidden).toBe(false);
  trend.update([]);
  expect(trend.node.hidden).toBe(true);
});

test("it draws a line through the values, their errors, and tells the latest", () => {
  trend.update(jobs(3));
  expect(path(".qs-line").match(/[ML]/g)).toHaveLength(3);
  expect(path(".qs-errors").match(/V/g)).toHaveLength(3);
  expect(page.text(".qs-trend-news")).toBe("Last −2.00 ± 0.10 · lowest −2.00 ± 0.10 in job 3");
  expect(page.text(".qs-part-title")).toBe("loop over jobs");
  trend.update(jobs(4));
  expect(path(".qs-line").match(/[ML]/g)).toHaveLength(4);
});

describe("to the keyboard it is a slider", () => {
  beforeEach(() => trend.update(jobs(30)));

  test("that begins at the last job and says what it is", () => {
    expect(chart().getAttribute("aria-valuenow")).toBe("30");
    expect(chart().getAttribute("aria-valuetext")).toMatch(/^job 30 \(j29\): −29.00 ± 0.10/);
    expect(page.told(chart(), "aria-labelledby")).toBe("loop over jobs");
  });

  test.each([
    [["ArrowLeft"], "29"],
    [["ArrowLeft", "ArrowRight"], "30"],
    [["ArrowRight"], "30"],
    [["Home"], "1"],
    [["Home", "ArrowDown"], "1"],
    [["PageDown"], "20"],
    [["PageDown", "End"], "30"],
  ])("%j go to job %s", (keys, number) => {
    for (const key of keys) expect(press(key)).toBe(false);
    expect(chart().getAttribute("aria-valuenow")).toBe(number);
  });

  test("and Enter opens the job", () => {
    press("Home");
    press("Enter");
    expect(select).toHaveBeenCalledExactlyOnceWith("j0");
  });

  test("that leaves other keys alone", () => {
    expect(press("a")).toBe(true);
  });
});

test("a click opens the nearest job", () => {
  trend.update(jobs(5));
  vi.spyOn(chart(), "getBoundingClientRect").mockReturnValue(new DOMRect(100, 0, 200, 100));
  chart().dispatchEvent(new MouseEvent("click", { clientX: 152 }));
  expect(select).toHaveBeenCalledExactlyOnceWith("j1");
});

test("pointing at it tells the nearest value", () => {
  trend.update(jobs(5));
  vi.spyOn(chart(), "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 100, 100));
  chart().dispatchEvent(new MouseEvent("pointermove", { clientX: 99 }));
  expect(page.text(".qs-tip")).toBe("job 5 (j4): −4.00 ± 0.10");
  chart().dispatchEvent(new MouseEvent("pointerleave"));
  expect(page.find(".qs-tip").hidden).toBe(true);
});

test("the open job is marked", () => {
  trend.update(jobs(5));
  trend.choose("j2");
  expect(path(".qs-chosen-dot")).not.toBe("");
  trend.choose(null);
  expect(path(".qs-chosen-dot")).toBe("");
});

test("one of several values is chosen, and stays chosen", () => {
  const both = [
    ...jobs(5),
    ...jobs(3, "other").map((each) => ({ ...each, job_id: `o${each.job_id}` })),
  ];
  trend.update(both);
  const choice = page.find("select") as HTMLSelectElement;
  expect(page.texts("option")).toEqual(["loop", "other"]);
  choice.selectedIndex = 1;
  choice.dispatchEvent(new Event("change"));
  expect(path(".qs-line").match(/[ML]/g)).toHaveLength(3);
  trend.update([...both]);
  expect(choice.selectedIndex).toBe(1);
});

test("a hostile name is shown as text", () => {
  trend.update(jobs(2, HOSTILE));
  expect(page.text(".qs-part-title")).toContain(HOSTILE);
  expect(page.all("img")).toEqual([]);
});
