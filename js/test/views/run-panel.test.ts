import { beforeEach, describe, expect, test, vi } from "vitest";
import { freshHead, head } from "../fixtures";
import { changesTo } from "../view";
import {
  choose,
  explain,
  form,
  last_work,
  page,
  pressEnter,
  run,
  select,
  shots,
  update,
} from "./shown-run-panel";

describe("running", () => {
  test("is the last work again unless something else is chosen", () => {
    update(head({ last_work }));
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({ program: null, shots: null });
  });

  test("is the chosen program with the shots typed", () => {
    update(head({ last_work }));
    choose(1);
    expect(shots().placeholder).toBe("4096");
    shots().value = "1000";
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({ program: "bell", shots: 1000 });
  });

  test("takes a precision for an estimator, and forgets shots that were typed", () => {
    update(head());
    shots().value = "1000";
    choose(1);
    expect([shots().value, shots().placeholder]).toEqual(["", "0.02"]);
    shots().value = "0.1";
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({ program: "ansatz", precision: 0.1 });
  });

  test("shows a text where there is nothing to choose", () => {
    update(head({ last_work: { ...last_work, primitive: "estimator" } }));
    expect(shots().closest("[hidden]")).not.toBeNull();
    expect(page.text(".qs-fixed")).toBe("same precision");
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({ program: null });
  });

  test("is asked for by Enter too, and never leaves the page", () => {
    update(head());
    const submit = new Event("submit", { cancelable: true });
    form().dispatchEvent(submit);
    expect(run).toHaveBeenCalledTimes(1);
    expect(submit.defaultPrevented).toBe(true);
  });

  test("is explained where it cannot be, by click and by Enter", () => {
    update(head(), { reason: "The session is closed", isPending: false });
    page.button("Run").click();
    pressEnter();
    expect(explain.mock.calls).toEqual([["The session is closed"], ["The session is closed"]]);
    expect(run).not.toHaveBeenCalled();
  });
});

describe("shots that make no sense", () => {
  beforeEach(() => {
    update(head());
    shots().value = "1.5";
    page.button("Run").click();
  });

  test("are refused at the field, which has the focus", () => {
    expect(run).not.toHaveBeenCalled();
    expect(shots().getAttribute("aria-invalid")).toBe("true");
    expect(page.told(shots(), "aria-describedby")).toContain("whole number");
    expect(document.activeElement).toBe(shots());
  });

  test("stay refused when something else is new", () => {
    update(head({ usage_s: 1900 }));
    expect(shots().getAttribute("aria-invalid")).toBe("true");
  });

  test.each([
    ["typing", () => shots().dispatchEvent(new Event("input", { bubbles: true }))],
    ["choosing work that takes none", () => choose(1)],
  ])("are forgiven by %s", (_what, act) => {
    act();
    expect(shots().hasAttribute("aria-invalid")).toBe(false);
    expect(shots().hasAttribute("aria-describedby")).toBe(false);
    expect(page.text(".qs-invalid")).toBe("");
  });

  test("may be no number at all, of which a browser tells nothing", () => {
    shots().value = "";
    vi.spyOn(shots(), "validity", "get").mockReturnValue({ ...shots().validity, badInput: true });
    page.button("Run").click();
    expect(run).not.toHaveBeenCalled();
  });
});

describe("the programs", () => {
  test("keep the choice and the shots typed when they change", () => {
    update(head());
    choose(1);
    shots().value = "0.7";
    update(head({ last_work }));
    expect(select().selectedOptions[0]?.textContent).toBe("ansatz · estimator");
    expect(shots().value).toBe("0.7");
  });

  test("start again from the first when the chosen one is gone", () => {
    update(head({ last_work }));
    choose(1);
    update(freshHead({ last_work }));
    expect(select().selectedOptions[0]?.textContent).toBe("bell · sampler (again)");
  });

  test("stay as they are, open as the list may be, when other things change", () => {
    update(head());
    expect(changesTo(select(), () => update(head({ usage_s: 1900 })))).toEqual([]);
  });

  test("have the fields of the latest, though their names stay", () => {
    update(freshHead({ last_work }));
    update(freshHead({ last_work: { ...last_work, shots: 100 } }));
    expect(shots().placeholder).toBe("100");
  });

  test("may be none yet: there is nothing to choose until there is one", () => {
    update(freshHead());
    expect([select().disabled, page.texts("option")]).toEqual([true, ["nothing to run yet"]]);
    expect(shots().closest("[hidden]")).not.toBeNull();
    update(head());
    expect(select().disabled).toBe(false);
    expect(page.texts("option")).toEqual(["bell · sampler", "ansatz · estimator"]);
  });
});

test("every field has a label", () => {
  const labels = page.all("label").map((label) => [label.getAttribute("for"), label.textContent]);
  expect(labels).toEqual([
    [select().id, "Program"],
    [shots().id, "Shots"],
  ]);
});
