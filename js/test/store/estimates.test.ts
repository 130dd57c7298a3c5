import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Estimates } from "../../src/store/estimates";
import type { Asker } from "../../src/store/job-lookup";
import { RequestError } from "../../src/wire/requests";
import { settle } from "../fixtures";

const ANSWER = { qpu_s: 4, cost: null, left_s: null, left_of: null, fits: true, remarks: [] };

const request = vi.fn<Asker["request"]>();
const onNews = vi.fn();
let end: AbortController;
let estimates: Estimates;

beforeEach(() => {
  vi.useFakeTimers();
  request.mockReset().mockImplementation((_action, _args, _key, take) => {
    take?.(ANSWER);
    return Promise.resolve("");
  });
  onNews.mockReset();
  end = new AbortController();
  estimates = new Estimates({ request }, onNews, end.signal);
});
afterEach(() => vi.useRealTimers());

async function pause(): Promise<void> {
  vi.advanceTimersByTime(200);
  await settle();
}

test("what is wanted is asked for once, and told", async () => {
  estimates.want({ program: "bell", shots: 100 }, "");
  estimates.want({ program: "bell", shots: 100 }, "");
  await pause();
  expect(request).toHaveBeenCalledOnce();
  expect(request.mock.lastCall?.slice(0, 2)).toEqual(["estimate", { program: "bell", shots: 100 }]);
  expect(onNews).toHaveBeenCalledExactlyOnceWith(ANSWER);
});

test("while somebody types, only the last is asked for", async () => {
  for (const shots of [1, 10, 100]) estimates.want({ program: "bell", shots }, "");
  await pause();
  expect(request).toHaveBeenCalledOnce();
  expect(request.mock.lastCall?.[1]).toEqual({ program: "bell", shots: 100 });
});

test("an answer to an earlier question is not told", async () => {
  let answer = (): void => undefined;
  request.mockImplementationOnce((_action, _args, _key, take) => {
    take?.({ ...ANSWER, qpu_s: 9 });
    return new Promise((resolve) => {
      answer = () => resolve("");
    });
  });
  estimates.want({ program: "slow" }, "");
  await pause();
  estimates.want({ program: "bell" }, "");
  await pause();
  answer();
  await settle();
  expect(onNews).toHaveBeenCalledExactlyOnceWith(ANSWER);
});

test("it is asked again when what it depends on has changed", async () => {
  estimates.want({ program: "bell" }, "540 s left");
  await pause();
  estimates.want({ program: "bell" }, "530 s left");
  await pause();
  expect(request).toHaveBeenCalledTimes(2);
});

test("no work, a refusal and an answer that cannot be read have no estimate", async () => {
  estimates.want({ program: "bell" }, "");
  await pause();
  estimates.want(null, "");
  expect(onNews).toHaveBeenLastCalledWith(null);
  request.mockRejectedValueOnce(new Error("no such program"));
  estimates.want({ program: "gone" }, "");
  await pause();
  expect(onNews).toHaveBeenLastCalledWith(null);
  request.mockImplementationOnce((_action, _args, _key, take) => {
    take?.({ qpu_s: "soon" });
    return Promise.resolve("");
  });
  estimates.want({ program: "odd" }, "");
  await pause();
  expect(onNews).toHaveBeenLastCalledWith(null);
});

test("an answer that comes late is told all the same", async () => {
  let answer = (): void => undefined;
  request.mockImplementationOnce((_action, _args, _key, take) => {
    const late = new Promise<string>((resolve) => {
      answer = () => {
        take?.(ANSWER);
        resolve("");
      };
    });
    return Promise.reject(new RequestError("Timeout", "No answer", late));
  });
  estimates.want({ program: "bell" }, "");
  await pause();
  expect(onNews).toHaveBeenLastCalledWith(null);
  answer();
  await settle();
  expect(onNews).toHaveBeenLastCalledWith(ANSWER);
});

test("a view that is gone asks nothing more", async () => {
  estimates.want({ program: "bell" }, "");
  end.abort();
  await pause();
  expect(request).not.toHaveBeenCalled();
});
