import type { WidgetModel } from "./model";

/**
 * How long a kernel may take to open a subshell before clicks go the usual way. Its control thread
 * answers within milliseconds, whatever a cell does.
 */
export const PATIENCE_MS = 1000;

/** The little of JupyterLab's kernel connection that is used; VS Code's page has the same. */
export interface Kernel {
  readonly clientId: string;
  readonly username: string;
  readonly isDisposed?: boolean;
  readonly supportsSubshells?: boolean;
  /** JupyterLab's setting for the messages of widgets. */
  readonly commsOverSubshells?: string;
  readonly statusChanged?: {
    connect(slot: StatusSlot): unknown;
    disconnect(slot: StatusSlot): unknown;
  };
  sendShellMessage(message: object, expectReply: boolean, disposeOnDone: boolean): unknown;
  sendControlMessage(message: object, expectReply: boolean, disposeOnDone: boolean): Future;
}

type StatusSlot = (kernel: unknown, status: string) => void;

interface Future {
  onReply: (reply: { readonly content: Readonly<Record<string, unknown>> }) => void;
}

/** A subshell that the views of this page share; null once it is known that there is none. */
interface Subshell {
  id: string | null | undefined;
  users: number;
  readonly listeners: Set<() => void>;
  /** Its end: whatever listens for it does so until then. */
  readonly life: AbortController;
}

// Each widget may have a module of its own in the page, and the kernel one thread for each subshell.
const KEY = Symbol.for("qsession.subshells");
const page = globalThis as { [KEY]?: WeakMap<object, Subshell> };
page[KEY] ??= new WeakMap();
const subshells = page[KEY];

/**
 * Brings what a view says to the kernel, past a cell that runs where there is a way.
 *
 * JupyterLab sends messages of widgets over a subshell of its own, if the kernel has them. VS Code
 * does not, so the page opens one. Kernels without subshells (ipykernel 6) take them on the control
 * channel. Else they wait for the cell, and `waits` tells.
 */
export class Route {
  readonly #model: WidgetModel;
  readonly #onChange: () => void;
  readonly #kernel: Kernel | null;
  readonly #channel: "host" | "subshell" | "control";
  #subshell: Subshell | null = null;
  #unsent: object[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param onChange called when {@link waits} may have changed.
   * @param signal ends it: the last of a page closes the subshell.
   */
  constructor(model: WidgetModel, onChange: () => void, signal: AbortSignal) {
    this.#model = model;
    this.#onChange = onChange;
    const kernel = kernelOf(model);
    const offered = model.get("busy_channel");
    const isTaken = kernel === null || usesSubshells(kernel);
    this.#kernel = isTaken ? null : kernel;
    this.#channel =
      !isTaken && (offered === "subshell" || offered === "control") ? offered : "host";
    if (kernel !== null && this.#channel === "subshell") this.#openSubshell(kernel, signal);
  }

  /** Whether what is sent waits for the running cell; null where the kernel knows better. */
  get waits(): boolean | null {
    if (this.#channel === "control") return false;
    return this.#subshell === null ? null : this.#subshell.id === null;
  }

  /** Sends a message; throws when there is no kernel. */
  send(content: object): void {
    if (this.#subshell !== null && this.#subshell.id === undefined) this.#unsent.push(content);
    else this.#send(content);
  }

  #send(content: object): void {
    const kernel = this.#kernel;
    const id = this.#subshell?.id;
    const isOverShell = this.#channel === "subshell" && typeof id === "string";
    if (kernel === null || !(isOverShell || this.#channel === "control")) {
      this.#model.send(content);
      return;
    }
    if (kernel.isDisposed === true) throw new Error("Cannot send");
    const data = { method: "custom", content };
    const message = messageOf(kernel, "comm_msg", { comm_id: this.#model.get("comm_id"), data });
    if (!isOverShell) kernel.sendControlMessage({ ...message, channel: "control" }, false, true);
    else {
      const header = { ...message.header, subshell_id: id };
      kernel.sendShellMessage({ ...message, header, channel: "shell" }, false, true);
    }
  }

  #openSubshell(kernel: Kernel, signal: AbortSignal): void {
    const subshell = subshells.get(kernel) ?? open(kernel);
    this.#subshell = subshell;
    subshell.users += 1;
    const onChange = (): void => this.#onSubshell();
    subshell.listeners.add(onChange);
    this.#timer = setTimeout(() => this.#onLate(), PATIENCE_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#unsent = [];
      subshell.listeners.delete(onChange);
      subshell.users -= 1;
      if (subshell.users === 0 && !subshell.life.signal.aborted) close(kernel, subshell);
    });
  }

  #onLate(): void {
    // It may come yet; until then nothing is held back any more.
    if (this.#subshell?.id === undefined && this.#subshell !== null) settle(this.#subshell, null);
  }

  #onSubshell(): void {
    clearTimeout(this.#timer);
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const content of unsent) {
      try {
        this.#send(content);
      } catch {
        // The kernel is gone, which the host tells by itself.
      }
    }
    this.#onChange();
  }
}

function open(kernel: Kernel): Subshell {
  const life = new AbortController();
  const subshell: Subshell = { id: undefined, users: 0, listeners: new Set(), life };
  subshells.set(kernel, subshell);
  const message = messageOf(kernel, "create_subshell_request", {});
  const future = kernel.sendControlMessage({ ...message, channel: "control" }, true, true);
  future.onReply = ({ content }) => {
    const { subshell_id: id } = content;
    const isOpen = content["status"] === "ok" && typeof id === "string";
    if (!life.signal.aborted) settle(subshell, isOpen ? id : null);
    else if (isOpen) remove(kernel, id);
  };
  const onStatus: StatusSlot = (_kernel, status) => {
    // The next kernel knows nothing of it.
    if (/restarting|dead/.test(status)) forget(kernel, subshell);
  };
  kernel.statusChanged?.connect(onStatus);
  life.signal.addEventListener("abort", () => kernel.statusChanged?.disconnect(onStatus));
  // A page that is left has no other moment to give it back.
  const onLeft = (): void => close(kernel, subshell);
  window.addEventListener("pagehide", onLeft, { signal: life.signal });
  return subshell;
}

function settle(subshell: Subshell, id: string | null): void {
  subshell.id = id;
  for (const listener of [...subshell.listeners]) listener();
}

/** Uses it no more: who still sends, as in a page that comes back, goes the usual way. */
function forget(kernel: Kernel, subshell: Subshell): void {
  subshell.life.abort();
  if (subshells.get(kernel) === subshell) subshells.delete(kernel);
  settle(subshell, null);
}

function close(kernel: Kernel, subshell: Subshell): void {
  const { id } = subshell;
  forget(kernel, subshell);
  if (typeof id === "string") remove(kernel, id);
}

function remove(kernel: Kernel, id: string): void {
  if (kernel.isDisposed === true) return;
  const message = messageOf(kernel, "delete_subshell_request", { subshell_id: id });
  kernel.sendControlMessage({ ...message, channel: "control" }, true, true);
}

/** A message as the kernel reads it, but for its channel. */
export function messageOf(kernel: Kernel, type: string, content: object) {
  const header = {
    msg_id: randomId(),
    msg_type: type,
    session: kernel.clientId,
    username: kernel.username,
    date: new Date().toISOString(),
    version: "5.4",
  };
  return { header, parent_header: {}, metadata: {}, content, buffers: [] };
}

// Not randomUUID: it is missing on plain-http notebook servers.
function randomId(): string {
  return Array.from({ length: 4 }, () => Math.random().toString(16).slice(2, 10)).join("");
}

/** The page's connection to the kernel, where the host's manager of widgets has one. */
function kernelOf(model: object): Kernel | null {
  const manager: unknown = Reflect.get(model, "widget_manager");
  if (typeof manager !== "object" || manager === null) return null;
  const kernel: unknown = Reflect.get(manager, "kernel");
  return isKernel(kernel) ? kernel : null;
}

function usesSubshells(kernel: Kernel): boolean {
  return kernel.supportsSubshells === true && kernel.commsOverSubshells !== "disabled";
}

function isKernel(value: unknown): value is Kernel {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof Reflect.get(value, "sendShellMessage") === "function" &&
    typeof Reflect.get(value, "sendControlMessage") === "function"
  );
}
