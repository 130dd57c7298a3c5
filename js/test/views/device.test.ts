import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { device, plain } from "../device-fixtures";
import { FakeModel, HOSTILE, head, NOW, row, settle } from "../fixtures";
import { Page } from "../page";

const MINUTE_MS = 60_000;

let model: FakeModel;
let page: Page;
let answers: Record<string, object>;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  answers = { device: { details: device() } };
  model = new FakeModel({ rows: [row("a"), row("b")] });
  model.answer = ({ action }) => answers[action] ?? null;
  page = new Page(model);
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

const panel = () => page.find(".qs-device") as HTMLDetailsElement;
const asked = (action = "device") => model.requests(action).length;

async function toggle(selector = ".qs-device", open = true): Promise<void> {
  const details = page.find(selector) as HTMLDetailsElement;
  details.open = open;
  details.dispatchEvent(new Event("toggle"));
  await settle();
}

const choice = () => page.find(".qs-device select") as HTMLSelectElement;
function choose(value: string): void {
  choice().value = value;
  choice().dispatchEvent(new Event("change"));
}
const steps = () =>
  [...page.host.querySelectorAll("[data-qubit]")].map((node) => node.getAttribute("data-step"));

test("the device is asked for once it is opened, and not before", async () => {
  await settle();
  expect(page.text(".qs-device > summary")).toBe("Device ibm_torino");
  expect(asked()).toBe(0);
  await toggle();
  expect(asked()).toBe(1);
  expect(page.host.querySelectorAll("[data-qubit]")).toHaveLength(4);
  expect(page.texts(".qs-device dt")).toContain("Median T1");
});

test("it says that it fetches until there is an answer", async () => {
  answers = {};
  await toggle();
  expect(page.text(".qs-device .qs-fetching")).toBe("Fetching…");
  expect(panel().getAttribute("aria-busy")).toBe("true");
});

test("qubits are coloured by what the reader chooses", async () => {
  await toggle();
  expect([...choice().options].map(({ text }) => text)).toEqual([
    "Readout error",
    "T1",
    "Gate error",
  ]);
  expect(steps()).toEqual(["0", "6", null, null]);
  choose("t1_s");
  expect(steps()).toEqual(["6", "0", "6", null]);
  expect(page.text(".qs-legend")).toContain("Qubits: T1: best 200 µs");
});

test("the choice stays when there is news", async () => {
  await toggle();
  choose("t1_s");
  answers = { device: { details: device({ version: "2" }) } };
  vi.advanceTimersByTime(MINUTE_MS);
  await settle();
  expect(choice().value).toBe("t1_s");
  expect(steps()).toEqual(["6", "0", "6", null]);
});

test("a device without properties says so, and has nothing to choose", async () => {
  answers = { device: { details: plain() } };
  await toggle();
  expect(page.text(".qs-device .qs-note")).toBe("No device properties.");
  expect(choice().closest("[hidden]")).not.toBeNull();
});

test("all numbers are in tables, which are made when they are opened", async () => {
  await toggle();
  expect(page.all(".qs-device table")).toHaveLength(0);
  await toggle(".qs-device-content > details");
  expect(page.texts(".qs-device table:first-of-type thead th")[0]).toBe("Qubit");
  expect(page.all(".qs-device tbody tr")).toHaveLength(4 + 3);
  expect(
    page.all(".qs-device [role=region]").map((each) => each.getAttribute("aria-label")),
  ).toEqual(["Qubits", "Couplings"]);
});

test("words of a device are no markup", async () => {
  const evil = device({ processor: HOSTILE, problem: HOSTILE, no_properties: HOSTILE });
  answers = { device: { details: evil } };
  await toggle();
  expect(page.host.querySelector("img")).toBeNull();
  expect(page.text(".qs-device .qs-problem")).toBe(HOSTILE);
});

describe("news", () => {
  test("of a service are asked for once a minute while it is open", async () => {
    await toggle();
    vi.advanceTimersByTime(3 * MINUTE_MS);
    await settle();
    expect(asked()).toBeGreaterThan(1);
    const before = asked();
    vi.advanceTimersByTime(MINUTE_MS);
    await settle();
    expect(asked()).toBe(before + 1);
    await toggle(".qs-device", false);
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(asked()).toBe(before + 1);
  });

  test("are not looked for where there are none", async () => {
    answers = { device: { details: plain() } };
    await toggle();
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(asked()).toBe(1);
  });

  test("a new calibration is said, and shown", async () => {
    await toggle();
    const newer = device({
      calibrated_ms: NOW,
      scales: { ...device().scales, readout_error: null },
    });
    answers = { device: { details: newer } };
    vi.advanceTimersByTime(MINUTE_MS);
    await settle();
    vi.advanceTimersByTime(1000);
    expect(page.status).toContain("ibm_square has a new calibration");
    expect(steps()).toEqual(["6", "0", "6", null]);
  });

  test("end with the view", async () => {
    await toggle();
    const before = asked();
    page.end();
    vi.advanceTimersByTime(5 * MINUTE_MS);
    expect(asked()).toBe(before);
  });
});

describe("the selected job", () => {
  const use = { job_id: "a", qubits: [0, 2], couplings: [[0, 2]] };

  beforeEach(() => {
    answers["use"] = { details: use };
  });

  const marked = () =>
    [...page.host.querySelectorAll("[data-qubit][data-used]")].map((node) =>
      node.getAttribute("data-qubit"),
    );

  test("has its qubits marked, which are asked for once both are open", async () => {
    page.row("a").click();
    await settle();
    expect(asked("use")).toBe(0);
    await toggle();
    await settle();
    expect(marked()).toEqual(["0", "2"]);
    expect(asked("use")).toBe(1);
    page.row("b").click();
    await settle();
    expect(model.requests("use").map(({ job_id }) => job_id)).toEqual(["a", "b"]);
  });

  test("of a device with fewer qubits has none", async () => {
    answers["use"] = { details: { ...use, qubits: [0, 7] } };
    await toggle();
    page.row("a").click();
    await settle();
    expect(marked()).toEqual([]);
  });
});

describe("failures", () => {
  test("are told, and the reader may try again", async () => {
    const error = { type: "ConnectionError", message: "no route" };
    answers = { device: { ok: false, error } };
    await toggle();
    expect(page.text(".qs-device .qs-problem")).toBe("no route");
    answers = { device: { details: device() } };
    page.button("Try again").focus();
    page.button("Try again").click();
    expect(document.activeElement).toBe(page.find(".qs-device > summary"));
    await settle();
    expect(page.host.querySelectorAll("[data-qubit]")).toHaveLength(4);
    expect(page.find(".qs-device .qs-problem").hidden).toBe(true);
  });

  test("a kernel that is gone cannot tell of it", async () => {
    model.emit("comm_live_update");
    model.comm_live = false;
    model.emit("comm_live_update");
    await toggle();
    expect(asked()).toBe(0);
    expect(page.text(".qs-device .qs-note")).toContain("not saved with a notebook");
  });
});

test("a compact view has no device", () => {
  model.update({ view: "compact" });
  expect(panel().hidden).toBe(true);
  model.update({ view: "full" });
  expect(panel().hidden).toBe(false);
});

test("the name is that of the session's backend", () => {
  model.change(2, { ...head(), backend: "ibm_other" });
  expect(page.text(".qs-device > summary")).toBe("Device ibm_other");
});
