import { afterEach, describe, expect, test, vi } from "vitest";
import { ActionButton, type ActionButtonOptions } from "../../src/views/action-button";
import { mount } from "../view";

afterEach(() => document.body.replaceChildren());

const CAN_ACT = { reason: null, isPending: false };
const BLOCKED = { reason: "The session is closed", isPending: false };

const show = (options: Partial<ActionButtonOptions> = {}) => {
  const onClick = vi.fn();
  const explain = vi.fn();
  const action = new ActionButton("Cancel", { onClick, explain, ...options });
  return { action, onClick, explain, page: mount(action.node) };
};

test("it has a text, or a name that says more", () => {
  expect(show().page.buttonNames).toEqual(["Cancel"]);
  const { page } = show({ name: "Cancel job a" });
  expect(page.button("Cancel job a").textContent).toBe("Cancel");
});

test("it has an icon if asked for one", () => {
  expect(show().page.host.querySelector("svg")).toBeNull();
  expect(show({ icon: "cross" }).page.host.querySelector("svg")?.dataset["icon"]).toBe("cross");
});

test("it submits a form only if it is meant to", () => {
  expect(show().action.button.type).toBe("button");
  expect(show({ type: "submit" }).action.button.type).toBe("submit");
});

test("it acts when nothing is against it", () => {
  const { action, onClick, explain } = show();
  action.update(CAN_ACT);
  action.button.click();
  expect(onClick).toHaveBeenCalledTimes(1);
  expect(explain).not.toHaveBeenCalled();
});

describe("when it cannot act", () => {
  test("it explains instead", () => {
    const { action, onClick, explain } = show();
    action.update(BLOCKED);
    action.button.click();
    expect(onClick).not.toHaveBeenCalled();
    expect(explain).toHaveBeenCalledExactlyOnceWith("The session is closed");
    expect(action.blocked).toBe("The session is closed");
  });

  test("it submits no form", () => {
    const { action } = show({ type: "submit" });
    action.update(BLOCKED);
    const click = new MouseEvent("click", { cancelable: true });
    action.button.dispatchEvent(click);
    expect(click.defaultPrevented).toBe(true);
  });

  test("it tells the reason to eyes and ears, and can still be reached by keyboard", () => {
    const { action, page } = show();
    action.update(BLOCKED);
    expect(page.reason("Cancel")).toBe("The session is closed");
    expect(action.button.title).toBe("The session is closed");
    action.button.focus();
    expect(document.activeElement).toBe(action.button);
    expect(action.button.disabled).toBe(false);
  });

  test("it looks busy while its own request is under way, and only then", () => {
    const { action } = show();
    action.update({ reason: "Waiting for the kernel…", isPending: true });
    expect(action.button.getAttribute("aria-busy")).toBe("true");
    action.update(BLOCKED);
    expect(action.button.hasAttribute("aria-busy")).toBe(false);
  });

  test("it leaves no trace of that once it can again", () => {
    const { action, page, onClick } = show();
    const before = page.host.innerHTML;
    action.update({ ...BLOCKED, isPending: true });
    action.update(CAN_ACT);
    expect(page.host.innerHTML).toBe(before);
    action.button.click();
    expect(onClick).toHaveBeenCalledTimes(1);
  });
});
