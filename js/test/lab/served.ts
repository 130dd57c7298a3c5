import { vi } from "vitest";
import { Server } from "../../src/lab/server";
import { ServedSessions } from "../../src/lab/sessions";
import type { Served, ServedEntry } from "../../src/lab/wire";
import { entry } from "../dashboard/fixtures";
import { NOW } from "../fixtures";

export function servedEntry(key: string, changes: Partial<ServedEntry> = {}): ServedEntry {
  return {
    ...entry(key),
    where: "kernel idle, study.ipynb",
    is_paid: true,
    notebook: "work/study.ipynb",
    kernel_id: "k1",
    kernel_state: "idle",
    idle_since_ms: null,
    idle_until_ms: null,
    ...changes,
  };
}

export function served(entries: readonly ServedEntry[], changes: Partial<Served> = {}): Served {
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

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
}

type Answer = Pick<Response, "status" | "ok" | "json">;

/** A server behind the page's `fetch`, which answers what a test says. */
export class FakeServer {
  readonly asked: Asked[] = [];
  status = 200;
  content: unknown = served([]);
  isUnreachable = false;
  readonly sessions: ServedSessions;

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.#answer(url, init));
    this.sessions = new ServedSessions(new Server({ baseUrl: "/user/me/", token: "secret" }));
  }

  /** The requests, without what is the same in all of them. */
  get lines(): string[] {
    return this.asked.map(({ method, url }) => `${method} ${url.replace(/^.*\/api\//, "")}`);
  }

  // Not a whole response: reading one takes any number of turns, and would outlast the test.
  async #answer(url: string, { method, headers }: RequestInit): Promise<Answer> {
    this.asked.push({ method: method ?? "", url, headers: new Headers(headers) });
    if (this.isUnreachable) throw new TypeError("Failed to fetch");
    const isEnding = /\/(close|cancel)$/.test(url);
    const content = isEnding && this.status === 200 ? { message: "It is done." } : this.content;
    const { status } = this;
    return { status, ok: status < 300, json: async () => content };
  }
}

/** Lets all that is promised by now be kept. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
