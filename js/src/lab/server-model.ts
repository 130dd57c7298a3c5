import type { WidgetModel } from "../wire/model";
import { isString, shaped } from "../wire/wire";
import type { EndInKernel } from "./kernels";
import type { ServedSessions } from "./sessions";
import type { ServedEntry } from "./wire";

const isRequest = shaped({ id: isString, action: isString });
const isKeyed = shaped({ key: isString });

type Callback = (value: unknown) => void;

/**
 * The server behind a dashboard's view, which takes it for a kernel's model: requests go to the
 * server, paid sessions are ended there, local ones in their kernels.
 */
export class ServerModel implements WidgetModel {
  /** There is no kernel that could be gone. */
  readonly comm_live = true;
  readonly #sessions: ServedSessions;
  readonly #endInKernel: EndInKernel;
  readonly #openNotebook: (path: string) => void;
  readonly #listeners = new Map<string, Set<Callback>>();

  constructor(
    sessions: ServedSessions,
    endInKernel: EndInKernel,
    openNotebook: (path: string) => void,
    signal: AbortSignal,
  ) {
    this.#sessions = sessions;
    this.#endInKernel = endInKernel;
    this.#openNotebook = openNotebook;
    sessions.follow(() => this.#fire("change:overview", sessions.served), signal);
  }

  get(trait: string): unknown {
    return trait === "overview" ? this.#sessions.served : undefined;
  }

  on(event: string, callback: Callback): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(callback));
  }

  off(event: string, callback: Callback): void {
    this.#listeners.get(event)?.delete(callback);
  }

  send(content: object): void {
    if (!isRequest(content)) return;
    const { id, action } = content;
    this.#carryOut(action, isKeyed(content) ? content.key : "").then(
      (message) => this.#fire("msg:custom", { kind: "reply", id, ok: true, message, error: null }),
      (error: unknown) => this.#refuse(id, error),
    );
  }

  async #carryOut(action: string, key: string): Promise<string | null> {
    switch (action) {
      case "look":
        await this.#sessions.look(true);
        return null;
      case "ask":
        await this.#sessions.ask();
        return null;
      case "show":
        this.#openNotebook(this.#found(key).notebook ?? "");
        return null;
      case "close":
      case "cancel":
        return this.#end(this.#found(key), action);
      case "close_all":
        return this.#closeAll();
      default:
        throw new Error(`The server cannot ${action}.`);
    }
  }

  #found(key: string): ServedEntry {
    const entry = this.#sessions.entry(key);
    if (entry === null) throw new Error("The session is not listed any more.");
    return entry;
  }

  async #end(entry: ServedEntry, verb: "close" | "cancel"): Promise<string> {
    const { session_id: id, kernel_id: kernel } = entry;
    if (entry.is_paid || id === null || kernel === null) return this.#sessions.end(entry.key, verb);
    const message = await this.#endInKernel(kernel, id, verb);
    await this.#sessions.look(true);
    return message;
  }

  async #closeAll(): Promise<string> {
    const open = this.#sessions.served?.entries.filter((entry) => entry.is_open) ?? [];
    const ends = open.flatMap(({ key }) => {
      const entry = this.#sessions.entry(key);
      return entry === null ? [] : [this.#end(entry, "close")];
    });
    const outcomes = await Promise.allSettled(ends);
    const failed = outcomes.filter((each) => each.status === "rejected");
    const closed = outcomes.length - failed.length;
    const last: unknown = failed.at(-1)?.reason;
    if (last !== undefined) {
      const why = last instanceof Error ? last.message : String(last);
      throw new Error(`${closed} of ${outcomes.length} sessions closed. ${why}`);
    }
    return closed === 1 ? "1 session closed." : `${closed} sessions closed.`;
  }

  #refuse(id: string, error: unknown): void {
    const [type, message] =
      error instanceof Error ? [error.name, error.message] : ["Error", String(error)];
    this.#fire("msg:custom", {
      kind: "reply",
      id,
      ok: false,
      message: null,
      error: { type, message },
    });
  }

  #fire(event: string, value: unknown): void {
    for (const callback of [...(this.#listeners.get(event) ?? [])]) callback(value);
  }
}
