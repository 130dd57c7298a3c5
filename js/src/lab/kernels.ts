import { type Kernel, messageOf } from "../wire/route";
import { isObject } from "../wire/wire";
import type { Future, KernelConnection, KernelManager } from "./jupyterlab";

/** Ends a local session in the kernel that has it; says so, or throws why not. */
export type EndInKernel = (
  kernelId: string,
  sessionId: string,
  verb: "close" | "cancel",
) => Promise<string>;

/**
 * How long a kernel may take to open a subshell. A new connection to a busy one holds everything
 * back for three seconds, in which it waits for the kernel to tell about itself.
 */
export const PATIENCE_MS = 8000;

const RESULT = "qsession";

/**
 * @returns a way to end local sessions where they live: on a subshell of its own, so that it works
 * while a cell runs. A kernel without subshells does it when the cell ends.
 */
export function endInKernel(manager: KernelManager): EndInKernel {
  return async (kernelId, sessionId, verb) => {
    const kernel = manager.connectTo({ model: { id: kernelId, name: "" } });
    try {
      const subshell = await openSubshell(kernel);
      const end = execute(kernel, subshell, ending(sessionId, verb));
      const problem = problemOf(await end);
      if (subshell !== null) await removed(kernel, subshell);
      if (problem !== null) throw new Error(problem);
    } finally {
      kernel.dispose();
    }
    return verb === "close" ? "The session takes no more jobs." : "The session is cancelled.";
  };
}

/** Python for it: an expression, so that nothing appears among the reader's variables. */
function ending(sessionId: string, verb: "close" | "cancel"): string {
  const session = `__import__("qsession").attach(${JSON.stringify(sessionId)})`;
  return `${session}.${verb}(reason="${verb} in JupyterLab")`;
}

async function openSubshell(kernel: KernelConnection): Promise<string | null> {
  const message = messageOf(kernel, "create_subshell_request", {});
  const opened = reply(
    kernel.sendControlMessage({ ...message, channel: "control" }, true, true),
  ).then(subshellOf, () => null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve(null);
    }, PATIENCE_MS);
  });
  // One that comes late would be left in the kernel, with a thread of its own.
  void opened.then((id) => {
    if (isLate && id !== null) void removed(kernel, id);
  });
  // Older kernels do not know the request, and leave it unanswered.
  const found = await Promise.race([opened, patience]);
  clearTimeout(timer);
  return found;
}

function subshellOf(content: Readonly<Record<string, unknown>>): string | null {
  const id = content["subshell_id"];
  return content["status"] === "ok" && typeof id === "string" ? id : null;
}

async function removed(kernel: KernelConnection, id: string): Promise<void> {
  const message = messageOf(kernel, "delete_subshell_request", { subshell_id: id });
  const future = kernel.sendControlMessage({ ...message, channel: "control" }, true, true);
  await reply(future).catch(() => undefined);
}

async function execute(
  kernel: KernelConnection,
  subshell: string | null,
  expression: string,
): Promise<unknown> {
  const message = executing(kernel, expression);
  const header = subshell === null ? message.header : { ...message.header, subshell_id: subshell };
  const future = kernel.sendShellMessage({ ...message, header, channel: "shell" }, true, true);
  return reply(future);
}

function executing(kernel: Kernel, expression: string): ReturnType<typeof messageOf> {
  return messageOf(kernel, "execute_request", {
    code: "",
    silent: true,
    store_history: false,
    allow_stdin: false,
    stop_on_error: false,
    user_expressions: { [RESULT]: expression },
  });
}

async function reply(future: Future): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    future.onReply = ({ content }) => resolve(content);
    future.done.catch(() => reject(new Error("The kernel ended before it could do so.")));
  });
}

function problemOf(content: unknown): string | null {
  const results: unknown = isObject(content) ? Reflect.get(content, "user_expressions") : null;
  const result: unknown = isObject(results) ? Reflect.get(results, RESULT) : null;
  if (!isObject(result)) return "The kernel does not say whether it did so.";
  return Reflect.get(result, "status") === "ok" ? null : String(Reflect.get(result, "evalue"));
}
