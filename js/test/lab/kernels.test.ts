import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Future, KernelConnection } from "../../src/lab/jupyterlab";
import { endInKernel, PATIENCE_MS } from "../../src/lab/kernels";

interface Message {
  readonly channel: string;
  readonly header: { readonly msg_type: string; readonly subshell_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

type Content = Readonly<Record<string, unknown>>;

/** A kernel that answers what a test says, by the type of the message. */
class FakeKernel implements KernelConnection {
  readonly clientId = "client";
  readonly username = "user";
  readonly sent: Message[] = [];
  readonly futures: Future[] = [];
  readonly dispose = vi.fn();
  answers: Record<string, Content> = {
    create_subshell_request: { status: "ok", subshell_id: "s1" },
    delete_subshell_request: { status: "ok" },
    execute_request: { status: "ok", user_expressions: { qsession: { status: "ok" } } },
  };
  isDead = false;

  sendShellMessage(message: Message): Future {
    return this.#send(message);
  }

  sendControlMessage(message: Message): Future {
    return this.#send(message);
  }

  get types(): string[] {
    return this.sent.map(({ channel, header }) => `${channel} ${header.msg_type}`);
  }

  #send(message: Message): Future {
    this.sent.push(message);
    const content = this.answers[message.header.msg_type];
    const future: Future = {
      onReply: () => undefined,
      done: this.isDead
        ? Promise.reject(new Error("Canceled future"))
        : new Promise(() => undefined),
    };
    this.futures.push(future);
    if (content) queueMicrotask(() => future.onReply({ content }));
    return future;
  }
}

let kernel: FakeKernel;
const connectTo = vi.fn(() => kernel);

beforeEach(() => {
  vi.useFakeTimers();
  kernel = new FakeKernel();
});
afterEach(() => {
  vi.useRealTimers();
});

const end = (verb: "close" | "cancel" = "close"): Promise<string> =>
  endInKernel({ connectTo })("k1", 'id"1', verb);

test("it is done on a subshell of its own, and nothing is left behind", async () => {
  expect(await end()).toBe("The session takes no more jobs.");
  expect(connectTo).toHaveBeenCalledWith({ model: { id: "k1", name: "" } });
  expect(kernel.types).toEqual([
    "control create_subshell_request",
    "shell execute_request",
    "control delete_subshell_request",
  ]);
  expect(kernel.sent[1]?.header.subshell_id).toBe("s1");
  expect(kernel.dispose).toHaveBeenCalledOnce();
});

test("no code runs among the reader's variables, and an id is text", async () => {
  expect(await end("cancel")).toBe("The session is cancelled.");
  expect(kernel.sent[1]?.content).toMatchObject({
    code: "",
    silent: true,
    store_history: false,
    user_expressions: {
      qsession: '__import__("qsession").attach("id\\"1").cancel(reason="cancel in JupyterLab")',
    },
  });
});

test.each([
  ["refuses", { status: "error" }],
  ["does not know the request", undefined],
])("where the kernel %s, it waits for the cell", async (_, answer) => {
  if (answer) kernel.answers["create_subshell_request"] = answer;
  else delete kernel.answers["create_subshell_request"];
  const ended = end();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  expect(await ended).toBe("The session takes no more jobs.");
  expect(kernel.types.slice(1)).toEqual(["shell execute_request"]);
  expect(kernel.sent[1]?.header.subshell_id).toBeUndefined();
});

test("a subshell that comes too late is given back", async () => {
  delete kernel.answers["create_subshell_request"];
  delete kernel.answers["execute_request"];
  void end();
  await vi.advanceTimersByTimeAsync(PATIENCE_MS);
  kernel.futures[0]?.onReply({ content: { status: "ok", subshell_id: "s1" } });
  await vi.advanceTimersByTimeAsync(0);
  expect(kernel.types.at(-1)).toBe("control delete_subshell_request");
  expect(kernel.sent.at(-1)?.content).toEqual({ subshell_id: "s1" });
});

test("what goes wrong in the kernel is told", async () => {
  kernel.answers["execute_request"] = {
    user_expressions: { qsession: { status: "error", evalue: "No session has the id." } },
  };
  await expect(end()).rejects.toThrow("No session has the id.");
  kernel.answers["execute_request"] = { status: "aborted" };
  await expect(end()).rejects.toThrow("does not say whether");
  expect(kernel.dispose).toHaveBeenCalledTimes(2);
});

test("a kernel that ends meanwhile is told", async () => {
  kernel.answers = {};
  kernel.isDead = true;
  await expect(end()).rejects.toThrow("The kernel ended before it could do so.");
  expect(kernel.dispose).toHaveBeenCalledOnce();
});
