import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EndInKernel } from "../../src/lab/kernels";
import { ServerModel } from "../../src/lab/server-model";
import { SessionsTab } from "../../src/lab/tab";
import { NOW } from "../fixtures";
import { View } from "../view";
import { FakeServer, served, servedEntry, settled } from "./served";

let server: FakeServer;
let ending: AbortController;
let view: View;
const endInKernel = vi.fn<EndInKernel>();
const openNotebook = vi.fn<(path: string) => void>();

/** Brings the tab into sight, or puts it behind another. */
let scroll: (isIntersecting: boolean) => void = () => undefined;

class FakeObserver {
  constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
    scroll = (isIntersecting) => callback([{ isIntersecting }]);
  }
  observe(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.stubGlobal("IntersectionObserver", FakeObserver);
  server = new FakeServer();
  ending = new AbortController();
  const model = new ServerModel(server.sessions, endInKernel, openNotebook, ending.signal);
  const host = document.body.appendChild(document.createElement("div"));
  host.append(new SessionsTab(server.sessions, model, ending.signal).node);
  view = new View(host);
});
afterEach(() => {
  ending.abort();
  view.host.remove();
  vi.resetAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function see(...entries: Parameters<typeof served>[0]): Promise<void> {
  server.content = served(entries);
  scroll(true);
  await settled();
  await vi.advanceTimersByTimeAsync(3000);
}

function button(name: string): HTMLElement {
  const all = [...view.host.querySelectorAll<HTMLElement>("button")];
  const found = all.find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name,
  );
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
}

async function press(...names: string[]): Promise<void> {
  for (const name of names) button(name).click();
  await settled();
}

const said = (): string => view.host.querySelector("[role=status]")?.textContent ?? "";
const alerted = (): string => view.host.querySelector("[role=alert]")?.textContent ?? "";

test("it asks when it is seen, and says so until there is an answer", async () => {
  expect(view.host.textContent).toBe("Asking Jupyter’s server…");
  expect(server.lines).toEqual([]);
  await see(servedEntry("a", { name: "bell-study" }));
  expect(view.host.textContent).toContain("bell-study");
  expect(view.host.textContent).toContain("kernel idle, study.ipynb");
});

test("a server that does not answer at first is asked again", async () => {
  server.isUnreachable = true;
  scroll(true);
  await settled();
  expect(view.host.textContent).toBe("Jupyter's server does not answer.");
  server.isUnreachable = false;
  await see(servedEntry("a", { name: "bell-study" }));
  expect(view.host.textContent).toContain("bell-study");
});

test("it looks every three seconds while it is seen, and has nobody asked by itself", async () => {
  await see();
  server.asked.length = 0;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(new Set(server.lines)).toEqual(new Set(["GET sessions?listing=1"]));
  expect(server.lines).toHaveLength(40);
  scroll(false);
  server.asked.length = 0;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(server.lines).toEqual([]);
});

test("nothing is asked when it has ended", async () => {
  await see();
  ending.abort();
  server.asked.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.lines).toEqual([]);
});

test("the account is asked when the reader refreshes", async () => {
  await see();
  server.asked.length = 0;
  await press("Refresh the list");
  expect(server.lines).toEqual(["POST ask"]);
});

test("a session that idles and is paid for stands out", async () => {
  await see(servedEntry("a", { idle_since_ms: NOW - 240_000 }));
  expect(view.find(".qs-entry-state").textContent).toBe("Idle 4 m");
});

test("its notebook is opened", async () => {
  await see(servedEntry("a", { name: "vqe" }));
  await press("Open the notebook of session vqe");
  expect(openNotebook).toHaveBeenCalledWith("work/study.ipynb");
});

describe("ending", () => {
  test("a paid session is asked about, and ended by the server", async () => {
    await see(servedEntry("a", { name: "vqe" }));
    server.asked.length = 0;
    await press("Cancel session vqe");
    expect(view.find("[role=alertdialog]").textContent).toContain("vqe takes no more jobs");
    expect(server.lines).toEqual([]);
    await press("Yes, cancel");
    expect(server.lines).toEqual(["POST sessions/a/cancel", "GET sessions?listing=1"]);
    expect(said()).toContain("It is done.");
  });

  test("what goes wrong is told", async () => {
    await see(servedEntry("a", { name: "vqe" }));
    server.status = 502;
    server.content = { type: "ServiceError", message: "The service answered 503." };
    await press("Close session vqe", "Yes, close");
    expect(alerted()).toContain("The service answered 503.");
  });

  test("a server that is slow is not taken for a kernel", async () => {
    await see(servedEntry("a", { name: "vqe" }));
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    await press("Close session vqe", "Yes, close");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(alerted()).toContain("It takes long.");
    expect(alerted()).not.toContain("kernel");
  });

  test("a local session is ended in its kernel", async () => {
    endInKernel.mockResolvedValue("The session takes no more jobs.");
    await see(servedEntry("a", { name: "vqe", is_paid: false, pid: 7 }));
    server.asked.length = 0;
    await press("Close session vqe", "Yes, close");
    expect(endInKernel).toHaveBeenCalledWith("k1", "a", "close");
    expect(server.lines).toEqual(["GET sessions?listing=1"]);
    expect(said()).toContain("The session takes no more jobs.");
  });

  test("all of them are closed, each where it lives, and failures are counted", async () => {
    endInKernel.mockRejectedValue(new Error("The kernel ended."));
    await see(
      servedEntry("a"),
      servedEntry("b", { is_paid: false, pid: 7 }),
      servedEntry("c", { is_open: false }),
    );
    server.asked.length = 0;
    await press("Close all", "Yes, close all");
    expect(server.lines.filter((line) => line.startsWith("POST"))).toEqual([
      "POST sessions/a/close",
    ]);
    expect(alerted()).toContain("1 of 2 sessions closed. The kernel ended.");
  });
});
