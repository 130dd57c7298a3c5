import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeModel, running } from "../fixtures";
import { Page } from "../page";

const PICTURE = "qsession-picture-a";
let pages: Page[];

beforeEach(() => {
  pages = [];
});
afterEach(() => {
  for (const page of pages) page.end();
  document.body.replaceChildren();
});

function open(model: FakeModel): Page {
  const page = new Page(model);
  pages.push(page);
  return page;
}

function addState(): void {
  const state = document.createElement("script");
  state.type = "application/vnd.jupyter.widget-state+json";
  document.body.append(state);
}

function addPicture(name = PICTURE): HTMLElement {
  const picture = document.createElement("div");
  picture.className = name;
  return document.body.appendChild(picture);
}

test("a view hides its own pictures, and gives them back when it ends", () => {
  const [first, second] = [addPicture(), addPicture()];
  const other = addPicture("qsession-picture-b");
  const page = open(new FakeModel({ picture: PICTURE }));
  expect([first.hidden, second.hidden, other.hidden]).toEqual([true, true, false]);
  page.end();
  expect([first.hidden, second.hidden]).toEqual([false, false]);
});

test("a view without a picture hides nothing", () => {
  const other = addPicture("");
  open(new FakeModel({ picture: "" }));
  open(new FakeModel());
  expect(other.hidden).toBe(false);
});

test("an export says what it shows, stands still, and speaks of no kernel", () => {
  addState();
  const page = open(new FakeModel({ rows: [running("a")] }, { commLive: false }));
  expect(page.root.dataset["connection"]).toBe("exported");
  expect(page.text(".qs-notices")).toBe("As it was when the notebook had run.");
  expect(page.root.textContent).not.toMatch(/kernel is gone/);
});

test("a live view in a page that carries state is live", () => {
  addState();
  const page = open(new FakeModel({}, { commLive: true }));
  expect(page.root.dataset["connection"]).toBe("live");
});
