import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KernelClock } from "../../src/store/kernel-clock";
import { NOW } from "../fixtures";

let clock: KernelClock;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  clock = new KernelClock();
});
afterEach(() => {
  vi.useRealTimers();
});

test("it goes by what the kernel told, ahead or behind", () => {
  clock.set(NOW - 5000);
  vi.advanceTimersByTime(1000);
  expect(clock.now()).toBe(NOW - 4000);
  expect(clock.pageTime(NOW - 4000)).toBe(NOW + 1000);
});

test("what was told some time ago sets it forward only", () => {
  clock.set(NOW + 2000);
  clock.advance(NOW + 1000);
  expect(clock.now()).toBe(NOW + 2000);
  clock.advance(NOW + 3000);
  expect(clock.now()).toBe(NOW + 3000);
});

test("it stands still from now, or from another moment, until it goes again", () => {
  clock.stop();
  vi.advanceTimersByTime(1000);
  expect(clock.now()).toBe(NOW);
  clock.stop(NOW - 60_000);
  expect(clock.now()).toBe(NOW - 60_000);
  clock.go();
  expect(clock.now()).toBe(NOW + 1000);
});
