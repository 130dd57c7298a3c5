import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SessionStore } from "../../src/store/session-store";
import { SessionPanel } from "../../src/views/session";
import type { Head } from "../../src/wire/wire";
import { FakeModel, head, NOW, row, running } from "../fixtures";
import { mount, type View } from "../view";

let controller: AbortController;
let model: FakeModel;
let store: SessionStore;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function open(changes: Partial<Head> = {}): View {
  model = new FakeModel({ head: head(changes), rows: [running("a")] });
  store = new SessionStore(model, controller.signal);
  return showView();
}

function showView(signal = controller.signal): View {
  const page = mount();
  page.host.append(new SessionPanel(store, page.host, signal).node);
  return page;
}

const notices = (page: View) => page.texts("[data-notice]");
/** Takes back what was read out. */
const silence = (page: View): void => {
  for (const part of page.all("[role=status] > *")) part.replaceChildren();
};
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);
/** Long enough for what is gathered to be said. */
const listen = () => pass(0.6);

describe("as time goes by, without a word of the kernel", () => {
  test("a warning appears, is read out once, and makes room for the next", () => {
    const page = open({ expires_ms: NOW + 302_000, counts: { ...head().counts, QUEUED: 0 } });
    expect(notices(page)).toEqual([]);
    pass(3);
    expect(notices(page)).toEqual([expect.stringContaining("Less than 5 m left")]);
    expect(page.status).toContain("Less than 5 m left");
    silence(page);
    pass(200);
    expect(page.status).toBe("");
    pass(45);
    expect(notices(page)).toEqual([expect.stringContaining("Less than 1 m left")]);
    expect(page.status).toContain("Less than 1 m left");
  });

  test("idle time that is paid is a warning after a while, and none once a job comes", () => {
    const limits = { idle_until_ms: NOW + 300_000, interactive_timeout_s: 300 };
    const idle = { idle_since_ms: NOW, ...limits, is_paid: true };
    const page = open(idle);
    pass(31);
    expect(notices(page)).toEqual([expect.stringContaining("idle time is charged")]);
    model.delta(2);
    expect(notices(page)).toEqual([]);
    model.delta(3, { ...idle, idle_since_ms: NOW - 60_000 });
    silence(page);
    listen();
    expect([notices(page).length, page.status]).toEqual([1, ""]);
  });
});

describe("a warning in two views", () => {
  const LATE = { expires_ms: NOW + 30_000 };

  test("is seen in both and read out in one", () => {
    const pages = [open(LATE), showView()];
    listen();
    expect(pages.map((page) => notices(page).length)).toEqual([1, 1]);
    expect(pages.map((page) => page.status !== "")).toEqual([true, false]);
  });

  test("is not read out again by a view that opens later", () => {
    const page = open(LATE);
    listen();
    const later = showView();
    listen();
    expect([page.status !== "", later.status]).toEqual([true, ""]);
  });

  test("is put away in both", () => {
    const pages = [open(LATE), showView()];
    pages[1]?.button("Dismiss notice").click();
    expect(pages.map(notices)).toEqual([[], []]);
    model.delta(2, LATE);
    expect(pages.map(notices)).toEqual([[], []]);
  });
});

test("an end is read out with its reason; a page that opens later only shows it", () => {
  const ended = { state: "expired", label: "Expired", ended_ms: NOW, ended_reason: "out of time" };
  const page = open();
  model.delta(2, ended as Partial<Head>);
  listen();
  expect(page.status).toMatch(/^Session: Expired at .*: out of time$/);
  const reloaded = open(ended as Partial<Head>);
  listen();
  expect([notices(reloaded).length, reloaded.status]).toEqual([1, ""]);
});

describe("notifications of the browser", () => {
  const shown: [string, NotificationOptions][] = [];
  beforeEach(() => {
    shown.length = 0;
    localStorage.setItem("qsession:notify", "on");
    vi.stubGlobal(
      "Notification",
      class extends EventTarget {
        static permission = "granted";
        constructor(title: string, options: NotificationOptions) {
          super();
          shown.push([title, options]);
        }
      },
    );
  });
  afterEach(() => localStorage.clear());

  test("tell of ended jobs, in one view, while the page is out of sight", () => {
    open();
    showView();
    model.delta(2, {}, [row("a")]);
    listen();
    expect(shown).toEqual([]);
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    model.delta(3, {}, [row("b"), row("c", { status: "ERROR" })]);
    listen();
    expect(shown).toEqual([
      [
        "1 job done. 1 job failed",
        { body: "vqe-h2 on ibm_torino", tag: `qsession:${head().session_id}` },
      ],
    ]);
  });
});
