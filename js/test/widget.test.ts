import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Head } from "../src/wire";
import { FakeModel, freshHead, HOSTILE, head, NOW, queued, row, running, settle } from "./fixtures";
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
    for (const timer of page.all("[role=timer]"))
      expect(timer.getAttribute("aria-live")).toBe("off");
  });

  test("a session without a job, in a helpful sentence", () => {
    const page = open(new FakeModel({ head: freshHead() }));
    expect(page.text(".qs-empty")).toContain("No jobs yet");
    expect(page.find("table").hidden).toBe(true);
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
      { ...hostile, error: HOSTILE, last_work: work, programs: [{ ...work, precision: null }] },
      [job, { ...queued(`${HOSTILE}2`) }],
    );
    model.delta(2, { ...hostile, state: "closed", ended_reason: HOSTILE });
    expect(page.all("img, b, script")).toEqual([]);
    expect(page.text(".qs-title")).toBe(HOSTILE);
    expect(page.text(".qs-tag")).toBe(HOSTILE);
    expect(page.text(".qs-error-text")).toBe(`${HOSTILE}\n`);
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

describe("running work", () => {
  const last_work = { name: "bell", primitive: "sampler", shots: 512 };
  const field = (page: Page): HTMLInputElement => page.find("input") as HTMLInputElement;
  const choose = (page: Page, index: number): void => {
    const select = page.find("select") as HTMLSelectElement;
    select.selectedIndex = index;
    select.dispatchEvent(new Event("change"));
  };

  test("sends the last work again unless something else is chosen", () => {
    const { model, page } = show({ last_work });
    page.button("Run").click();
    expect(model.requests("run")).toMatchObject([{ program: null, shots: null }]);
  });

  test("sends the chosen program with the shots typed", () => {
    const { model, page } = show({ last_work });
    choose(page, 1);
    expect(field(page).placeholder).toBe("4096");
    field(page).value = "1000";
    page.button("Run").click();
    expect(model.requests("run")).toMatchObject([
      { kind: "request", program: "bell", shots: 1000 },
    ]);
  });

  test("shows an estimator's precision and sends no shots", () => {
    const { model, page } = show({ last_work });
    field(page).value = "1000";
    choose(page, 2);
    expect(field(page).closest("[hidden]")).not.toBeNull();
    expect(page.text(".qs-run")).toContain("precision 0.02");
    page.button("Run").click();
    expect(model.requests("run")).toMatchObject([{ program: "ansatz", shots: null }]);
  });

  test("refuses shots that make no sense, in place, and sends nothing", () => {
    const { model, page } = show();
    field(page).value = "1.5";
    page.button("Run").click();
    expect(model.requests("run")).toEqual([]);
    expect(field(page).getAttribute("aria-invalid")).toBe("true");
    expect(page.text(`#${field(page).getAttribute("aria-describedby")}`)).toContain("whole number");
    expect(document.activeElement).toBe(field(page));
    field(page).dispatchEvent(new Event("input"));
    expect(field(page).hasAttribute("aria-invalid")).toBe(false);
  });

  test("keeps the choice and the shots when the programs change", () => {
    const { model, page } = show();
    choose(page, 1);
    field(page).value = "7";
    model.delta(2, { last_work });
    const select = page.find("select") as HTMLSelectElement;
    expect(select.selectedOptions[0]?.textContent).toBe("ansatz · estimator");
    expect(field(page).value).toBe("7");
  });

  test("leaves the list of programs alone, open as it may be, when other things change", () => {
    const { model, page } = show();
    const options = page.all("option");
    model.delta(2, { usage_s: 1900 });
    expect(page.all("option").every((option, index) => option === options[index])).toBe(true);
  });

  test("is one request, however often it is clicked, with a pending look", async () => {
    const { model, page } = show();
    const button = page.button("Run");
    button.click();
    button.click();
    expect(model.requests("run")).toHaveLength(1);
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(page.reason("Run")).toBe("Waiting for the kernel…");
    model.reply(model.requests("run")[0]?.id ?? "", { message: "Submitted bell" });
    await settle();
    expect(button.hasAttribute("aria-busy")).toBe(false);
    expect(page.status).toBe("Submitted bell");
  });

  test("tells why it cannot, by click and by Enter, and sends nothing", () => {
    const page = open(new FakeModel({ head: freshHead() }));
    page.button("Run").click();
    expect(page.status).toContain("Nothing to run yet");
    const { model, page: ended } = show({ state: "cancelled" });
    ended.find("form").dispatchEvent(new Event("submit", { cancelable: true }));
    expect(ended.status).toBe("The session is cancelled");
    expect(model.requests("run")).toEqual([]);
  });
});

describe("ending the session", () => {
  test.each([
    ["Cancel session", "Yes, cancel", "cancel_session", "1 queued job will be cancelled"],
    ["Close session", "Yes, close", "close_session", "1 running job and 1 queued job will finish"],
  ])("%s asks first, then is sent", (name, yes, action, effect) => {
    const { model, page } = show();
    page.button(name).click();
    expect(model.requests(action)).toEqual([]);
    expect(page.text("[role=alertdialog]")).toContain(effect);
    page.button(yes).click();
    expect(model.requests(action)).toHaveLength(1);
    expect(page.buttons().map((button) => button.textContent)).not.toContain(yes);
    expect(document.activeElement).toBe(page.button(name));
    expect(page.button(name).getAttribute("aria-busy")).toBe("true");
  });

  test("Keep changes nothing and gives the focus back", () => {
    const { model, page } = show();
    page.button("Cancel session").click();
    expect(document.activeElement).toBe(page.button("Keep"));
    page.button("Keep").click();
    expect(model.requests("cancel_session")).toEqual([]);
    expect(document.activeElement).toBe(page.button("Cancel session"));
  });

  test("Escape is Keep, and is not heard outside", () => {
    const { page } = show();
    const heard = vi.fn();
    page.host.addEventListener("keydown", heard);
    page.button("Close session").click();
    const key = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
    page.button("Keep").dispatchEvent(key);
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
    expect(document.activeElement).toBe(page.button("Close session"));
    expect(heard).not.toHaveBeenCalled();
  });

  test("the question follows the jobs, and goes when it has no point any more", () => {
    const { model, page } = show();
    page.button("Cancel session").click();
    model.delta(2, { counts: { QUEUED: 5, RUNNING: 0, DONE: 0, CANCELLED: 0, ERROR: 0 } });
    expect(page.text("[role=alertdialog]")).toContain("5 queued jobs will be cancelled");
    model.delta(3, { state: "expired", label: "Expired" });
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
  });

  test("asking the one after the other asks only the latter", () => {
    const { model, page } = show();
    page.button("Cancel session").click();
    page.button("Close session").click();
    page.button("Yes, close").click();
    expect(model.sent.map(({ action }) => action)).toEqual(["resync", "close_session"]);
  });
});

describe("errors", () => {
  test("of a request are shown until dismissed", async () => {
    const { model, page } = show();
    page.button("Run").click();
    const error = { type: "ValueError", message: "bell is too wide" };
    model.reply(model.requests("run")[0]?.id ?? "", { ok: false, error });
    await settle();
    expect(page.alert).toBe("bell is too wide");
    model.delta(2);
    expect(page.alert).toBe("bell is too wide");
    page.button("Dismiss").click();
    expect(page.alert).toBe("");
  });

  test("of a request go with the next one", async () => {
    const { model, page } = show();
    page.button("Run").click();
    model.reply(model.requests("run")[0]?.id ?? "", { ok: false, message: "no" });
    await settle();
    page.button("Run").click();
    expect(page.alert).toBe("");
  });

  test("by timeout are taken back by a late answer", async () => {
    const { model, page } = show();
    page.button("Run").click();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.alert).toContain("No answer from the kernel after 10 s");
    expect(page.reason("Run")).toBeNull();
    model.reply(model.requests("run")[0]?.id ?? "", { message: "Submitted bell" });
    await settle();
    expect([page.alert, page.status]).toEqual(["", "Submitted bell"]);
  });

  test("of the session stay away once dismissed, until there is another", () => {
    const { model, page } = show({ error: "503" });
    expect(page.alert).toBe("503");
    page.button("Dismiss").click();
    model.delta(2, { error: "503" });
    expect(page.alert).toBe("");
    model.delta(3, { error: "504" });
    expect(page.alert).toBe("504");
    model.delta(4, { error: null });
    expect(page.alert).toBe("");
    model.delta(5, { error: "503" });
    expect(page.alert).toBe("503");
  });

  test("an unanswered resync is nobody's error", async () => {
    const { page } = show();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.alert).toBe("");
  });
});

describe("announcements", () => {
  test("tell a change of state and finished jobs, together", () => {
    const { model, page } = show({}, [running("a"), running("b")]);
    model.delta(2, {}, [row("a")]);
    model.delta(3, { state: "closing", label: "Closing" }, [row("b", { status: "ERROR" })]);
    expect(page.status).toBe("");
    vi.advanceTimersByTime(500);
    expect(page.status).toBe("Session: closing. 1 job done. 1 job failed");
  });

  test("tell that the session ID was copied", async () => {
    const writeText = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const { page } = show();
    page.button("Copy session ID").click();
    await settle();
    expect(writeText).toHaveBeenCalledWith("7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4");
    expect(page.status).toBe("Session ID copied");
  });
});

describe("without a kernel", () => {
  test("a saved notebook is drawn, inert, and shows the time of its saving", () => {
    const saved = { head: head({ now_ms: NOW - 86_400_000 }), rows: [queued("a")] };
    const model = new FakeModel(saved, { commLive: false });
    const page = open(model);
    expect(page.root.dataset["connection"]).toBe("dead");
    expect(page.text(".qs-notices")).toBe("The kernel is gone: this is the last known state.");
    for (const name of ["Run", "Cancel session", "Close session", "Cancel job a"]) {
      expect(page.reason(name)).toBe("No connection to the kernel");
      page.button(name).click();
    }
    expect(model.sent.map(({ action }) => action)).toEqual(["resync"]);
    expect(page.timer("Time remaining")).toBe("25:30:00");
    vi.advanceTimersByTime(60_000);
    expect(page.timer("Time remaining")).toBe("25:30:00");
  });

  test("the copy button still works", async () => {
    const writeText = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    const page = open(new FakeModel({}, { commLive: false }));
    page.button("Copy session ID").click();
    await settle();
    expect(writeText).toHaveBeenCalledTimes(1);
  });

  test("a kernel that dies stops the clock, and one that comes back starts it", () => {
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

  test("where the model does not tell, the event alone does", () => {
    const model = new FakeModel();
    const page = open(model);
    expect(page.reason("Run")).toBeNull();
    model.emit("comm_live_update");
    expect(page.reason("Run")).toBe("No connection to the kernel");
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

describe("hosts", () => {
  test("views of one model share a store: one resync, and both follow", () => {
    const model = new FakeModel();
    const first = open(model);
    const second = open(proxyOf(model), { initialize: false });
    model.delta(2, { state: "closing" });
    expect([first.root.dataset["state"], second.root.dataset["state"]]).toEqual([
      "closing",
      "closing",
    ]);
    expect(model.sent).toHaveLength(1);
    first.button("Run").click();
    second.button("Run").click();
    expect(second.reason("Run")).toBe("The session is closing: it takes no new jobs");
  });

  test("models of one module do not share a store", () => {
    const pages = [
      open(new FakeModel({ rows: [row("a")] })),
      open(new FakeModel({ rows: [row("b")] })),
    ];
    expect(pages.map(({ jobIds }) => jobIds)).toEqual([["a"], ["b"]]);
  });

  test("render without initialize works by itself", () => {
    const model = new FakeModel({}, { copies: true });
    const page = open(model, { initialize: false });
    model.delta(2, { state: "closing" });
    expect(page.root.dataset["state"]).toBe("closing");
    page.end();
    expect(model.listenerCount).toBe(0);
  });

  test("a view after the end of its model has a store of its own again", () => {
    const model = new FakeModel();
    open(model).end();
    const page = open(model, { initialize: false });
    model.delta(2, { state: "closing" });
    expect(page.root.dataset["state"]).toBe("closing");
  });

  test("closing one view leaves the others; closing the model leaves nothing", async () => {
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
    pages = [];
  });
});

/** Hosts hand a new object with the same methods to each call. */
function proxyOf(model: FakeModel): FakeModel {
  return new Proxy(model, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
