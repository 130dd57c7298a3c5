import { describe, expect, test } from "vitest";
import { Alerts } from "../../src/views/alerts";
import { changesTo, mount } from "../view";

const show = () => {
  const alerts = new Alerts();
  return { alerts, page: mount(alerts.node) };
};

test("the live region is there, empty, before there is an error to read out", () => {
  expect(show().page.alert).toBe("");
});

test("an error of a request and one of the session stand side by side", () => {
  const { alerts, page } = show();
  alerts.showRequest("bell is too wide");
  alerts.updateSession("503");
  expect(page.texts(".qs-alert-text")).toEqual(["bell is too wide", "503"]);
  alerts.clearRequest();
  expect(page.texts(".qs-alert-text")).toEqual(["503"]);
});

describe("an error of a request", () => {
  test("gives way to the next one", () => {
    const { alerts, page } = show();
    alerts.showRequest("first");
    alerts.showRequest("second");
    expect(page.texts(".qs-alert-text")).toEqual(["second"]);
  });

  test("is taken back only if it is still the one on show", () => {
    const { alerts, page } = show();
    alerts.showRequest("second");
    alerts.clearRequest("first");
    expect(page.alert).toBe("second");
    alerts.clearRequest("second");
    expect(page.alert).toBe("");
  });

  test("can be dismissed, and is shown when it happens again", () => {
    const { alerts, page } = show();
    alerts.showRequest("bell is too wide");
    page.button("Dismiss").click();
    expect(page.alert).toBe("");
    alerts.showRequest("bell is too wide");
    expect(page.alert).toBe("bell is too wide");
  });
});

describe("an error of the session", () => {
  test("is read out once, however often it is told", () => {
    const { alerts, page } = show();
    alerts.updateSession("503");
    expect(changesTo(page.host, () => alerts.updateSession("503"))).toEqual([]);
  });

  test("goes when it is over", () => {
    const { alerts, page } = show();
    alerts.updateSession("503");
    alerts.updateSession(null);
    expect(page.alert).toBe("");
  });

  test("stays away once dismissed, until there is another or it comes back", () => {
    const { alerts, page } = show();
    alerts.updateSession("503");
    page.button("Dismiss").click();
    alerts.updateSession("503");
    expect(page.alert).toBe("");
    alerts.updateSession("504");
    expect(page.alert).toBe("504");
    page.button("Dismiss").click();
    alerts.updateSession(null);
    alerts.updateSession("504");
    expect(page.alert).toBe("504");
  });
});

test("the focus stays here when the line that has it is dismissed, or is over", () => {
  const { alerts, page } = show();
  alerts.showRequest("bell is too wide");
  page.button("Dismiss").focus();
  page.button("Dismiss").click();
  expect(document.activeElement).toBe(alerts.node);
  alerts.updateSession("503");
  page.button("Dismiss").focus();
  alerts.updateSession(null);
  expect(document.activeElement).toBe(alerts.node);
});
