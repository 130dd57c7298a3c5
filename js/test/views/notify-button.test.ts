import { beforeEach, expect, test, vi } from "vitest";
import { NotifyButton } from "../../src/views/notify-button";
import { settle } from "../fixtures";
import { mount } from "../view";

const NAME = "Notify when a job ends";
let permission: NotificationPermission;
let answer: NotificationPermission;

beforeEach(() => {
  localStorage.clear();
  permission = "default";
  answer = "granted";
  vi.stubGlobal("Notification", {
    get permission() {
      return permission;
    },
    requestPermission: async () => {
      permission = answer;
      return answer;
    },
  });
});

function show() {
  const said: string[] = [];
  const button = new NotifyButton((text) => said.push(text), new AbortController().signal);
  return { button, said, page: mount(button.node) };
}

test("it is a switch that says how it stands", async () => {
  const { page, said } = show();
  const isPressed = () => page.button(NAME).getAttribute("aria-pressed");
  expect(isPressed()).toBe("false");
  page.button(NAME).click();
  await settle();
  expect(isPressed()).toBe("true");
  page.button(NAME).click();
  await settle();
  expect(isPressed()).toBe("false");
  expect(said).toEqual([
    "The browser will notify you when a job ends and this page is out of sight",
    "No notifications",
  ]);
});

test("blocked by the browser, it says so when clicked and stays reachable", async () => {
  permission = "denied";
  const { page, said } = show();
  expect(page.button(NAME).getAttribute("aria-disabled")).toBe("true");
  page.button(NAME).click();
  await settle();
  expect(said).toEqual([expect.stringContaining("blocks notifications")]);
});

test("a question that was waved away changes nothing and says nothing", async () => {
  answer = "default";
  const { page, said } = show();
  page.button(NAME).click();
  await settle();
  expect([page.button(NAME).getAttribute("aria-pressed"), said]).toEqual(["false", []]);
});

test("it follows what another view switched", async () => {
  const [first, second] = [show(), show()];
  first.page.button(NAME).click();
  await settle();
  second.button.update();
  expect(second.page.button(NAME).getAttribute("aria-pressed")).toBe("true");
});

test("a host without notifications does not show it", () => {
  vi.stubGlobal("Notification", undefined);
  expect(show().button.node.hidden).toBe(true);
});
