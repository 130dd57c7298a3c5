import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LOOK_MS, StatusItem } from "../../src/lab/status";
import { NOW } from "../fixtures";
import { FakeServer, served, servedEntry, settled } from "./served";

let server: FakeServer;
let ending: AbortController;
let isHidden = false;
const open = vi.fn();
const changed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.spyOn(document, "hidden", "get").mockImplementation(() => isHidden);
  isHidden = false;
  server = new FakeServer();
  ending = new AbortController();
});
afterEach(() => {
  ending.abort();
  vi.resetAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const make = (): StatusItem => new StatusItem(server.sessions, open, changed, ending.signal);

test("it is there while a paid session is open", async () => {
  server.content = served([servedEntry("a")]);
  const item = make();
  expect(item.isShown).toBe(false);
  await settled();
  expect(item.isShown).toBe(true);
  expect(item.node.textContent).toBe("1 paid session open");
  server.content = served([]);
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(item.isShown).toBe(false);
  expect(changed).toHaveBeenCalledTimes(2);
});

test("idle time goes on between two looks, in colour and in words", async () => {
  server.content = served([servedEntry("a", { idle_since_ms: NOW - 30_000 })]);
  const item = make();
  await settled();
  const button = item.node.querySelector("button");
  expect(button?.textContent).toBe("1 paid session open, 30 s idle");
  expect(button?.dataset["warning"]).toBe("true");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(button?.textContent).toBe("1 paid session open, 40 s idle");
});

test("it looks now and then, for nothing but open sessions", async () => {
  make();
  await vi.advanceTimersByTimeAsync(4 * LOOK_MS);
  expect(server.lines).toEqual(Array<string>(5).fill("GET sessions"));
});

test("it does not look while others do", async () => {
  make();
  for (let look = 0; look < 20; look += 1) {
    await vi.advanceTimersByTimeAsync(3000);
    await server.sessions.look(true);
  }
  expect(server.lines.filter((line) => line === "GET sessions")).toHaveLength(1);
});

test("it does not look while nobody sees the page, and does when somebody comes back", async () => {
  make();
  await settled();
  isHidden = true;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(server.lines).toHaveLength(1);
  isHidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(server.lines).toHaveLength(2);
});

test("a server without the extension is asked once", async () => {
  server.status = 404;
  const item = make();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(server.lines).toHaveLength(1);
  expect(item.isShown).toBe(false);
});

test("a click opens the tab", async () => {
  const item = make();
  item.node.querySelector("button")?.click();
  expect(open).toHaveBeenCalledOnce();
});
