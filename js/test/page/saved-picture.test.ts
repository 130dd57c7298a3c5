import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GAP_MS, PICTURE_TAKEN, WANTED } from "../../src/page/saved-picture";
import { FakeModel, NOW } from "../fixtures";
import { Page } from "../page";

const PICTURE = { html: "<p>Session kept</p>", text: "Session kept" };

let model: FakeModel;
let page: Page;
let taken: unknown[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  model = new FakeModel();
  model.answer = ({ id, action }) =>
    action === "picture" ? { kind: "reply", id, ok: true, details: PICTURE } : null;
  page = new Page(model);
  taken = [];
  page.host.addEventListener(PICTURE_TAKEN, (event) => {
    if (event instanceof CustomEvent) taken.push(event.detail);
  });
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

const asked = (): number => model.requests("picture").length;

test("nobody asks for pictures where the page does not want them", () => {
  model.delta(2, { state: "closing" });
  vi.advanceTimersByTime(10 * GAP_MS);
  expect(asked()).toBe(0);
});

test("changes that come together make one picture, which bubbles up from the view", async () => {
  page.host.setAttribute(WANTED, "");
  model.delta(2, { usage_s: 1 });
  model.delta(3, { usage_s: 2 });
  expect(asked()).toBe(0);
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(asked()).toBe(1);
  expect(taken).toEqual([PICTURE]);
});

test("without changes there is no other one; each later change brings one", async () => {
  page.host.setAttribute(WANTED, "");
  model.delta(2, { usage_s: 1 });
  await vi.advanceTimersByTimeAsync(10 * GAP_MS);
  expect(asked()).toBe(1);
  model.delta(3, { usage_s: 2 });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(asked()).toBe(2);
});

test("an answer that is no picture is passed over", async () => {
  page.host.setAttribute(WANTED, "");
  model.answer = ({ id }) => ({ kind: "reply", id, ok: true, details: { html: 7 } });
  model.delta(2, { usage_s: 1 });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(asked()).toBe(1);
  expect(taken).toEqual([]);
});

test("a refusal leaves the view as it is, and the next change asks again", async () => {
  page.host.setAttribute(WANTED, "");
  model.answer = ({ id }) => ({
    kind: "reply",
    id,
    ok: false,
    error: { type: "E", message: "out of pictures" },
  });
  model.delta(2, { usage_s: 1 });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(page.root.textContent).not.toContain("out of pictures");
  model.delta(3, { usage_s: 2 });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(asked()).toBe(2);
});

test("a busy kernel is asked once, and again when it has answered", async () => {
  page.host.setAttribute(WANTED, "");
  model.answer = () => null;
  model.delta(2, { usage_s: 1 });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  model.delta(3, { usage_s: 2 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
  const [first] = model.requests("picture");
  model.reply(first?.id ?? "", { details: PICTURE });
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(taken).toEqual([PICTURE]);
  expect(asked()).toBe(2);
});

test("a view that has ended asks no more", async () => {
  page.host.setAttribute(WANTED, "");
  model.delta(2, { usage_s: 1 });
  page.end();
  await vi.advanceTimersByTimeAsync(GAP_MS);
  expect(asked()).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
