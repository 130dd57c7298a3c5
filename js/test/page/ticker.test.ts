import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Ticker } from "../../src/page/ticker";
import { NOW } from "../fixtures";

let controller: AbortController;

beforeEach(() => void vi.useFakeTimers({ now: NOW + 300 }));
afterEach(() => {
  controller.abort();
  setHidden(false);
  vi.useRealTimers();
});

function setHidden(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

const setUp = () => {
  controller = new AbortController();
  const tick = vi.fn();
  return { tick, ticker: new Ticker(tick, controller.signal) };
};

test("ticks once a second, just after the phase", () => {
  const { ticker, tick } = setUp();
  ticker.run(NOW + 5_000_500);
  vi.advanceTimersByTime(199);
  expect(tick).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20);
  expect(tick).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  expect(tick).toHaveBeenCalledTimes(11);
});

test("is idle until run, and after being stopped", () => {
  const { ticker, tick } = setUp();
  expect(vi.getTimerCount()).toBe(0);
  ticker.run(NOW);
  ticker.run(NOW);
  expect(vi.getTimerCount()).toBe(1);
  ticker.run(null);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(tick).not.toHaveBeenCalled();
});

test("rests while the page is hidden and catches up when it is shown", () => {
  const { ticker, tick } = setUp();
  ticker.run(NOW);
  setHidden(true);
  expect(vi.getTimerCount()).toBe(0);
  setHidden(false);
  expect(tick).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(1);
});

test("leaves nothing after abort", () => {
  const { ticker, tick } = setUp();
  ticker.run(NOW);
  controller.abort();
  expect(vi.getTimerCount()).toBe(0);
  setHidden(true);
  setHidden(false);
  expect(tick).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
