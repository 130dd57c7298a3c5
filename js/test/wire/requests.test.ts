import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { REQUEST_TIMEOUT_MS, RequestError, Requests } from "../../src/wire/requests";
import type { Reply } from "../../src/wire/wire";
import { settle } from "../fixtures";

interface Sent {
  id: string;
  action: string;
  kind: string;
}

const sent: Sent[] = [];
const onPending = vi.fn();
let requests: Requests;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  onPending.mockClear();
  requests = new Requests((content) => sent.push(content as Sent), onPending);
});
afterEach(() => {
  vi.useRealTimers();
});

const reply = (changes: Partial<Reply> = {}): Reply => ({
  kind: "reply",
  id: sent.at(-1)?.id ?? "",
  ok: true,
  message: null,
  error: null,
  ...changes,
});

test("a request travels with an id of its own and resolves to its reply's message", async () => {
  const first = requests.request("run", { program: "bell", shots: 100 });
  const second = requests.request("close_session");
  expect(sent).toMatchObject([
    { kind: "request", action: "run", program: "bell", shots: 100 },
    { kind: "request", action: "close_session" },
  ]);
  expect(sent[0]?.id).not.toBe(sent[1]?.id);
  requests.settle(reply({ message: "closing" }));
  requests.settle(reply({ id: sent[0]?.id ?? "", message: "submitted" }));
  await expect(first).resolves.toBe("submitted");
  await expect(second).resolves.toBe("closing");
});

test("arguments cannot overwrite the envelope", () => {
  void requests.request("run", { id: "mine", kind: "delta", action: "cancel_session" });
  expect(sent[0]).toMatchObject({ kind: "request", action: "run" });
  expect(sent[0]?.id).not.toBe("mine");
});

test("a refusal rejects with its type and message", async () => {
  const promise = requests.request("run");
  requests.settle(reply({ ok: false, error: { type: "ValueError", message: "too wide" } }));
  await expect(promise).rejects.toMatchObject({ type: "ValueError", message: "too wide" });
});

test("a refusal without words still says something", async () => {
  const promise = requests.request("run");
  requests.settle(reply({ ok: false }));
  await expect(promise).rejects.toThrow("The request failed.");
});

test("while a request is open, the same key sends nothing more", async () => {
  const first = requests.request("run");
  expect(requests.request("run")).toBe(first);
  expect(sent).toHaveLength(1);
  expect(requests.isPending("run")).toBe(true);
  requests.settle(reply());
  await first;
  await settle();
  expect(requests.isPending("run")).toBe(false);
  void requests.request("run");
  expect(sent).toHaveLength(2);
});

test("onPending is told at the start and at the end", async () => {
  const promise = requests.request("run");
  expect(onPending).toHaveBeenCalledTimes(1);
  requests.settle(reply());
  await promise;
  await settle();
  expect(onPending).toHaveBeenCalledTimes(2);
});

test("without an answer it gives up after the timeout, not before", async () => {
  const outcome = vi.fn();
  requests.request("run").catch(outcome);
  await vi.advanceTimersByTimeAsync(REQUEST_TIMEOUT_MS - 1);
  expect(outcome).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(outcome.mock.calls[0]?.[0]).toMatchObject({
    type: "Timeout",
    message: expect.stringContaining("No answer from the kernel after 10 s"),
  });
  expect(requests.isPending("run")).toBe(false);
});

test("an answer after the timeout is still delivered", async () => {
  let error: unknown;
  requests.request("run").catch((reason: unknown) => {
    error = reason;
  });
  await vi.advanceTimersByTimeAsync(REQUEST_TIMEOUT_MS);
  requests.settle(reply({ message: "submitted after all" }));
  if (!(error instanceof RequestError)) throw new Error("no RequestError");
  await expect(error.late).resolves.toBe("submitted after all");
});

test("only the first reply counts, and strangers' replies not at all", async () => {
  const promise = requests.request("run");
  requests.settle(reply({ id: "another page's" }));
  requests.settle(reply({ message: "first" }));
  requests.settle(reply({ ok: false, message: "second" }));
  await expect(promise).resolves.toBe("first");
});

test("a send that throws is a disconnection", async () => {
  const broken = new Requests(() => {
    throw new Error("Cannot send");
  }, onPending);
  await expect(broken.request("run")).rejects.toMatchObject({ type: "Disconnected" });
  expect(vi.getTimerCount()).toBe(0);
});

test("failAll ends everything and leaves no timer", async () => {
  const promises = [requests.request("run"), requests.request("close_session")];
  requests.failAll();
  for (const promise of promises) {
    await expect(promise).rejects.toMatchObject({ type: "Disconnected" });
  }
  expect(vi.getTimerCount()).toBe(0);
});

test("a request is over even where what came with its reply cannot be used", async () => {
  const promise = requests.request("details", {}, "details", () => {
    throw new RangeError("Invalid time value");
  });
  expect(() => requests.settle(reply({ message: "told" }))).toThrow("Invalid time value");
  await expect(promise).resolves.toBe("told");
  await settle();
  expect(requests.isPending("details")).toBe(false);
});

test("what is asked in the background is answered without anything that shows it waiting", async () => {
  const take = vi.fn();
  const answer = requests.ask("resync", take);
  expect(requests.isPending("resync")).toBe(false);
  requests.settle(reply({ message: "told", details: 7 } as Partial<Reply>));
  await expect(answer).resolves.toBe("told");
  expect(take).toHaveBeenCalledWith(7);
  expect(onPending).not.toHaveBeenCalled();
});
