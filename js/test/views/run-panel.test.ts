import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describeRun } from "../../src/view-model/run";
import type { ActionView } from "../../src/view-model/snapshot";
import { RunPanel } from "../../src/views/run-panel";
import type { Head } from "../../src/wire/wire";
import { freshHead, HOSTILE, head, NOW, program } from "../fixtures";
import { changesTo, mount, type View } from "../view";

const run = vi.fn();
const explain = vi.fn();
const estimate = vi.fn();
let panel: RunPanel;
let page: View;

beforeEach(() => {
  run.mockClear();
  explain.mockClear();
  estimate.mockClear();
  panel = new RunPanel(run, explain, estimate);
  page = mount(panel.node);
});
afterEach(() => document.body.replaceChildren());

const last_work = { name: "bell", primitive: "sampler", shots: 512 };
const CAN_ACT: ActionView = { reason: null, isPending: false };

function update(sent: Head, action = CAN_ACT): void {
  panel.update({ ...describeRun(sent, NOW, () => action), action });
}
function select(): HTMLSelectElement {
  return page.find("select") as HTMLSelectElement;
}
function shots(): HTMLInputElement {
  return page.find(".qs-shots") as HTMLInputElement;
}
function form(): HTMLElement {
  return page.find("form");
}
function choose(index: number): void {
  select().selectedIndex = index;
  select().dispatchEvent(new Event("change"));
}
function pressEnter(): void {
  form().dispatchEvent(new Event("submit", { cancelable: true }));
}

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

describe("parameters", () => {
  const turning = program("turning", {
    parameters: [
      ["a", 0.5],
      ["b", null],
    ],
  });
  const fields = () => page.all(".qs-parameter") as HTMLInputElement[];
  const sliders = () => page.all(".qs-slider") as HTMLInputElement[];
  const type = (index: number, text: string): void => {
    const field = fields()[index];
    if (!field) throw new Error(`no field ${index}`);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  test("have a number and a slider each, which follow each other", () => {
    update(head({ programs: [turning] }));
    expect(fields().map(({ value }) => value)).toEqual(["0.5", "0"]);
    type(0, "-2");
    expect(sliders()[0]?.value).toBe("-2");
    const [slider] = sliders();
    if (slider) slider.value = "1.25";
    slider?.dispatchEvent(new Event("input", { bubbles: true }));
    expect(fields()[0]?.value).toBe("1.25");
    page.button("Run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({
      program: "turning",
      shots: null,
      parameters: { a: 1.25, b: 0 },
    });
  });

  test("reach from minus pi to pi, and further if a value does", () => {
    update(head({ programs: [turning] }));
    expect(sliders()[0]?.max).toBe("3.142");
    type(0, "-10");
    expect([sliders()[0]?.min, sliders()[0]?.max]).toEqual(["-10", "10"]);
  });

  test("are remembered when another program was chosen meanwhile", () => {
    update(head({ programs: [turning, program("bell")] }));
    type(1, "2.5");
    choose(1);
    expect(fields()).toEqual([]);
    choose(0);
    expect(fields().map(({ value }) => value)).toEqual(["0.5", "2.5"]);
  });

  test("stay as they are while other things change", () => {
    update(head({ programs: [turning] }));
    const changes = changesTo(page.find(".qs-parameter-fields"), () =>
      update(head({ programs: [turning], usage_s: 1900 })),
    );
    expect(changes).toEqual([]);
  });

  test("without a value are refused at the field", () => {
    update(head({ programs: [turning] }));
    type(1, "");
    page.button("Run").click();
    expect(run).not.toHaveBeenCalled();
    expect(page.text(".qs-invalid")).toBe("b needs a number");
    const field = fields()[1];
    expect(document.activeElement).toBe(field);
    expect(field && page.told(field, "aria-describedby")).toBe("b needs a number");
    type(1, "0.5");
    expect(field?.hasAttribute("aria-describedby")).toBe(false);
  });

  test("have names that are shown as text", () => {
    const parameters = [[HOSTILE, 0]] as const;
    update(head({ programs: [program(HOSTILE, { parameters })] }));
    expect(page.text(".qs-parameter-row label")).toBe(HOSTILE);
    expect(page.host.querySelector("img")).toBeNull();
  });
});

describe("work that is paid for", () => {
  test("is asked for first, with what is left", () => {
    update(head({ is_paid: true }));
    page.button("Run").focus();
    page.button("Run").click();
    expect(run).not.toHaveBeenCalled();
    expect(page.text("[role=alertdialog]")).toContain("1:30:00 left");
    page.button("Not now").click();
    expect(run).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(page.button("Run"));
    page.button("Run").click();
    page.button("Yes, run").click();
    expect(run).toHaveBeenCalledExactlyOnceWith({ program: "bell", shots: null });
  });

  test("is no longer asked for when it has become impossible", () => {
    update(head({ is_paid: true }));
    page.button("Run").click();
    update(head({ is_paid: true }), { reason: "The session is closed", isPending: false });
    expect(page.find("[role=alertdialog]").hidden).toBe(true);
  });
});

test("every field has a label", () => {
  const labels = page.all("label").map((label) => [label.getAttribute("for"), label.textContent]);
  expect(labels).toEqual([
    [select().id, "Program"],
    [shots().id, "Shots"],
  ]);
});

describe("what work would use", () => {
  const paid = head({ last_work, is_paid: true });
  const asked = (): unknown => estimate.mock.lastCall?.[0];

  test("is asked for as it is chosen and typed, where it is paid for", () => {
    update(paid);
    expect(asked()).toEqual({ program: null, shots: null });
    choose(1);
    expect(asked()).toEqual({ program: "bell", shots: null });
    shots().value = "1000";
    shots().dispatchEvent(new Event("input", { bubbles: true }));
    expect(asked()).toEqual({ program: "bell", shots: 1000 });
    shots().value = "-1";
    shots().dispatchEvent(new Event("input", { bubbles: true }));
    expect(asked()).toBeNull();
  });

  test("is not asked for where nothing is paid, nor what cannot be run", () => {
    update(head({ last_work }));
    expect(asked()).toBeNull();
    update(paid, { reason: "The session is closed", isPending: false });
    expect(asked()).toBeNull();
    update(head({ programs: [], is_paid: true }));
    expect(asked()).toBeNull();
  });

  test("stands below the form, and stands out if it is more than is left", () => {
    update(paid);
    const line = page.find(".qs-estimate");
    expect(line.hidden).toBe(true);
    panel.showEstimate({ text: "About 4.0 s of QPU", title: "By a formula.", isExcess: true });
    expect([line.hidden, line.textContent, line.title]).toEqual([
      false,
      "About 4.0 s of QPU",
      "By a formula.",
    ]);
    expect(line.hasAttribute("data-excess")).toBe(true);
    panel.showEstimate(null);
    expect(line.hidden).toBe(true);
  });
});
