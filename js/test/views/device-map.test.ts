import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeviceMap } from "../../src/views/device-map";
import { device, plain } from "../device-fixtures";
import { changesTo, mount, type View } from "../view";

let map: DeviceMap;
let page: View;

beforeEach(() => {
  map = new DeviceMap();
  page = mount(map.node);
});
afterEach(() => document.body.replaceChildren());

const slider = () => page.find("[role=slider]");
const steps = (kind: string) =>
  [...page.host.querySelectorAll(`[data-${kind}]`)].map((node) => node.getAttribute("data-step"));
const press = (key: string): boolean =>
  slider().dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
const tip = () => page.find(".qs-tip");
const partOf = (selector: string): Element => {
  const part = page.host.querySelector(`${selector} > *`);
  if (!part) throw new Error(`no ${selector}`);
  return part;
};
const use = { job_id: "a", qubits: [0, 1], couplings: [[0, 1]] as [number, number][] };

test("qubits and couplings have the shade of their step, and none if nothing is known", () => {
  map.update(device(), "readout_error", null);
  expect(steps("qubit")).toEqual(["0", "6", null, null]);
  expect(steps("coupling")).toEqual(["0", "6", null]);
  map.update(device(), "t1_s", null);
  expect(steps("qubit")).toEqual(["6", "0", "6", null]);
  map.update(plain(), null, null);
  expect(steps("qubit")).toEqual([null, null]);
});

test("what is out of service is marked, and the legend says how", () => {
  map.update(device(), "t1_s", null);
  expect(page.host.querySelectorAll("[data-qubit][data-out]")).toHaveLength(1);
  expect(page.host.querySelectorAll("[data-coupling][data-out]")).toHaveLength(1);
  expect(page.text(".qs-legend")).toContain("not in service");
  map.update(plain(), null, null);
  expect(page.text(".qs-legend")).toBe("");
});

test("the qubits and couplings of a job are marked, and the legend says so", () => {
  map.update(device(), "t1_s", use);
  const used = [...page.host.querySelectorAll("[data-used]")];
  expect(used.map((node) => node.outerHTML.match(/data-(?:qubit|coupling)="\d"/)?.[0])).toEqual([
    'data-coupling="0"',
    'data-qubit="0"',
    'data-qubit="1"',
  ]);
  expect(page.text(".qs-legend")).toContain("the 2 qubits of the job");
  map.update(device(), "t1_s", null);
  expect(page.host.querySelectorAll("[data-used]")).toHaveLength(0);
});

test("newer numbers do not draw what is there anew", () => {
  map.update(device(), "readout_error", null);
  const qubit = page.host.querySelector("[data-qubit]");
  map.update(device({ version: "1.2.9" }), "readout_error", null);
  expect(page.host.querySelector("[data-qubit]")).toBe(qubit);
  const known = device();
  map.update(known, "readout_error", null);
  expect(changesTo(map.node, () => map.update(known, "readout_error", null))).toEqual([]);
});

test("a device whose qubits are not drawn has no map", () => {
  map.update(device({ qubits: [], couplings: [] }), null, null);
  expect(page.find(".qs-map-area").hidden).toBe(true);
});

describe("what is pointed at tells its numbers", () => {
  beforeEach(() => map.update(device(), "readout_error", null));

  const point = (selector: string, pointerType = "mouse"): void => {
    partOf(selector).dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType }));
  };

  test("a qubit", () => {
    expect(tip().hidden).toBe(true);
    point("[data-qubit='1']");
    expect(tip().hidden).toBe(false);
    expect(page.text(".qs-tip strong")).toBe("Qubit 1");
    expect(tip().textContent).toContain("Readout error 5%");
    slider().dispatchEvent(new PointerEvent("pointerleave"));
    expect(tip().hidden).toBe(true);
  });

  test("a coupling", () => {
    point("[data-coupling='1']");
    expect(tip().textContent).toBe("Qubits 0 and 2ecr 2→0 3%, 660 ns");
    expect(page.host.querySelectorAll("[data-looked]")).toHaveLength(1);
    point("[data-qubit='0']");
    expect(page.host.querySelectorAll("[data-looked]")).toHaveLength(1);
  });

  test("a finger points by tapping, and what was tapped stays until something else is", () => {
    point("[data-qubit='1']", "touch");
    expect(tip().hidden).toBe(true);
    partOf("[data-qubit='1']").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    slider().dispatchEvent(new PointerEvent("pointerleave"));
    expect(page.text(".qs-tip strong")).toBe("Qubit 1");
    slider().dispatchEvent(new MouseEvent("click", { bubbles: true }));
    expect(tip().hidden).toBe(true);
  });
});

describe("to the keyboard it is a slider over the qubits", () => {
  beforeEach(() => map.update(device(), "readout_error", use));

  test("that says which qubit it is at, with all its numbers", () => {
    expect(slider().getAttribute("aria-valuenow")).toBe("0");
    expect(slider().getAttribute("aria-valuemax")).toBe("3");
    expect(slider().getAttribute("aria-valuetext")).toMatch(
      /^Qubit 0, used by the job, Readout error 1.23%, .*to 1: cz 1%, 84 ns/,
    );
  });

  test.each([
    [["ArrowRight"], "1"],
    [["ArrowDown"], "2"],
    [["ArrowRight", "ArrowDown"], "3"],
    [["ArrowRight", "ArrowLeft"], "0"],
    [["ArrowUp"], "0"],
    [["End"], "3"],
    [["End", "Home"], "0"],
  ])("%j go to qubit %s", (keys, number) => {
    for (const key of keys) expect(press(key)).toBe(false);
    expect(slider().getAttribute("aria-valuenow")).toBe(number);
    expect(page.text(".qs-tip strong")).toMatch(`Qubit ${number}`);
  });

  test("Escape puts the numbers away, and then goes on to others", () => {
    press("End");
    expect(press("Escape")).toBe(false);
    expect(tip().hidden).toBe(true);
    expect(press("Escape")).toBe(true);
  });

  test("other keys are not its own", () => {
    expect(press("a")).toBe(true);
  });

  test("it goes on from the qubit that was tapped", () => {
    partOf("[data-qubit='2']").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    press("ArrowRight");
    expect(slider().getAttribute("aria-valuenow")).toBe("3");
  });

  test("a smaller device has no qubit beyond its own", () => {
    press("End");
    map.update(plain(), null, null);
    expect(slider().getAttribute("aria-valuenow")).toBe("1");
  });
});
