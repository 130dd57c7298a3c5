import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Head } from "../src/wire/wire";
import {
  FakeModel,
  freshHead,
  HOSTILE,
  head,
  NOW,
  program,
  queued,
  row,
  running,
  settle,
} from "./fixtures";
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

function open(model: FakeModel): Page {
  const page = new Page(model);
  pages.push(page);
  return page;
}

function show(
  changes: Partial<Head> = {},
  rows: readonly unknown[] = [],
): { model: FakeModel; page: Page } {
  const model = new FakeModel({ head: head(changes), rows: [...rows] });
  return { model, page: open(model) };
}

describe("what is shown", () => {
  test("the session, by the names people hold on to", () => {
    const { page } = show({}, [row("a"), queued("b")]);
    expect(page.root.tagName).toBe("SECTION");
    expect(page.root.dataset["state"]).toBe("active");
    expect(page.root.dataset["theme"]).toMatch(/^(light|dark)$/);
    expect(page.root.getAttribute("aria-label")).toBe("Session vqe-h2");
    expect(page.text(".qs-pill")).toBe("In progress");
    expect(page.text(".qs-header")).toContain("on ibm_torino · session");
    expect(page.timer("Time remaining")).toBe("1:30:00");
    expect(page.timer("Idle time remaining")).toBe("–");
    for (const name of [
      "Run",
      "Cancel session",
      "Close session",
      "Copy session ID",
      "Cancel job b",
    ]) {
      expect(page.reason(name)).toBeNull();
    }
  });

  test("a session without a job, in a helpful sentence", () => {
    const page = open(new FakeModel({ head: freshHead() }));
    expect(page.text(".qs-empty")).toContain("No jobs yet");
    expect(page.find(".qs-table").hidden).toBe(true);
    expect(page.timer("Time remaining")).toBe("2:00:00");
  });

  test("nothing yet, before the kernel has spoken", async () => {
    const model = new FakeModel({ head: {}, rows: undefined, seq: undefined });
    const page = open(model);
    expect(page.root.dataset["connection"]).toBe("waiting");
    expect(page.reason("Run")).toBe("Waiting for the kernel…");
    model.update({ seq: 1, head: head(), rows: [row("a")] });
    await settle();
    expect(page.root.dataset["connection"]).toBe("live");
    expect(page.jobIds).toEqual(["a"]);
  });

  test("text from outside as text, wherever it lands", () => {
    const work = { name: HOSTILE, primitive: HOSTILE, shots: 1 };
    const hostile = {
      name: HOSTILE,
      backend: HOSTILE,
      mode: HOSTILE,
      label: HOSTILE,
      session_id: HOSTILE,
    };
    const job = row(HOSTILE, {
      name: HOSTILE,
      primitive: HOSTILE,
      tags: [HOSTILE],
      error: `${HOSTILE}\n`,
      status: "ERROR",
    });
    const { model, page } = show(
      { ...hostile, error: HOSTILE, last_work: work, programs: [program(HOSTILE, work)] },
      [job, { ...queued(`${HOSTILE}2`) }],
    );
    model.delta(2, { ...hostile, state: "closed", ended_reason: HOSTILE });
    expect(page.all("img, b, script")).toEqual([]);
    expect(page.text(".qs-title")).toBe(HOSTILE);
    expect(page.text(".qs-tag")).toBe(HOSTILE);
    expect(page.find(`[data-status=ERROR] .qs-error-text`).textContent).toBe(HOSTILE);
    expect(page.row(HOSTILE).dataset["status"]).toBe("ERROR");
    expect(page.text(".qs-notices")).toContain(HOSTILE);
  });
});

describe("time", () => {
  test("counts down by the kernel's clock, not the page's", () => {
    const { model, page } = show();
    model.delta(2, { now_ms: NOW + 600_000, expires_ms: NOW + 660_000 });
    expect(page.timer("Time remaining")).toBe("1:00");
    vi.advanceTimersByTime(3100);
    expect(page.timer("Time remaining")).toBe("0:57");
  });

  test("counts idle time, usage and running jobs too", () => {
    const idle = { idle_since_ms: NOW, idle_until_ms: NOW + 60_000 };
    const { page } = show(idle, [running("a")]);
    vi.advanceTimersByTime(5100);
    expect(page.timer("Idle time remaining")).toBe("0:55");
    expect(page.text(".qs-usage .qs-value")).toBe("30 m 05 s");
    expect(page.row("a").textContent).toContain("17 s");
  });

  test("one timer runs while something counts, none once the session has ended", async () => {
    const { model, page } = show();
    model.reply(model.sent[0]?.id ?? "");
    await settle();
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(1);
    model.delta(2, { state: "closed", label: "Closed", usage_runs: false });
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
    expect(page.timer("Time remaining")).toBe("–");
  });
});

test("an unanswered resync is nobody's error", async () => {
  const { page } = show();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(page.alert).toBe("");
});

test("a change of state and finished jobs are told, together", () => {
  const { model, page } = show({}, [running("a"), running("b")]);
  model.delta(2, {}, [row("a")]);
  model.delta(3, { state: "closing", label: "Closing" }, [row("b", { status: "ERROR" })]);
  expect(page.status).toBe("");
  vi.advanceTimersByTime(500);
  expect(page.status).toBe("Session: closing. 1 job done. 1 job failed");
});

describe("without a kernel", () => {
  test("a saved notebook is drawn, and inert", () => {
    const model = new FakeModel({ rows: [queued("a")] }, { commLive: false });
    const page = open(model);
    expect(page.root.dataset["connection"]).toBe("dead");
    expect(page.text(".qs-notices")).toBe("The kernel is gone: this is the last known state.");
    for (const name of ["Run", "Cancel session", "Close session", "Cancel job a"]) {
      expect(page.reason(name)).toBe("No connection to the kernel");
      page.button(name).click();
    }
    expect(model.sent.map(({ action }) => action)).toEqual(["resync"]);
  });

  test("a send that throws greys everything out and says so", async () => {
    const { model, page } = show();
    model.isDead = true;
    page.button("Run").click();
    await settle();
    expect(page.root.dataset["connection"]).toBe("dead");
    expect(page.alert).toBe("No connection to the kernel: nothing was sent.");
  });
});
