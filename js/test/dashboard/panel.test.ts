import { describe, expect, test, vi } from "vitest";
import { HOSTILE } from "../fixtures";
import { entry, overview } from "./fixtures";
import { button, host, open, rows, settle } from "./opened-panel";

describe("what is shown", () => {
  test("a row for each session, in a table with headings", () => {
    open(overview([entry("a", { name: "vqe" }), entry("b")]));
    expect(rows()).toHaveLength(2);
    expect(rows()[0]).toContain("vqe");
    expect(host.querySelector("section")?.getAttribute("aria-label")).toBe("Sessions");
    expect(host.querySelectorAll("th[scope=col]")).toHaveLength(8);
  });

  test("the name of a backend, which may be cut off, in full when it is pointed at", () => {
    open(overview([entry("a", { backend: "ibm_with_a_long_name" })]));
    const backend = host.querySelector<HTMLElement>(".qs-entry-backend");
    expect(backend?.title).toBe("ibm_with_a_long_name");
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

  test("not what another process does, and it says which", () => {
    const model = open(
      overview([entry("a", { is_open: false, pid: 4711, where: "process 4711" })]),
    );
    for (const word of ["Show", "Close", "Cancel"]) {
      button(`${word} session a`).click();
      expect(host.querySelector("[role=status]")?.textContent).toContain("open in process 4711");
    }
    expect(model.sent).toEqual([]);
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

describe("asking before ending", () => {
  const dialog = (): HTMLElement | null => host.querySelector("[role=alertdialog]");

  test("ends with what it is about", () => {
    const model = open(overview([entry("a"), entry("b")]));
    button("Close session a").click();
    model.see(overview([entry("b"), entry("a", { jobs: 4 })]));
    expect(dialog()?.hidden).toBe(false);
    model.see(overview([entry("b"), entry("a", { is_open: false, label: "Closed" })]));
    expect(dialog()?.hidden).toBe(true);
    button("Cancel session b").click();
    model.see(overview([entry("a")]));
    expect(dialog()?.hidden).toBe(true);
  });

  test("follows how many are open", () => {
    const model = open(overview([entry("a"), entry("b")]));
    button("Close all").click();
    model.see(overview([entry("a"), entry("b"), entry("c")]));
    expect(dialog()?.textContent).toContain("3 open sessions");
    model.see(overview([]));
    expect(dialog()?.hidden).toBe(true);
  });
});

test("a late answer takes back that there was none", async () => {
  const model = open(overview([entry("a")]));
  button("Close all").click();
  button("Yes, close all").click();
  const [request] = model.sent;
  await vi.advanceTimersByTimeAsync(10_000);
  const alert = host.querySelector("[role=alert]");
  expect(alert?.textContent).toContain("No answer from the kernel");
  model.answer("1 session closed.", null, request);
  await settle();
  expect(alert?.textContent).toBe("");
  expect(host.querySelector("[role=status]")?.textContent).toBe("1 session closed.");
});

test("what was asked for fails with the kernel", async () => {
  const model = open(overview([entry("a")]));
  button("Show session a").click();
  model.die();
  await settle();
  expect(button("Show session a").getAttribute("aria-busy")).toBeNull();
  expect(host.querySelector("[role=alert]")?.textContent).toContain("No connection");
});
