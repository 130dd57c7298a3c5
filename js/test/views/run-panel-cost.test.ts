import { describe, expect, test } from "vitest";
import { head } from "../fixtures";
import { choose, estimate, last_work, page, panel, run, shots, update } from "./shown-run-panel";

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
