import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import widget from "../src/index";
import { FakeModel, head, NOW, proxyOf, settle } from "./fixtures";
import { Page } from "./page";

let pages: Page[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  pages = [];
});
afterEach(() => {
  for (const page of pages) page.end();
  vi.useRealTimers();
});

function open(model: FakeModel, options: { initialize?: boolean } = {}): Page {
  const page = new Page(model, options);
  pages.push(page);
  return page;
}

describe("views of one model", () => {
  test("share a store: one resync, and both follow", () => {
    const model = new FakeModel();
    const first = open(model);
    const second = open(proxyOf(model), { initialize: false });
    model.delta(2, { state: "closing" });
    expect([first, second].map(({ root }) => root.dataset["state"])).toEqual([
      "closing",
      "closing",
    ]);
    expect(model.sent).toHaveLength(1);
  });

  test("do not end with the one that was there first", () => {
    const model = new FakeModel();
    const endModel = widget.initialize({ model });
    const first = open(proxyOf(model), { initialize: false });
    const second = open(proxyOf(model), { initialize: false });
    first.end();
    model.delta(2, { state: "closing" });
    expect(second.root.dataset["state"]).toBe("closing");
    endModel();
  });

  test("end one by one; with the model nothing is left", async () => {
    const model = new FakeModel({}, { commLive: true });
    const first = open(model);
    const second = open(proxyOf(model), { initialize: false });
    second.end();
    expect(second.host.childElementCount).toBe(0);
    model.delta(2, { state: "closing" });
    expect(first.root.dataset["state"]).toBe("closing");
    first.end();
    await settle();
    expect(first.host.childElementCount).toBe(0);
    expect(model.listenerCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a view without an initialized model", () => {
  test("has a store of its own, which ends with it", () => {
    const model = new FakeModel({}, { copies: true });
    const page = open(model, { initialize: false });
    model.delta(2, { state: "closing" });
    expect(page.root.dataset["state"]).toBe("closing");
    page.end();
    expect(model.listenerCount).toBe(0);
  });

  test("is not left with the store of a model that has ended", () => {
    const model = new FakeModel();
    open(model).end();
    const page = open(model, { initialize: false });
    model.delta(2, { state: "closing" });
    expect(page.root.dataset["state"]).toBe("closing");
  });
});

test("the host's signal ends the model and the view as the returned cleanup does", async () => {
  const model = new FakeModel();
  const controller = new AbortController();
  const { signal } = controller;
  const el = document.createElement("div");
  widget.initialize({ model, signal });
  widget.render({ model: proxyOf(model), el, signal });
  expect(el.querySelectorAll(".qsession")).toHaveLength(1);
  controller.abort();
  await settle();
  expect(el.childElementCount).toBe(0);
  expect(model.listenerCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

describe("the connection", () => {
  test("of a saved view is dead from the start, at the time of saving", () => {
    const saved = head({ now_ms: NOW - 86_400_000 });
    const page = open(new FakeModel({ head: saved }, { commLive: false }));
    expect(page.root.dataset["connection"]).toBe("dead");
    expect(page.timer("Time remaining")).toBe("25:30:00");
    vi.advanceTimersByTime(60_000);
    expect(page.timer("Time remaining")).toBe("25:30:00");
  });

  test("follows what the model says: the clock stops without a kernel and starts with one", () => {
    const model = new FakeModel({}, { commLive: true });
    const page = open(model);
    model.comm_live = false;
    model.emit("comm_live_update");
    expect(page.root.dataset["connection"]).toBe("dead");
    vi.advanceTimersByTime(5000);
    expect(page.timer("Time remaining")).toBe("1:30:00");
    model.comm_live = true;
    model.emit("comm_live_update");
    expect(page.root.dataset["connection"]).toBe("live");
    expect(page.timer("Time remaining")).toBe("1:29:55");
  });

  test("is lost by the event alone where the model does not tell", () => {
    const model = new FakeModel();
    const page = open(model);
    expect(page.reason("Run")).toBeNull();
    model.emit("comm_live_update");
    expect(page.reason("Run")).toBe("No connection to the kernel");
  });
});

test("a signal that is over before it begins draws nothing and leaves nothing", () => {
  const model = new FakeModel();
  const el = document.createElement("div");
  const signal = AbortSignal.abort();
  const props = { model, el, signal };
  const ends = [
    widget.initialize(props as unknown as Parameters<typeof widget.initialize>[0]),
    widget.render(props as unknown as Parameters<typeof widget.render>[0]),
  ];
  expect(el.childElementCount).toBe(0);
  expect([model.sent.length, vi.getTimerCount()]).toEqual([0, 0]);
  for (const end of ends) end();
});
