import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SelectedJob } from "../../src/page/selection";
import type { Asker } from "../../src/store/job-lookup";
import type { Snapshot } from "../../src/view-model/snapshot";
import { ComparisonPanel } from "../../src/views/comparison";
import { RequestError } from "../../src/wire/requests";
import type { Row } from "../../src/wire/wire";
import { comparedValues, comparison } from "../comparison-fixtures";
import { HOSTILE, queued, row, settle, snapshot } from "../fixtures";
import { mount, type View } from "../view";

const rows = new Map<string, Row>(
  [row("a", { name: "bell" }), row("b", { name: "ghz" }), queued("c")].map((each) => [
    each.job_id,
    each,
  ]),
);
const handlers = { say: vi.fn(), focusJobs: vi.fn(), redraw: vi.fn() };
const request = vi.fn<Asker["request"]>();
let answer: unknown;
let selected: SelectedJob;
let panel: ComparisonPanel;
let page: View;

beforeEach(() => {
  vi.clearAllMocks();
  answer = comparison();
  request.mockImplementation((_action, _args, _key, take) => {
    if (answer instanceof Error) return Promise.reject(answer);
    take?.(answer);
    return Promise.resolve("");
  });
  selected = new SelectedJob();
  panel = new ComparisonPanel({ request }, selected, handlers);
  page = mount(panel.node);
  update();
});
afterEach(() => document.body.replaceChildren());

function update(changes: Partial<Snapshot> = {}): void {
  panel.update((id) => rows.get(id) ?? null, snapshot({}, changes));
}

function mark(...ids: readonly string[]): void {
  selected.setMarked(ids);
  update();
}

test("nothing is there while no job is marked", () => {
  expect(panel.node.hidden).toBe(true);
});

test("one marked job says how to mark another", () => {
  mark("a");
  expect(page.text("header")).toContain("bell is marked. Mark another");
  expect(page.reason("Compare")).toBe("Mark two jobs to compare them");
});

test("two are compared with a button, and the distance is said", () => {
  mark("a", "b");
  expect(page.text("header")).toContain("bell, ghz");
  page.button("Compare").click();
  expect(request).toHaveBeenCalledExactlyOnceWith(
    "compare",
    { job_ids: ["a", "b"], with_ideal: false },
    "compare",
    expect.any(Function),
  );
  expect(page.text(".qs-part p")).toBe(
    "total variation 0.128 (0.014 from shots alone), Hellinger fidelity 0.8719",
  );
  expect(handlers.say.mock.calls[0]?.[0]).toMatch(/^bell compared with ideal: total variation/);
});

test("outcomes stand side by side, the reference as an outline", () => {
  panel.ask(["a"], true);
  expect(page.texts("thead th")).toEqual(["Outcome", "bell", "ideal"]);
  expect(page.texts("tbody tr:first-child > *")).toEqual(["00", "44.5%", "49.9%"]);
  expect(page.all(".qs-reference")).toHaveLength(2);
  const table = page.find("table");
  expect(page.told(table, "aria-labelledby")).toBe("PUB 0, register meas");
});

test("values stand on one scale, with their differences in errors", () => {
  answer = comparison({ parts: [comparedValues()] });
  panel.ask(["a"], true);
  expect(page.texts("thead th")).toEqual(["Index", "Scale", "bell, ideal", "Difference"]);
  const [first, second] = page.all("tbody tr");
  expect([...(first?.children ?? [])].map((cell) => cell.textContent)).toEqual([
    "0",
    "",
    "bell −0.960 ± 0.011ideal −1.0000 ± 0.0020",
    "+3.6 σ",
  ]);
  expect(second?.lastElementChild?.textContent).toBe("–");
});

test("the focus goes to the comparison, and back when it is closed", () => {
  panel.ask(["a"], true);
  expect(document.activeElement?.textContent).toBe("Comparison");
  page.find("section").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  update();
  expect(panel.node.hidden).toBe(true);
  expect(handlers.focusJobs).toHaveBeenCalledOnce();
  expect(selected.marked).toEqual([]);
});

test("a job that is not done cannot be compared, and says so", () => {
  mark("a", "c");
  expect(page.reason("Compare")).toBe("Only jobs that are done have results to compare");
});

test("without a kernel nothing can be compared", () => {
  mark("a", "b");
  update({ connection: "dead" });
  expect(page.reason("Compare")).toBe("No connection to the kernel");
});

test("a refusal is told where the comparison would be", async () => {
  answer = new RequestError("InvalidInputError", "bell and ghz have nothing to compare.");
  panel.ask(["a", "b"], false);
  await settle();
  expect(page.text(".qs-problem")).toBe("bell and ghz have nothing to compare.");
});

test("a simulation that takes its time goes on being waited for", async () => {
  const late = Promise.reject(new RequestError("JobMemoryError", "too many qubits"));
  answer = new RequestError("Timeout", "no answer yet", late);
  panel.ask(["a"], true);
  expect(page.text(".qs-fetching")).toBe("Simulating…");
  await settle();
  expect(page.text(".qs-problem")).toBe("too many qubits");
});

test("the answer to an earlier question is passed over", () => {
  const takes: ((told: unknown) => void)[] = [];
  request.mockImplementation((_action, _args, _key, take) => {
    if (take) takes.push(take);
    return new Promise(() => undefined);
  });
  panel.ask(["a"], true);
  panel.ask(["b"], true);
  takes[0]?.(comparison());
  expect(page.all("table")).toHaveLength(0);
  takes[1]?.(comparison());
  expect(page.all("table")).toHaveLength(1);
});

test("an answer that cannot be read is told", () => {
  answer = { labels: 5 };
  panel.ask(["a"], true);
  expect(page.text(".qs-problem")).toContain("cannot read the kernel's answer");
});

test("what was left out is told", () => {
  answer = comparison({ hidden: 3, unmatched: ["PUB 1: not in all of them"] });
  panel.ask(["a"], true);
  expect(page.texts(".qs-note")).toEqual([
    "… and 3 more parts: compare them in code.",
    "Not compared: PUB 1: not in all of them",
  ]);
});

test("text from outside is text", () => {
  answer = comparison({ labels: [HOSTILE, "ideal"], unmatched: [HOSTILE] });
  panel.ask(["a"], true);
  expect(page.all("img, b")).toEqual([]);
});
