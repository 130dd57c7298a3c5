import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PATIENCE_MS, Route } from "../../src/wire/route";
import { FakeModel } from "../fixtures";

interface Message {
  readonly channel: string;
  readonly header: { readonly msg_type: string; readonly subshell_id?: string };
  readonly content: { readonly comm_id?: string; readonly data?: unknown };
}

/** A kernel as VS Code's page has it: one that uses no subshells of its own accord. */
class FakeKernel {
  readonly clientId = "client";
  readonly username = "user";
  readonly sent: Message[] = [];
  readonly futures: { onReply: (reply: object) => void }[] = [];
  isDisposed = false;
  supportsSubshells = false;
  commsOverSubshells = "perCommTarget";
  readonly slots = new Set<(kernel: unknown, status: string) => void>();
  readonly statusChanged = {
    connect: (slot: (kernel: unknown, status: string) => void) => this.slots.add(slot),
    disconnect: (slot: (kernel: unknown, status: string) => void) => this.slots.delete(slot),
  };

  sendShellMessage(message: Message): void {
    this.sent.push(message);
  }

  sendControlMessage(message: Message): { onReply: (reply: object) => void } {
    this.sent.push(message);
    const future = { onReply: () => undefined };
    this.futures.push(future);
    return future;
  }

  /** Answers the request for a subshell. */
  answer(content: object = { status: "ok", subshell_id: "s1" }): void {
    this.futures.at(0)?.onReply({ content });
  }

  becomes(status: string): void {
    for (const slot of [...this.slots]) slot(this, status);
  }

  types(channel: string): string[] {
    return this.sent.filter((each) => each.channel === channel).map((each) => each.header.msg_type);
  }

  comms(channel: string): Message[] {
    return this.sent.filter(
      (each) => each.channel === channel && each.header.msg_type === "comm_msg",
    );
  }
}

let kernel: FakeKernel;
let ending: AbortController;
let changes: number;

beforeEach(() => {
  vi.useFakeTimers();
  kernel = new FakeKernel();
  ending = new AbortController();
  changes = 0;
});
afterEach(() => {
  ending.abort();
  vi.useRealTimers();
});

function modelOn(channel: string): FakeModel {
  const model = new FakeModel({ busy_channel: channel, comm_id: "c1" });
  return Object.assign(model, { widget_manager: { kernel } });
}

function routeOf(model: FakeModel, { signal } = ending): Route {
  const onChange = (): void => {
    changes += 1;
  };
  return new Route(model, onChange, signal);
}

describe("where the host has no kernel for the page", () => {
  test("messages go its way, and the kernel knows whether they wait", () => {
    const model = new FakeModel({ busy_channel: "subshell" });
    const route = routeOf(model);
    route.send({ a: 1 });
    expect(model.sent).toEqual([{ a: 1 }]);
    expect(route.waits).toBeNull();
  });
});

describe("where the host uses subshells itself", () => {
  test("messages go its way", () => {
    kernel.supportsSubshells = true;
    const model = modelOn("subshell");
    const route = routeOf(model);
    route.send({ a: 1 });
    expect([model.sent.length, kernel.sent.length, route.waits]).toEqual([1, 0, null]);
  });
});

test("where the host was told to use none for widgets, the page opens its own", () => {
  kernel.supportsSubshells = true;
  kernel.commsOverSubshells = "disabled";
  const route = routeOf(modelOn("subshell"));
  kernel.answer();
  route.send({ a: 1 });
  expect(kernel.comms("shell")).toHaveLength(1);
  expect(route.waits).toBe(false);
});

describe("a subshell of the page's own", () => {
  test("is opened, and takes what was said meanwhile", () => {
    const route = routeOf(modelOn("subshell"));
    route.send({ a: 1 });
    expect(kernel.comms("shell")).toEqual([]);
    kernel.answer();
    route.send({ a: 2 });
    const [first, second] = kernel.comms("shell");
    expect(first?.header.subshell_id).toBe("s1");
    expect(first?.content).toEqual({
      comm_id: "c1",
      data: { method: "custom", content: { a: 1 } },
    });
    expect(second?.content.data).toMatchObject({ content: { a: 2 } });
    expect([route.waits, changes]).toEqual([false, 1]);
  });

  test("is one for all views of a page, and ends with the last of them", () => {
    const second = new AbortController();
    routeOf(modelOn("subshell"));
    const route = routeOf(modelOn("subshell"), second);
    kernel.answer();
    expect(kernel.types("control")).toEqual(["create_subshell_request"]);
    expect(route.waits).toBe(false);
    second.abort();
    expect(kernel.types("control")).toEqual(["create_subshell_request"]);
    ending.abort();
    expect(kernel.types("control")).toEqual(["create_subshell_request", "delete_subshell_request"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is given back when the page is left", () => {
    routeOf(modelOn("subshell"));
    kernel.answer();
    window.dispatchEvent(new Event("pagehide"));
    expect(kernel.types("control").at(-1)).toBe("delete_subshell_request");
  });

  test("that was given back so is used no more by a page that comes back", () => {
    const model = modelOn("subshell");
    const route = routeOf(model);
    kernel.answer();
    window.dispatchEvent(new Event("pagehide"));
    route.send({ a: 1 });
    expect([model.sent.length, kernel.comms("shell").length]).toEqual([1, 0]);
    expect(route.waits).toBe(true);
  });

  test("leaves nothing that listens once it has ended, however often it is opened", () => {
    for (const _ of [1, 2, 3]) {
      const view = new AbortController();
      routeOf(modelOn("subshell"), view);
      expect(kernel.slots.size).toBe(1);
      view.abort();
    }
    expect(kernel.slots.size).toBe(0);
    const requests = kernel.types("control").length;
    window.dispatchEvent(new Event("pagehide"));
    expect(kernel.types("control")).toHaveLength(requests);
  });

  test("that comes when nobody is there any more is given back", () => {
    routeOf(modelOn("subshell"));
    ending.abort();
    kernel.answer();
    expect(kernel.types("control").at(-1)).toBe("delete_subshell_request");
  });

  test("that does not come is not waited for, and clicks wait then", () => {
    const model = modelOn("subshell");
    const route = routeOf(model);
    route.send({ a: 1 });
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(model.sent).toEqual([{ a: 1 }]);
    expect([route.waits, changes]).toEqual([true, 1]);
    kernel.answer();
    route.send({ a: 2 });
    expect(kernel.comms("shell")).toHaveLength(1);
    expect(route.waits).toBe(false);
  });

  test("that the kernel refuses leaves the usual way", () => {
    const model = modelOn("subshell");
    const route = routeOf(model);
    kernel.answer({ status: "error" });
    route.send({ a: 1 });
    expect([model.sent.length, route.waits]).toEqual([1, true]);
  });

  test.each(["restarting", "autorestarting", "dead"])("is gone once a kernel is %s", (status) => {
    const model = modelOn("subshell");
    const route = routeOf(model);
    kernel.answer();
    kernel.becomes(status);
    route.send({ a: 1 });
    expect([model.sent.length, kernel.comms("shell").length]).toEqual([1, 0]);
    ending.abort();
    expect(kernel.types("control")).toEqual(["create_subshell_request"]);
  });
});

describe("the control channel, of a kernel without subshells", () => {
  test("takes messages at once", () => {
    const model = modelOn("control");
    const route = routeOf(model);
    route.send({ a: 1 });
    expect(kernel.comms("control")).toHaveLength(1);
    expect([model.sent.length, route.waits]).toEqual([0, false]);
  });
});

test.each(["subshell", "control"])(
  "to a kernel that is gone nothing can be sent: %s",
  (channel) => {
    const route = routeOf(modelOn(channel));
    kernel.answer();
    kernel.isDisposed = true;
    expect(() => route.send({})).toThrow("Cannot send");
  },
);

test("a kernel that offers nothing gets messages the usual way", () => {
  const model = modelOn("");
  const route = routeOf(model);
  route.send({ a: 1 });
  expect([model.sent.length, kernel.sent.length, route.waits]).toEqual([1, 0, null]);
});
