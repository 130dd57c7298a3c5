import { afterEach, describe, expect, test } from "vitest";
import { percent } from "../../src/view-model/format";
import { describeMeters } from "../../src/view-model/meters";
import { Meters } from "../../src/views/meters";
import type { Head } from "../../src/wire/wire";
import { freshHead, head, NOW } from "../fixtures";
import { changesTo, mount } from "../view";

afterEach(() => document.body.replaceChildren());

const show = (changes: Partial<Head> = {}) => {
  const meters = new Meters();
  const update = (sent: Head, laterMs = 0) => meters.update(describeMeters(sent, NOW + laterMs));
  update(head(changes));
  return { update, page: mount(meters.node) };
};

/** Captions have spaces that do not break. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("the four meters have a name, a value and a caption", () => {
  const { page } = show();
  expect(page.texts(".qs-label")).toEqual([
    "Time remaining",
    "Idle time remaining",
    "Usage",
    "Jobs",
  ]);
  expect(page.texts(".qs-value")).toEqual(["1:30:00", "–", "30 m 00 s", "4"]);
  expect(page.texts(".qs-caption").map(plain).slice(1)).toEqual([
    "not idle · limit 1 m",
    `QPU 7 m 30 s · ${percent(0.25)}`,
    "2 done · 1 running · 1 queued",
  ]);
});

test("a number and its unit are never on two lines; a list may break between its items", () => {
  const { page } = show();
  expect(page.texts(".qs-caption").slice(2)).toEqual([
    `QPU 7\u00a0m\u00a030\u00a0s · ${percent(0.25)}`,
    "2\u00a0done · 1\u00a0running · 1\u00a0queued",
  ]);
});

describe("the countdowns", () => {
  test("are timers with a name and a description, which are not read out every second", () => {
    const { page } = show();
    const timers = page.all("[role=timer]");
    expect(timers.map((timer) => timer.getAttribute("aria-label"))).toEqual([
      "Time remaining",
      "Idle time remaining",
    ]);
    for (const timer of timers) expect(timer.getAttribute("aria-live")).toBe("off");
    const [, idle] = timers.map((timer) => page.told(timer, "aria-describedby") ?? "");
    expect(plain(idle ?? "")).toBe("not idle · limit 1 m");
  });

  test("have a bar of what is left, and say when that is little", () => {
    const { page, update } = show();
    const meter = page.find(".qs-remaining");
    const width = () => page.find(".qs-remaining .qs-bar i").style.width;
    expect([width(), "low" in meter.dataset]).toEqual(["75.00%", false]);
    update(head(), 5_040_000);
    expect([width(), "low" in meter.dataset]).toEqual(["5.00%", true]);
    update(head());
    expect([width(), "low" in meter.dataset]).toEqual(["75.00%", false]);
  });

  test("show whether they count", () => {
    const { page, update } = show();
    const counting = () => page.all("[data-counting]").map((meter) => meter.className);
    expect(counting()).toEqual(["qs-meter qs-remaining"]);
    update(head({ idle_until_ms: NOW + 1000 }));
    expect(counting()).toEqual(["qs-meter qs-remaining", "qs-meter qs-idle"]);
    update(freshHead());
    expect(counting()).toEqual([]);
    expect(page.find(".qs-remaining .qs-bar i").style.width).toBe("0.00%");
  });
});

test("usage has a bar of the QPU's part", () => {
  expect(show().page.find(".qs-usage .qs-bar i").style.width).toBe("25.00%");
});

test("jobs have a bar with a part for each status, which follows the counts", () => {
  const { page, update } = show();
  const parts = () =>
    page
      .all(".qs-count .qs-bar i")
      .map((part) => `${part.dataset["share"]} ${part.getAttribute("style")}`);
  expect(parts()).toEqual([
    "DONE flex-grow:0.5",
    "RUNNING flex-grow:0.25",
    "QUEUED flex-grow:0.25",
  ]);
  update(head({ counts: { QUEUED: 0, RUNNING: 0, DONE: 3, CANCELLED: 0, ERROR: 1 } }));
  expect(parts()).toEqual(["DONE flex-grow:0.75", "ERROR flex-grow:0.25"]);
  update(freshHead());
  expect(parts()).toEqual([]);
});

test("bars only repeat what is said in words: screen readers do not see them", () => {
  for (const bar of show().page.all(".qs-bar"))
    expect(bar.getAttribute("aria-hidden")).toBe("true");
});

test("a second that passes changes only what counts", () => {
  const { page, update } = show();
  expect(changesTo(page.find(".qs-idle"), () => update(head(), 1000))).toEqual([]);
  expect(changesTo(page.find(".qs-count"), () => update(head(), 2000))).toEqual([]);
  expect(page.timer("Time remaining")).toBe("1:29:58");
});
