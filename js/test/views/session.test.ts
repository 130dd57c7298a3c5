import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SessionStore } from "../../src/store/session-store";
import { SessionPanel } from "../../src/views/session";
import type { Head, Row } from "../../src/wire/wire";
import { details } from "../details-fixtures";
import { FakeModel, head, NOW, queued, row, settle } from "../fixtures";
import { mount, type View } from "../view";

let controller: AbortController;
let model: FakeModel;
let panel: SessionPanel;
let page: View;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  controller = new AbortController();
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
  vi.useRealTimers();
});

function show(changes: Partial<Head> = {}, rows: readonly Row[] = []): void {
  model = new FakeModel({ head: head(changes), rows: [...rows] });
  page = mount();
  const store = new SessionStore(model, controller.signal);
  panel = new SessionPanel(store, page.host, controller.signal);
  page.host.append(panel.node);
}

/** Answers the only request for an action. */
async function answer(action: string, reply: object): Promise<void> {
  const [request, ...more] = model.requests(action);
  if (!request || more.length > 0) throw new Error(`${more.length + 1} requests for ${action}`);
  model.reply(request.id, reply);
  await settle();
}

test("the panel is a region named after the session, marked with its state", () => {
  show();
  expect(panel.node.getAttribute("aria-label")).toBe("Session vqe-h2");
  expect(panel.node.dataset).toMatchObject({ state: "active", connection: "live" });
  model.delta(2, { name: "renamed", state: "closing" });
  expect(panel.node.getAttribute("aria-label")).toBe("Session renamed");
  expect(panel.node.dataset["state"]).toBe("closing");
});

test("it follows the page's theme", () => {
  show();
  expect(panel.node.dataset["theme"]).toMatch(/^(light|dark)$/);
});

test("it hints at clicks that wait", () => {
  show({ clicks_wait: true });
  expect(page.text("footer")).toBe("Clicks wait for the running cell to end");
});

test("it stays as it was once the view has ended, whatever was still open", async () => {
  show();
  page.button("Run").click();
  controller.abort();
  model.delta(2, { state: "closing" });
  await settle();
  expect(panel.node.dataset["state"]).toBe("active");
  expect([page.alert, page.status]).toEqual(["", ""]);
});

describe("a request", () => {
  test("is one, however often it is clicked, with a pending look until the answer", async () => {
    show();
    const button = page.button("Run");
    button.click();
    button.click();
    expect(model.requests("run")).toMatchObject([{ program: "bell", shots: null }]);
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(page.reason("Run")).toBe("Waiting for the kernel…");
    await answer("run", { message: "Submitted bell" });
    expect(button.hasAttribute("aria-busy")).toBe(false);
    expect(page.status).toBe("Submitted bell");
  });

  test("for one job leaves the other jobs' buttons alone", () => {
    show({}, [queued("a"), queued("b")]);
    page.button("Cancel job a").click();
    page.button("Cancel job a").click();
    expect(model.requests("cancel_job")).toMatchObject([{ job_id: "a" }]);
    expect(page.button("Cancel job a").getAttribute("aria-busy")).toBe("true");
    page.button("Cancel job b").click();
    expect(model.requests("cancel_job")).toMatchObject([{ job_id: "a" }, { job_id: "b" }]);
  });

  test("answered without words says nothing over what was said before", async () => {
    show();
    page.button("Run").click();
    page.button("Run").click();
    await answer("run", { message: "" });
    expect(page.status).toBe("Waiting for the kernel…");
  });
});

describe("a refusal", () => {
  const error = { type: "ValueError", message: "bell is too wide" };

  test("is shown until dismissed, whatever else is new", async () => {
    show();
    page.button("Run").click();
    await answer("run", { ok: false, error });
    expect(page.alert).toBe("bell is too wide");
    model.delta(2);
    expect(page.alert).toBe("bell is too wide");
    page.button("Dismiss").click();
    expect(page.alert).toBe("");
  });

  test("goes with the next request", async () => {
    show();
    page.button("Run").click();
    await answer("run", { ok: false, error });
    page.button("Run").click();
    expect(page.alert).toBe("");
  });
});

describe("a request without an answer", () => {
  beforeEach(async () => {
    show();
    page.button("Run").click();
    await vi.advanceTimersByTimeAsync(10_000);
  });

  test("is an error after a while; the button can act again", () => {
    expect(page.alert).toContain("No answer from the kernel after 10 s");
    expect(page.reason("Run")).toBeNull();
  });

  test("that is answered late after all is no error", async () => {
    await answer("run", { message: "Submitted bell" });
    expect([page.alert, page.status]).toEqual(["", "Submitted bell"]);
  });

  test("that is refused late is the error of the refusal", async () => {
    await answer("run", { ok: false, message: "bell is too wide" });
    expect(page.alert).toBe("bell is too wide");
  });
});

describe("ending the session", () => {
  test.each([
    ["Cancel session", "Yes, cancel", "cancel_session", "1 queued job will be cancelled"],
    ["Close session", "Yes, close", "close_session", "1 running job and 1 queued job will finish"],
  ])("%s asks first, then is sent", (name, yes, action, effect) => {
    show();
    page.button(name).click();
    expect(page.text("[role=alertdialog]")).toContain(effect);
    expect(model.requests(action)).toEqual([]);
    page.button(yes).click();
    expect(model.requests(action)).toHaveLength(1);
    expect(page.button(name).getAttribute("aria-busy")).toBe("true");
  });

  test("gives the focus back to the button that asked", () => {
    show();
    page.button("Close session").click();
    page.button("Keep").click();
    expect(document.activeElement).toBe(page.button("Close session"));
    expect(model.requests("close_session")).toEqual([]);
  });

  test("is a question that follows the jobs, and goes when it has no point any more", () => {
    show();
    page.button("Cancel session").click();
    model.delta(2, { counts: { QUEUED: 5, RUNNING: 0, DONE: 0, CANCELLED: 0, ERROR: 0 } });
    expect(page.text("[role=alertdialog]")).toContain("5 queued jobs will be cancelled");
    model.delta(3, { state: "expired", label: "Expired" });
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
  });
});

test("shortcuts of the notebook rest only while a button has the focus by keyboard", () => {
  show();
  const suppressed = () => panel.node.getAttribute("data-lm-suppress-shortcuts");
  const focus = (name: string, byKeyboard: boolean): void => {
    const button = page.button(name);
    vi.spyOn(button, "matches").mockImplementation(
      (selector) => byKeyboard && selector === ":focus-visible",
    );
    button.focus();
  };
  focus("Close session", true);
  expect(suppressed()).toBe("true");
  focus("Cancel session", false);
  expect(suppressed()).toBeNull();
});

describe("the selected job", () => {
  const estimated = (id: string, value: number): Row =>
    row(id, { primitive: "estimator", name: "loop", values: [[value, 0.1]] });

  /** What a click on a point of the trend does. */
  function openLast(): void {
    const key = new KeyboardEvent("keydown", { key: "Enter", cancelable: true });
    page.find("[role=slider]").dispatchEvent(key);
  }

  test("is opened from the trend, fetched once, and closed again", async () => {
    show({}, [estimated("a", 1), estimated("b", 2)]);
    openLast();
    expect(page.find(".qs-details").hidden).toBe(false);
    await answer("details", { details: details({ job_id: "b" }) });
    expect(page.all(".qs-bars")).toHaveLength(1);
    page.button("Close details").click();
    expect(page.find(".qs-details").hidden).toBe(true);
  });

  test("is run again under a key of its own, after asking where it is paid", async () => {
    show({ is_paid: true }, [estimated("a", 1), estimated("b", 2)]);
    openLast();
    page.button("Run again").click();
    expect(model.requests("run")).toEqual([]);
    page.button("Yes, run").click();
    expect(model.requests("run")).toMatchObject([{ program: null, job_id: "b" }]);
    await answer("run", { message: "Job c was submitted." });
    expect(page.status).toBe("Job c was submitted.");
  });

  test("leaves nothing in the model, so that nothing is saved", async () => {
    show({}, [estimated("a", 1), estimated("b", 2)]);
    openLast();
    await answer("details", { details: details({ job_id: "b" }) });
    model.delta(2);
    const saved = JSON.stringify([model.get("head"), model.get("rows"), model.get("seq")]);
    expect(saved).not.toContain("frequent");
  });
});

test("a compact view shows the session and its meters alone, and can change", () => {
  show({}, [queued("a")]);
  expect(page.find(".qs-body").hidden).toBe(false);
  model.update({ view: "compact" });
  expect(panel.node.dataset["view"]).toBe("compact");
  for (const part of [".qs-run-panel", ".qs-body", ".qs-timeline"]) {
    expect(page.find(part).hidden).toBe(true);
  }
  expect(page.timer("Time remaining")).toBe("1:30:00");
  model.update({ view: "full" });
  vi.advanceTimersByTime(100);
  for (const part of [".qs-run-panel", ".qs-body", ".qs-timeline"]) {
    expect(page.find(part).hidden).toBe(false);
  }
});
