import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describeSession } from "../../src/view-model/session";
import type { Snapshot } from "../../src/view-model/snapshot";
import { Header } from "../../src/views/header";
import type { Head } from "../../src/wire/wire";
import { settle, snapshot } from "../fixtures";
import { mount } from "../view";

const ID = "7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4";
const NO_ID = "No session ID yet: the first job opens the session";

const ask = vi.fn();
const say = vi.fn();
let controller: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockClear();
  say.mockClear();
  controller = new AbortController();
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

const show = (changes: Partial<Head> = {}, others: Partial<Snapshot> = {}) => {
  const header = new Header({ ask, say }, controller.signal);
  header.update(describeSession(snapshot(changes, others)));
  return { header, page: mount(header.node) };
};

test("says who the session is and how it is", () => {
  const { page } = show();
  expect(page.text(".qs-pill")).toBe("In progress");
  expect(page.text(".qs-title")).toBe("vqe-h2");
  expect(page.text(".qs-subtitle")).toBe("on ibm_torino · session");
  expect(page.find(".qs-title").title).toBe("vqe-h2");
});

test("shows the short ID, with the full one to read", () => {
  const { page } = show();
  expect([page.text("code"), page.find("code").title]).toEqual(["7b2ed505…61f4", ID]);
});

test.each([
  ["Close session", "close_session"],
  ["Cancel session", "cancel_session"],
] as const)("%s asks before anything is ended", (name, ending) => {
  const { header, page } = show();
  page.button(name).click();
  expect(ask).toHaveBeenCalledExactlyOnceWith(ending);
  expect(header.buttons[ending].button).toBe(page.button(name));
});

test("each ending has the reason against it", () => {
  const { page } = show({ state: "closing" });
  expect(page.reason("Cancel session")).toBeNull();
  page.button("Close session").click();
  expect(say).toHaveBeenCalledExactlyOnceWith("The session is already closing");
  expect(ask).not.toHaveBeenCalled();
});

describe("the ID", () => {
  const writeText = vi.fn(async (_text: string) => undefined);
  const copyIcon = (): string | undefined =>
    document.querySelector<SVGElement>("[aria-label='Copy session ID'] svg")?.dataset["icon"];

  beforeEach(() => {
    writeText.mockClear();
    vi.stubGlobal("navigator", { clipboard: { writeText } });
  });

  test("is copied in full; this is said, and shown for a moment", async () => {
    const { page } = show();
    page.button("Copy session ID").click();
    await settle();
    expect(writeText).toHaveBeenCalledExactlyOnceWith(ID);
    expect(say).toHaveBeenCalledExactlyOnceWith("Session ID copied");
    expect(document.activeElement).toBe(page.button("Copy session ID"));
    expect(copyIcon()).toBe("check");
    vi.advanceTimersByTime(1500);
    expect(copyIcon()).toBe("copy");
  });

  test("keeps its mark for the whole moment when it is copied twice", async () => {
    const { page } = show();
    page.button("Copy session ID").click();
    await settle();
    vi.advanceTimersByTime(1000);
    page.button("Copy session ID").click();
    await settle();
    vi.advanceTimersByTime(1000);
    expect(copyIcon()).toBe("check");
    vi.advanceTimersByTime(500);
    expect(copyIcon()).toBe("copy");
  });

  test("is told where the page may not copy", async () => {
    vi.stubGlobal("navigator", {});
    const { page } = show();
    page.button("Copy session ID").click();
    await settle();
    expect(say).toHaveBeenCalledExactlyOnceWith(`This page may not copy. The session ID is ${ID}`);
    expect(copyIcon()).toBe("copy");
  });

  test("cannot be copied before there is one", async () => {
    const { page } = show({ session_id: null });
    expect(page.text("code")).toBe("no ID yet");
    const button = page.button("Copy session ID");
    expect([button.getAttribute("aria-disabled"), button.title]).toEqual(["true", NO_ID]);
    button.click();
    await settle();
    expect(say).toHaveBeenCalledExactlyOnceWith(NO_ID);
    expect(writeText).not.toHaveBeenCalled();
  });

  test("can be copied without a kernel", async () => {
    const { page } = show({}, { connection: "dead" });
    page.button("Copy session ID").click();
    await settle();
    expect(writeText).toHaveBeenCalledTimes(1);
  });

  test("may have been copied when the view is gone: nothing is said then", async () => {
    const { page } = show();
    page.button("Copy session ID").click();
    controller.abort();
    await settle();
    expect(say).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
