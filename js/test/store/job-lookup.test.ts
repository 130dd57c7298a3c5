import { beforeEach, expect, test, vi } from "vitest";
import { type Asker, JobLookup } from "../../src/store/job-lookup";
import { RequestError } from "../../src/wire/requests";
import { details } from "../details-fixtures";
import { row, running, settle } from "../fixtures";

interface Asked {
  readonly action: string;
  readonly args: object;
  readonly take: (details: unknown) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const asked: Asked[] = [];
const onNews = vi.fn();
let lookup: JobLookup;

const asker: Asker = {
  request: (action, args = {}, _key, take = () => undefined) =>
    new Promise((resolve, reject) => {
      asked.push({ action, args, take, resolve: () => resolve(""), reject });
    }),
};

beforeEach(() => {
  asked.length = 0;
  onNews.mockClear();
  lookup = new JobLookup(asker, onNews);
});

function answer(with_: unknown): void {
  const last = asked.at(-1);
  last?.take(with_);
  last?.resolve();
}

test("a job is asked for once, and kept", () => {
  expect(lookup.get(row("a"))).toEqual({ kind: "fetching" });
  lookup.get(row("a"));
  expect(asked.map(({ action, args }) => [action, args])).toEqual([["details", { job_id: "a" }]]);
  answer(details());
  expect(onNews).toHaveBeenCalledTimes(1);
  expect(lookup.get(row("a"))).toEqual({ kind: "ready", details: details() });
});

test("a job that has ended since is asked for again", () => {
  lookup.get(running("a"));
  answer(details());
  lookup.get(row("a"));
  expect(asked).toHaveLength(2);
});

test("nobody is asked for what is known already", () => {
  expect(lookup.known(row("a"))).toBeNull();
  lookup.get(row("a"));
  expect(lookup.known(row("a"))).toBeNull();
  answer(details());
  expect(lookup.known(row("a"))).toMatchObject({ kind: "ready" });
});

test("a refusal is told, and asked again on demand", async () => {
  lookup.get(row("a"));
  asked[0]?.reject(new RequestError("UnknownJobError", "No job 'a'."));
  await settle();
  expect(lookup.get(row("a"))).toEqual({ kind: "failed", why: "No job 'a'." });
  lookup.forget(row("a"));
  expect(lookup.get(row("a"))).toEqual({ kind: "fetching" });
});

test("an answer that cannot be read is a failure", () => {
  lookup.get(row("a"));
  answer({ job_id: "a" });
  expect(lookup.get(row("a"))).toMatchObject({ kind: "failed" });
});

test("a late answer is waited for", async () => {
  lookup.get(row("a"));
  let failLate: (error: Error) => void = () => undefined;
  const late = new Promise<string>((_resolve, reject) => {
    failLate = reject;
  });
  asked[0]?.reject(new RequestError("Timeout", "No answer", late));
  await settle();
  expect(lookup.get(row("a"))).toEqual({ kind: "fetching" });
  failLate(new RequestError("ServiceError", "down"));
  await settle();
  expect(lookup.get(row("a"))).toEqual({ kind: "failed", why: "down" });
});

test("only the latest jobs are kept", () => {
  for (let number = 0; number < 30; number += 1) {
    lookup.get(row(`j${number}`));
    answer(details());
  }
  expect(lookup.known(row("j29"))).not.toBeNull();
  expect(lookup.known(row("j0"))).toBeNull();
});

test("a drawing is fetched", async () => {
  const drawing = lookup.draw("a", 1);
  expect(asked[0]).toMatchObject({ action: "drawing", args: { job_id: "a", index: 1 } });
  answer({ job_id: "a", index: 1, drawing: "q: ─" });
  expect(await drawing).toBe("q: ─");
  const unread = lookup.draw("a", 1);
  answer({});
  await expect(unread).rejects.toThrow("cannot be read");
});
