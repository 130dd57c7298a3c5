import { afterEach, beforeEach, vi } from "vitest";
import type { Change } from "../../src/store/changes";
import { SessionStore } from "../../src/store/session-store";
import { type FakeModel, NOW, settle } from "../fixtures";

/** Ends the stores that the test has opened; they end with the test in any case. */
export let controller: AbortController;

/** What the stores of the test have told. */
export const changes: Change[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  controller = new AbortController();
  changes.length = 0;
});
afterEach(() => {
  controller.abort();
  vi.useRealTimers();
});

/** A store whose first resync is answered, so that later ones can be counted. */
export async function open(model: FakeModel): Promise<SessionStore> {
  const store = new SessionStore(model, controller.signal);
  model.reply(model.requests("resync")[0]?.id ?? "");
  await settle();
  store.subscribe((change) => changes.push(change), controller.signal);
  return store;
}

/** The jobs that were told of: id, status before, status now. */
export const jobs = (): string[] =>
  changes.flatMap(({ jobs }) =>
    jobs.map(({ row, before }) => `${row.job_id} ${before} ${row.status}`),
  );
