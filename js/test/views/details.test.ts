import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Asker, JobLookup } from "../../src/store/job-lookup";
import type { Snapshot } from "../../src/view-model/snapshot";
import { DetailsPanel } from "../../src/views/details";
import type { Details } from "../../src/wire/details";
import type { Row } from "../../src/wire/wire";
import { circuit, counts, details, values } from "../details-fixtures";
import { HOSTILE, queued, row, settle, snapshot } from "../fixtures";
import { changesTo, mount, type View } from "../view";

const handlers = {
  close: vi.fn(),
  runAgain: vi.fn(),
  compareWithIdeal: vi.fn(),
  mark: vi.fn(),
  isMarked: vi.fn(() => false),
  say: vi.fn(),
};
let answers: Record<string, unknown>;
let controller: AbortController;
let panel: DetailsPanel;
let page: View;
let current: Row | null;

const asker: Asker = {
  request: (action, _args, _key, take) => {
    const answer = answers[action];
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== undefined) take?.(answer);
    return Promise.resolve("");
  },
};

beforeEach(() => {
  vi.clearAllMocks();
  answers = {};
  controller = new AbortController();
  const lookup = new JobLookup(asker, () => panel.update(current, snapshot()));
  panel = new DetailsPanel(lookup, handlers, controller.signal);
  page = mount(panel.node);
});
afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
});

function show(of: Row | null, told?: Partial<Details>, others: Partial<Snapshot> = {}): void {
  current = of;
  if (told) answers["details"] = details(told);
  panel.update(of, snapshot({}, others));
  // What the lookup found came while it was being asked.
  panel.update(of, snapshot({}, others));
}

const table = (selector: string): string[][] =>
  page
    .all(`${selector} tbody tr`)
    .map((each) => [...each.children].map((cell) => cell.textContent ?? ""));

test("nothing is shown while no job is selected", () => {
  show(null);
  expect(panel.node.hidden).toBe(true);
  show(row("a"));
  expect(panel.node.hidden).toBe(false);
  expect(panel.node.getAttribute("aria-label")).toBe("Selected job");
});

test("it says who the job is, how it stands, and its facts", () => {
  show(row("d3k1234567890abcdef41", { name: "bell" }));
  expect(page.text("h3")).toBe("bell");
  expect(page.text(".qs-details-head .qs-sign")).toBe("Done");
  expect(page.find(".qs-details-head code").title).toBe("d3k1234567890abcdef41");
  expect(page.texts("dt")).toContain("Shots");
});

test("a job that is done is compared with the ideal, or marked to be compared", () => {
  handlers.isMarked.mockReturnValueOnce(true);
  show(row("a"));
  page.button("Compare with ideal").click();
  expect(handlers.compareWithIdeal).toHaveBeenCalledExactlyOnceWith(row("a"));
  page.button("Mark to compare").click();
  expect(handlers.mark).toHaveBeenCalledExactlyOnceWith(row("a"));
});

test("a marked job says so", () => {
  handlers.isMarked.mockReturnValue(true);
  show(row("a"));
  expect(page.button("Mark to compare").getAttribute("aria-pressed")).toBe("true");
  handlers.isMarked.mockReturnValue(false);
});

test("a job without a result says why it cannot be compared", () => {
  show(queued("a"));
  expect(page.reason("Compare with ideal")).toBe("Only jobs that are done have results to compare");
  page.button("Compare with ideal").click();
  expect(handlers.compareWithIdeal).not.toHaveBeenCalled();
});

test("it says that it fetches, until there is an answer", () => {
  show(row("a"));
  expect(page.text(".qs-fetching")).toBe("Fetching…");
  expect(page.find(".qs-details-body").getAttribute("aria-busy")).toBe("true");
});

describe("counts", () => {
  test("are a table of bars by count, or by value", () => {
    show(row("a"), {});
    expect(table(".qs-bars")).toEqual([
      ["11", "60", "60.0%"],
      ["00", "40", "40.0%"],
    ]);
    expect(page.button("By count").getAttribute("aria-pressed")).toBe("true");
    page.button("By value").click();
    expect(table(".qs-bars").map(([outcome]) => outcome)).toEqual(["00", "11"]);
    expect(page.button("By value").getAttribute("aria-pressed")).toBe("true");
  });

  test("of each register have a table with a name", () => {
    const parts = [counts({ name: "a" }), counts({ name: "b", pub: 1 })];
    show(row("a"), { result: { parts, hidden: 3 } });
    const names = page.all("table").map((each) => page.told(each, "aria-labelledby"));
    expect(names).toEqual(["PUB 0 · register a", "PUB 1 · register b"]);
    expect(page.text(".qs-details-body")).toContain("… and 3 more parts");
  });
});

describe("expectation values", () => {
  test("that are one are a number with its error", () => {
    show(row("a"), { result: { parts: [values()], hidden: 0 } });
    expect(page.text(".qs-big-value")).toBe("−1.132 ± 0.011");
  });

  test("that are several are a table on one scale", () => {
    const several = values({
      shape: [2],
      size: 3,
      values: [
        [1, 0.1],
        [null, null],
      ],
    });
    show(row("a"), { result: { parts: [several], hidden: 0 } });
    expect(table(".qs-whiskers").map(([place, , value]) => [place, value])).toEqual([
      ["0", "1.00 ± 0.10"],
      ["1", "–"],
    ]);
    expect(page.text(".qs-part")).toContain("… and 1 more value");
  });
});

test("an error has its message, and its traceback behind a click", () => {
  const error = { type: "AerError", message: "no\nmemory", traceback: "Traceback…" };
  show(row("a", { status: "ERROR" }), { result: null, error });
  expect(page.text(".qs-failure strong")).toBe("AerError");
  expect(page.text(".qs-failure-text")).toBe("no\nmemory");
  expect(page.text("details pre")).toBe("Traceback…");
});

test("a job that waits says where its result will be", () => {
  show(queued("a"), { result: null });
  expect(page.text(".qs-note")).toContain("Waits in the queue");
});

test("parameters are listed, as far as they were told", () => {
  show(row("a"), { parameters: [["theta", "0.5"]], parameter_count: 3 });
  expect(page.text(".qs-parameters")).toBe("theta0.5");
  // Long names are cut off.
  expect(page.find(".qs-parameters dt").title).toBe("theta");
  expect(page.text(".qs-details-body")).toContain("… and 2 more parameters");
});

describe("a circuit", () => {
  test("is drawn when that is asked for, and hidden again", async () => {
    answers["drawing"] = { job_id: "a", index: 0, drawing: "q: ─" };
    show(row("a"), { circuits: [circuit()], circuit_count: 6 });
    expect(page.text(".qs-circuit")).toContain("2 of 127 qubits");
    expect(page.text(".qs-section")).toContain("… and 5 more circuits");
    page.button("Draw circuit bell").click();
    await settle();
    expect(page.text(".qs-drawing")).toBe("q: ─");
    expect(page.find(".qs-drawing").hidden).toBe(false);
    page.button("Hide drawing").click();
    await settle();
    expect(page.find(".qs-drawing").hidden).toBe(true);
  });

  test("that is too large says so", async () => {
    answers["drawing"] = new Error("too many to read");
    show(row("a"), {});
    page.button("Draw circuit bell").click();
    await settle();
    expect(page.text(".qs-circuit .qs-invalid")).toBe("too many to read");
    expect(page.button("Draw circuit bell").hasAttribute("aria-busy")).toBe(false);
  });
});

test("the line of code is copied", async () => {
  const written = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
  show(row("a"), {});
  page.button('Copy session.job("a").result()').click();
  await settle();
  expect(written).toHaveBeenCalledExactlyOnceWith('session.job("a").result()');
  expect(handlers.say).toHaveBeenCalledExactlyOnceWith("Copied");
});

test("what could not be read is told beside the rest, and can be asked for again", async () => {
  show(row("a"), { problem: "Not all could be read: no network" });
  expect(page.text(".qs-problem")).toContain("no network");
  answers["details"] = new Error("down");
  show(row("b"));
  await settle();
  expect(page.text(".qs-problem")).toBe("down");
  answers["details"] = details();
  page.button("Try again").focus();
  page.button("Try again").click();
  panel.update(current, snapshot());
  expect(page.all(".qs-bars")).toHaveLength(1);
  expect(document.activeElement).toBe(page.find("h3"));
});

test("without a kernel it shows what was fetched, and says why there is no more", () => {
  show(row("a"), {});
  show(row("a"), {}, { connection: "dead" });
  expect(page.all(".qs-bars")).toHaveLength(1);
  show(row("b"), {}, { connection: "dead" });
  expect(page.text(".qs-note")).toContain("Results are not saved with a notebook");
});

test("a job can be run again, unless the session takes no more", () => {
  show(row("a"));
  page.button("Run again").click();
  expect(handlers.runAgain).toHaveBeenCalledExactlyOnceWith(row("a"));
  panel.update(row("a"), snapshot({ state: "closing" }));
  expect(page.reason("Run again")).toBe("The session takes no more jobs");
});

test("it is closed by its button and by Escape", () => {
  show(row("a"));
  page.button("Close details").click();
  panel.node.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(handlers.close).toHaveBeenCalledTimes(2);
});

test("what is shown stays while nothing is new", () => {
  show(row("a"), {});
  expect(changesTo(panel.node, () => panel.update(row("a"), snapshot()))).toEqual([]);
});

test("text from outside is text, wherever it lands", () => {
  const hostile = HOSTILE;
  show(row(hostile, { name: hostile, tags: [hostile], primitive: hostile, status: "ERROR" }), {
    code: [hostile],
    problem: hostile,
    error: { type: hostile, message: hostile, traceback: hostile },
    result: {
      parts: [
        counts({ name: hostile, frequent: [[hostile, 1]] }),
        { kind: "other", pub: 0, name: hostile, words: hostile } as never,
      ],
      hidden: 0,
    },
    circuits: [circuit({ name: hostile, operations: [[hostile, 1]] })],
    parameters: [[hostile, hostile]],
    parameter_count: 1,
  });
  expect(page.all("img, b")).toEqual([]);
  const shown = panel.node.textContent?.split(hostile).length ?? 0;
  expect(shown).toBeGreaterThan(14);
});
