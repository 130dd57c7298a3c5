import { expect, test } from "vitest";
import type { Notice } from "../../src/view-model";
import { Notices } from "../../src/views/notices";
import { changesTo, mount } from "../view";

const STALE: Notice = { kind: "stale", icon: "clock", text: "Not updated since 14:00." };
const ENDED: Notice = { kind: "ended", icon: "check", text: "Closed" };

const show = (...shown: readonly Notice[]) => {
  const notices = new Notices();
  notices.update(shown);
  return { notices, page: mount(notices.node) };
};

test("each notice is a line with an icon", () => {
  const { page } = show(STALE, ENDED);
  expect(page.texts("[data-notice]")).toEqual(["Not updated since 14:00.", "Closed"]);
  const icons = [...page.host.querySelectorAll("svg")].map((svg) => svg.dataset["icon"]);
  expect(icons).toEqual(["clock", "check"]);
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

test("the same kind of notice may come with another icon", () => {
  const { notices, page } = show(ENDED);
  notices.update([{ ...ENDED, icon: "hourglass", text: "Expired" }]);
  expect(page.host.querySelector("svg")?.dataset["icon"]).toBe("hourglass");
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
