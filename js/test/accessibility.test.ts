import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Head, Row } from "../src/wire/wire";
import { FakeModel, freshHead, head, NOW, queued, row, running } from "./fixtures";
import { Page } from "./page";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  // happy-dom has no style sheet of its own, and takes what is hidden for shown.
  document.head.innerHTML = "<style>[hidden] { display: none !important }</style>";
});
afterEach(() => {
  document.head.replaceChildren();
  vi.useRealTimers();
});

// Colours and layout are looked at by tests/browser/test_accessibility.py: there are none here.
const RULES = { "color-contrast": { enabled: false }, region: { enabled: false } };

async function violations(page: Page): Promise<string[]> {
  const { violations } = await axe.run(page.host, { rules: RULES });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

const JOBS = [
  row("done"),
  row("failed", { status: "ERROR", error: "no such gate\nin line 3", tags: ["a", "b"] }),
  row("cancelled", { status: "CANCELLED" }),
  running("running"),
  queued("queued"),
];

const STATES: Record<string, { head: Head; rows?: readonly Row[]; click?: string }> = {
  "not started": { head: freshHead() },
  "in progress": { head: head(), rows: JOBS },
  "with a question": { head: head(), rows: JOBS, click: "Cancel session" },
  idle: { head: head({ idle_since_ms: NOW - 40_000, idle_until_ms: NOW + 20_000 }) },
  "with an error": { head: head({ error: "no network", stale_since_ms: NOW }) },
  expired: { head: head({ state: "expired", ended_ms: NOW, ended_reason: "out of time" }) },
};

test.each(Object.entries(STATES))("axe finds nothing in a session %s", async (_name, state) => {
  const page = new Page(new FakeModel({ head: state.head, rows: [...(state.rows ?? [])] }));
  if (state.click) page.button(state.click).click();
  expect(await violations(page)).toEqual([]);
  page.end();
});

test("axe can find something here", async () => {
  const page = new Page(new FakeModel());
  page.root.append(document.createElement("button"));
  expect(await violations(page)).toEqual(["button-name: <button></button>"]);
  page.end();
});
