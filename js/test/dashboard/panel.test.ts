import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import widget from "../../src/index";
import { HOSTILE, NOW } from "../fixtures";
import { entry, FakeDashboard, overview } from "./fixtures";

let end: () => void = () => undefined;
let host: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  end();
  host.remove();
  vi.useRealTimers();
});

function open(shown: unknown): FakeDashboard {
  const model = new FakeDashboard(shown);
  host = document.body.appendChild(document.createElement("div"));
  const endModel = widget.initialize({ model });
  const endView = widget.render({ model, el: host });
  end = () => {
    endView();
    endModel();
  };
  return model;
}

function button(name: string): HTMLElement {
  const all = [...host.querySelectorAll<HTMLElement>("button")];
  const found = all.find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name,
  );
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
}

const rows = (): string[] =>
  [...host.querySelectorAll("[data-session]")].map((each) => each.textContent ?? "");

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe("what is shown", () => {
  test("a row for each session, in a table with headings", () => {
    open(overview([entry("a", { name: "vqe" }), entry("b")]));
    expect(rows()).toHaveLength(2);
    expect(rows()[0]).toContain("vqe");
    expect(host.querySelector("section")?.getAttribute("aria-label")).toBe("Sessions");
    expect(host.querySelectorAll("th[scope=col]")).toHaveLength(9);
  });

  test("names from outside as text", () => {
    open(overview([entry("a", { name: HOSTILE, backend: HOSTILE })]));
    expect(host.querySelector("img, script")).toBeNull();
    expect(rows()[0]).toContain(HOSTILE);
  });

  test("what the kernel sees later, without losing the focus", () => {
    const model = open(overview([entry("a"), entry("b")]));
    button("Close session b").focus();
    model.see(overview([entry("c"), entry("b"), entry("a")]));
    expect(rows()).toHaveLength(3);
    expect(document.activeElement).toBe(button("Close session b"));
    model.see(overview([entry("a")]));
    expect(document.activeElement).toBe(button("Refresh the list"));
  });

  test("a sentence instead of an empty table", () => {
    open(overview([]));
    expect(host.querySelector("table")?.hidden).toBe(true);
    expect(host.textContent).toContain("No open sessions");
  });

  test("that the account could not be asked", () => {
    open(overview([], { problem: "The account could not be asked: no route" }));
    expect(host.querySelector("[role=alert]")?.textContent).toContain("no route");
  });
});

describe("what can be done", () => {
  test("showing and hiding a session", async () => {
    const model = open(overview([entry("a")]));
    button("Show session a").click();
    expect(model.sent).toMatchObject([{ action: "show", key: "a" }]);
    model.answer(null);
    await settle();
    model.see(overview([entry("a", { is_shown: true })]));
    button("Hide session a").click();
    expect(model.sent.at(-1)).toMatchObject({ action: "hide", key: "a" });
  });

  test.each([
    ["Close", "close"],
    ["Cancel", "cancel"],
  ])("%s asks first", (word, action) => {
    const model = open(overview([entry("a")]));
    button(`${word} session a`).click();
    expect(model.sent).toEqual([]);
    expect(host.querySelector<HTMLElement>("[role=alertdialog]")?.hidden).toBe(false);
    button(`Yes, ${action}`).click();
    expect(model.sent).toMatchObject([{ action, key: "a" }]);
  });

  test("closing all, after saying how many", async () => {
    const model = open(overview([entry("a"), entry("b")]));
    button("Close all").click();
    expect(host.querySelector("[role=alertdialog]")?.textContent).toContain("2 open sessions");
    button("Yes, close all").click();
    expect(model.sent).toMatchObject([{ action: "close_all" }]);
    model.answer("2 sessions closed.");
    await settle();
    expect(host.querySelector("[role=status]")?.textContent).toBe("2 sessions closed.");
  });

  test("nothing that makes no sense, and it says why", () => {
    const model = open(overview([entry("a", { is_open: false, label: "Closed" })]));
    button("Close session a").click();
    expect(model.sent).toEqual([]);
    expect(host.querySelector("[role=status]")?.textContent).toBe("It is closed.");
    button("Close all").click();
    expect(host.querySelector("[role=status]")?.textContent).toBe("No session is open.");
  });

  test("a failure is an alert", async () => {
    const model = open(overview([entry("a")]));
    button("Show session a").click();
    model.answer(null, "No session a.");
    await settle();
    expect(host.querySelector("[role=alert]")?.textContent).toContain("No session a.");
  });
});

describe("looking again", () => {
  test("here every few seconds, at the account once a minute", async () => {
    const model = open(overview([]));
    const actions: string[] = [];
    for (let second = 0; second < 63; second += 3) {
      await vi.advanceTimersByTimeAsync(3000);
      actions.push(model.sent.at(-1)?.action ?? "");
      model.answer(null);
    }
    expect(actions.filter((action) => action === "ask")).toHaveLength(1);
    expect(actions.filter((action) => action === "look").length).toBeGreaterThan(10);
  });

  test("not while the page is hidden", async () => {
    const model = open(overview([]));
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    vi.restoreAllMocks();
  });

  test("not once the kernel is gone", async () => {
    const model = open(overview([entry("a")]));
    model.die();
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    expect(host.querySelector("section")?.dataset["connection"]).toBe("dead");
  });

  test("not after the view has ended", async () => {
    const model = open(overview([]));
    end();
    await vi.advanceTimersByTimeAsync(9000);
    expect(model.sent).toEqual([]);
    expect(model.listenerCount).toBe(0);
  });
});
