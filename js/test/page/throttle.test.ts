import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throttle } from "../../src/page/throttle";

const action = vi.fn();
let controller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  action.mockClear();
  controller = new AbortController();
});
afterEach(() => vi.useRealTimers());

const make = () => new Throttle(action, () => 100, controller.signal);

test("it is done at once, and once more after a while if it was asked for", () => {
  const throttle = make();
  for (let count = 0; count < 5; count += 1) throttle.ask();
  expect(action).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(action).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(action).toHaveBeenCalledTimes(2);
});

test("no timer is left behind", () => {
  const throttle = make();
  throttle.ask();
  expect(vi.getTimerCount()).toBe(0);
  throttle.ask();
  controller.abort();
  expect(vi.getTimerCount()).toBe(0);
});

test("asked now and then it is done each time", () => {
  const throttle = make();
  throttle.ask();
  vi.advanceTimersByTime(150);
  throttle.ask();
  expect(action).toHaveBeenCalledTimes(2);
});
