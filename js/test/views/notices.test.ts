import { expect, test } from "vitest";
import type { Notice } from "../../src/view-model/notices";
import { Notices } from "../../src/views/notices";
import { changesTo, mount } from "../view";

const STALE: Notice = {
  kind: "stale",
  key: "stale:1",
  icon: "clock",
  tone: "warn",
  text: "Not updated since 14:00.",
  isSpoken: true,
  isDismissable: true,
};
const ENDED: Notice = {
  kind: "ended",
  key: "ended",
  icon: "check",
  tone: "quiet",
  text: "Closed",
  isSpoken: false,
  isDismissable: false,
};

const show = (...shown: readonly Notice[]) => {
  const dismissed: string[] = [];
  const notices = new Notices((key) => dismissed.push(key));
  notices.update(shown);
  return { notices, dismissed, page: mount(notices.node) };
};

test("each notice is a line with an icon", () => {
  const { page } = show(STALE, ENDED);
  expect(page.texts("[data-notice]")).toEqual(["Not updated since 14:00.", "Closed"]);
  const icons = page.all("[data-notice]").map((line) => line.querySelector("svg")?.dataset["icon"]);
  expect(icons).toEqual(["clock", "check"]);
});

test("they are read out by the status line, not here", () => {
  const { page } = show(STALE);
  expect(page.all("[role=status], [role=alert], [aria-live]")).toEqual([]);
});

test("a notice changes in place, and an unchanged one not at all", () => {
  const { notices, page } = show(STALE, ENDED);
  const [stale, ended] = page.all("[data-notice]");
  if (!stale || !ended) throw new Error("two notices are shown");
  const changes = changesTo(ended, () =>
    notices.update([{ ...STALE, text: "Not updated since 14:05." }, ENDED]),
  );
  expect(changes).toEqual([]);
  expect(page.all("[data-notice]")).toEqual([stale, ended]);
  expect(stale.textContent).toBe("Not updated since 14:05.");
});

test("the same notice may come with another icon and tone", () => {
  const { notices, page } = show(ENDED);
  notices.update([{ ...ENDED, icon: "hourglass", tone: "warn", text: "Expired" }]);
  expect(page.host.querySelector("svg")?.dataset["icon"]).toBe("hourglass");
  expect(page.find("[data-notice]").dataset["tone"]).toBe("warn");
});

test("a notice goes when its reason does, and can come back", () => {
  const { notices, page } = show(STALE, ENDED);
  notices.update([ENDED]);
  expect(page.texts("[data-notice]")).toEqual(["Closed"]);
  notices.update([ENDED, STALE]);
  expect(page.texts("[data-notice]")).toEqual(["Closed", "Not updated since 14:00."]);
});

test("notices stand in the order in which they are described, whichever came first", () => {
  const { notices, page } = show(ENDED);
  notices.update([STALE, ENDED]);
  expect(page.texts("[data-notice]")).toEqual(["Not updated since 14:00.", "Closed"]);
});

test("a warning can be put away, a fact cannot", () => {
  const { page, dismissed } = show(STALE, ENDED);
  expect(page.buttonNames).toEqual(["Dismiss notice"]);
  page.button("Dismiss notice").click();
  expect(dismissed).toEqual(["stale:1"]);
});

test("the focus stays when the notice that has it goes", () => {
  const { notices, page } = show(STALE, ENDED);
  page.button("Dismiss notice").focus();
  notices.update([ENDED]);
  expect(document.activeElement).toBe(page.find(".qs-notices"));
});
