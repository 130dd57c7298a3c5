import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findStore, openStore } from "../../src/store/stores";
import { FakeModel, proxyOf, row, settle } from "../fixtures";

let controller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
  vi.useRealTimers();
});

const open = (model: FakeModel) => openStore(model, controller.signal);

test("a model has no store until one is opened", () => {
  const model = new FakeModel();
  expect(findStore(model)).toBeNull();
  const store = open(model);
  expect(findStore(model)).toBe(store);
});

test("another object for the same model finds the model's store", () => {
  const model = new FakeModel();
  const store = open(proxyOf(model));
  expect(findStore(proxyOf(model))).toBe(store);
});

test("it still does after the rows have changed", async () => {
  const model = new FakeModel();
  const store = open(proxyOf(model));
  model.delta(2, {}, [row("a")]);
  expect(findStore(proxyOf(model))).toBe(store);
  model.update({ seq: 3, rows: [row("a"), row("b")] });
  await settle();
  expect(findStore(proxyOf(model))).toBe(store);
});

test("models are told apart, even where they hold the same", () => {
  const models = [
    new FakeModel({ rows: [row("a")] }),
    new FakeModel({ rows: [row("a")] }),
    new FakeModel({ rows: undefined }),
    new FakeModel({ rows: undefined }),
  ];
  const stores = models.map(open);
  expect(models.map(findStore)).toEqual(stores);
  expect(new Set(stores).size).toBe(models.length);
});

test("where the host hands out copies, the model itself is known again", () => {
  const model = new FakeModel({}, { copies: true });
  const store = open(model);
  expect(findStore(model)).toBe(store);
  expect(findStore(proxyOf(model))).toBeNull();
});

test("a store that has ended is not found any more", () => {
  const model = new FakeModel();
  open(model);
  controller.abort();
  expect(findStore(model)).toBeNull();
});
