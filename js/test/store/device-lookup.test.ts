import { beforeEach, expect, test, vi } from "vitest";
import { DeviceLookup } from "../../src/store/device-lookup";
import type { Asker } from "../../src/store/job-lookup";
import { RequestError } from "../../src/wire/requests";
import { device } from "../device-fixtures";
import { settle } from "../fixtures";

const onNews = vi.fn();
let asked: { action: string; take: (answer: unknown) => void; end: (error?: Error) => void }[];
let lookup: DeviceLookup;

const asker: Asker = {
  request: (action, _args, _key, take) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error ? reject(error) : resolve(""));
      asked.push({ action, take: (answer) => take?.(answer), end });
    }),
};

beforeEach(() => {
  asked = [];
  onNews.mockClear();
  lookup = new DeviceLookup(asker, onNews);
});

async function answer(with_: unknown): Promise<void> {
  const last = asked.at(-1);
  last?.take(with_);
  last?.end();
  await settle();
}

test("nobody is asked before somebody wants to know", () => {
  expect(asked).toEqual([]);
  expect(lookup.known).toEqual({ device: null, isAsked: false, problem: null });
});

test("the answer is kept, and shown while the next is waited for", async () => {
  lookup.refresh();
  expect(lookup.known.isAsked).toBe(true);
  lookup.refresh();
  expect(asked).toHaveLength(1);
  await answer(device());
  expect(lookup.known).toEqual({ device: device(), isAsked: false, problem: null });
  lookup.refresh();
  expect(lookup.known).toMatchObject({ device: device(), isAsked: true });
  await answer(device({ name: "other" }));
  expect(lookup.known.device?.name).toBe("other");
});

test("a failure is told, what is known stays, and asking again may mend it", async () => {
  lookup.refresh();
  await answer(device());
  lookup.refresh();
  asked.at(-1)?.end(new Error("no network"));
  await settle();
  expect(lookup.known).toEqual({ device: device(), isAsked: false, problem: "no network" });
  lookup.refresh();
  await answer(device());
  expect(lookup.known.problem).toBeNull();
});

test("an answer that comes late is waited for", async () => {
  lookup.refresh();
  let come: () => void = () => undefined;
  const late = new Promise<string>((resolve) => {
    come = () => resolve("");
  });
  asked[0]?.end(new RequestError("Timeout", "No answer", late));
  await settle();
  expect(lookup.known).toMatchObject({ isAsked: true, problem: null });
  asked[0]?.take(device());
  come();
  await settle();
  expect(lookup.known).toEqual({ device: device(), isAsked: false, problem: null });
});

test("an answer that cannot be read is told", async () => {
  lookup.refresh();
  await answer({ ...device(), qubits: "many" });
  expect(lookup.known.problem).toBe("This page cannot read the kernel's answer.");
});

test("what a job uses is asked for once", async () => {
  expect(lookup.use("a")).toBeNull();
  lookup.use("a");
  expect(asked.map(({ action }) => action)).toEqual(["use"]);
  const use = { job_id: "a", qubits: [1], couplings: [] };
  await answer(use);
  expect(lookup.use("a")).toEqual(use);
  expect(onNews).toHaveBeenCalled();
});

test("a job whose use could not be asked for is asked for again", async () => {
  lookup.use("a");
  asked[0]?.end(new Error("no"));
  await settle();
  lookup.use("a");
  expect(asked).toHaveLength(2);
});
