import type { Entry, Overview } from "../../src/dashboard/wire";
import type { WidgetModel } from "../../src/wire/model";
import { NOW } from "../fixtures";

export function entry(key: string, changes: Partial<Entry> = {}): Entry {
  return {
    key,
    session_id: key,
    name: null,
    backend: "fake_manila",
    mode: "session",
    state: "active",
    label: "In progress",
    opened_ms: NOW - 60_000,
    ended_ms: null,
    remaining_s: 600,
    usage_s: 61,
    cost: null,
    currency: null,
    jobs: 3,
    where: "this process",
    pid: null,
    is_open: true,
    is_shown: false,
    ...changes,
  };
}

export function overview(
  entries: readonly Entry[],
  changes: Partial<Omit<Overview, "entries">> = {},
): Overview {
  return {
    version: 1,
    now_ms: NOW,
    asked_ms: null,
    problem: null,
    clicks_wait: false,
    ...changes,
    entries,
  };
}

type Callback = (value: unknown) => void;

interface Sent {
  readonly id: string;
  readonly action: string;
  readonly key?: string;
}

/** A dashboard's model with nothing behind it. */
export class FakeDashboard implements WidgetModel {
  readonly sent: Sent[] = [];
  readonly #listeners = new Map<string, Set<Callback>>();
  #overview: unknown;

  constructor(shown: unknown) {
    this.#overview = shown;
  }

  get(trait: string): unknown {
    return trait === "kind" ? "dashboard" : trait === "overview" ? this.#overview : undefined;
  }

  set(): void {
    throw new Error("A page of a dashboard writes no traits.");
  }

  on(event: string, callback: Callback): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(callback));
  }

  off(event: string, callback: Callback): void {
    this.#listeners.get(event)?.delete(callback);
  }

  send(content: object): void {
    const id: unknown = Reflect.get(content, "id");
    const action: unknown = Reflect.get(content, "action");
    const key: unknown = Reflect.get(content, "key");
    this.sent.push({
      id: String(id),
      action: String(action),
      ...(typeof key === "string" ? { key } : {}),
    });
  }

  /** How many listen to the model. */
  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, each) => sum + each.size, 0);
  }

  /** The kernel says what it sees now. */
  see(shown: unknown): void {
    this.#overview = shown;
    this.#fire("change:overview", shown);
  }

  /** The kernel answers the last request, or another. */
  answer(message: string | null, error: string | null = null, request = this.sent.at(-1)): void {
    this.#fire("msg:custom", {
      kind: "reply",
      id: request?.id,
      ok: error === null,
      message,
      error: error === null ? null : { type: "Error", message: error },
    });
  }

  /** The kernel goes away. */
  die(): void {
    this.#fire("comm_live_update", undefined);
  }

  #fire(event: string, value: unknown): void {
    for (const callback of this.#listeners.get(event) ?? []) callback(value);
  }
}
