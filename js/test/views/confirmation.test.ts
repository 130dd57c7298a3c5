import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Ending } from "../../src/view-model/session";
import { Confirmation, ENDING_QUESTIONS } from "../../src/views/confirmation";
import { mount, type View } from "../view";

const confirmed = vi.fn();
const goBack = vi.fn();
let confirmation: Confirmation<Ending>;
let page: View;

beforeEach(() => {
  confirmed.mockClear();
  goBack.mockClear();
  confirmation = new Confirmation(ENDING_QUESTIONS, confirmed);
  page = mount(confirmation.node);
});
afterEach(() => document.body.replaceChildren());

const ask = (): void => confirmation.ask("cancel_session", "2 queued jobs go.", goBack);
const press = (key: string): void => {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
};

test("nothing is asked at first", () => {
  expect(confirmation.asked).toBeNull();
  expect(page.buttonNames).toEqual([]);
});

test.each([
  ["cancel_session", "Cancel the session?", "Yes, cancel"],
  ["close_session", "Close the session?", "Yes, close"],
] as const)("%s is a question with its effect and two answers", (ending, question, yes) => {
  confirmation.ask(ending, "2 queued jobs go.", goBack);
  const dialog = page.find("[role=alertdialog]");
  expect(page.told(dialog, "aria-labelledby")).toBe(question);
  expect(page.told(dialog, "aria-describedby")).toBe("2 queued jobs go.");
  expect(page.buttonNames).toEqual(["Keep", yes]);
});

test("the focus is on the answer that changes nothing", () => {
  ask();
  expect(document.activeElement).toBe(page.button("Keep"));
});

test("the keys are its own, not the notebook's", () => {
  expect(confirmation.node.dataset["lmSuppressShortcuts"]).toBe("true");
});

test("the effect follows what happens meanwhile", () => {
  ask();
  confirmation.update("3 queued jobs go.");
  expect(page.text("[role=alertdialog]")).toContain("3 queued jobs go.");
});

test("yes is told once; the question is over and the focus is given back", () => {
  ask();
  const yes = page.button("Yes, cancel");
  yes.click();
  yes.click();
  expect(confirmed).toHaveBeenCalledExactlyOnceWith("cancel_session");
  expect(goBack).toHaveBeenCalledTimes(1);
  expect(page.buttonNames).toEqual([]);
});

test("only what was asked last is confirmed", () => {
  ask();
  confirmation.ask("close_session", "", goBack);
  page.button("Yes, close").click();
  expect(confirmed.mock.calls).toEqual([["close_session"]]);
});

describe("the session is kept", () => {
  const expectKept = (): void => {
    expect([confirmation.asked, page.buttonNames]).toEqual([null, []]);
    expect(goBack).toHaveBeenCalledTimes(1);
    expect(confirmed).not.toHaveBeenCalled();
  };

  test("by its button", () => {
    ask();
    page.button("Keep").click();
    expectKept();
  });

  test("by Escape, which is not heard outside; other keys are", () => {
    const heard = vi.fn();
    page.host.addEventListener("keydown", ({ key }) => heard(key));
    ask();
    press("Tab");
    expect(confirmation.asked).toBe("cancel_session");
    press("Escape");
    expectKept();
    expect(heard.mock.calls).toEqual([["Tab"]]);
  });

  test("by closing, which does nothing when nothing is asked", () => {
    ask();
    confirmation.close();
    confirmation.close();
    expectKept();
  });
});

describe("a question that has become impossible is withdrawn", () => {
  test("and the focus is given back if it would be lost", () => {
    ask();
    confirmation.withdraw();
    expect([confirmation.asked, page.buttonNames]).toEqual([null, []]);
    expect(goBack).toHaveBeenCalledTimes(1);
  });

  test("but a reader who is typing elsewhere is left there", () => {
    ask();
    const cell = document.body.appendChild(document.createElement("textarea"));
    cell.focus();
    confirmation.withdraw();
    expect([confirmation.asked, page.buttonNames]).toEqual([null, []]);
    expect(goBack).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(cell);
  });
});
