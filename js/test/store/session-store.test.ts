import { describe, expect, test, vi } from "vitest";
import { FakeModel, head, NOW, queued, row, running, settle } from "../fixtures";
import { changes, controller, jobs, open } from "./opened-store";

test("starts from the traits and asks once for what it may have missed", async () => {
  const model = new FakeModel({ rows: [row("a"), queued("b")] });
  const store = await open(model);
  expect(store.head).toEqual(head());
  expect(store.rows.map((row) => row.job_id)).toEqual(["a", "b"]);
  expect(model.sent.map(({ kind, action }) => [kind, action])).toEqual([["request", "resync"]]);
});

test("has no head before the kernel has said anything", async () => {
  const store = await open(new FakeModel({ head: {}, rows: undefined }));
  expect([store.head, store.rows, store.problem]).toEqual([null, [], null]);
});

describe("deltas", () => {
  test("replace the head, update rows in place and add new ones at the end", async () => {
    const model = new FakeModel({ rows: [row("a"), queued("b")] });
    const store = await open(model);
    model.delta(2, { state: "closing", label: "Closing" }, [running("b"), queued("c")]);
    expect(store.head?.state).toBe("closing");
    expect(store.rows.map((row) => `${row.job_id} ${row.status}`)).toEqual([
      "a DONE",
      "b RUNNING",
      "c QUEUED",
    ]);
    expect(changes.at(-1)?.stateBefore).toBe("active");
    expect(jobs()).toEqual(["b QUEUED RUNNING", "c null QUEUED"]);
  });

  test("that are known already are ignored", async () => {
    const model = new FakeModel({ seq: 5 });
    const store = await open(model);
    model.delta(5, { name: "old" }, [row("x")]);
    model.delta(4, { name: "older" });
    expect([store.head?.name, store.rows.length, changes.length]).toEqual(["vqe-h2", 0, 0]);
  });

  test("out of order do not bring the old back", async () => {
    const model = new FakeModel({ rows: [queued("a")] });
    const store = await open(model);
    model.delta(3, {}, [row("a")]);
    model.delta(2, {}, [running("a")]);
    expect(store.rows[0]?.status).toBe("DONE");
  });

  test("are put back into the model without a new array and without an echo", async () => {
    const model = new FakeModel({ rows: [queued("a")] });
    const held = model.get("rows");
    await open(model);
    model.delta(2, { name: "renamed" }, [row("a"), queued("b")]);
    await settle();
    expect(model.get("rows")).toBe(held);
    expect(model.savedRows).toEqual([row("a"), queued("b")]);
    expect([model.get("seq"), model.get("head")]).toEqual([2, head({ name: "renamed" })]);
    expect(changes).toHaveLength(1);
    expect(model.sent).toHaveLength(1);
  });

  test("are put back where get() returns copies", async () => {
    const model = new FakeModel({ rows: [queued("a")] }, { copies: true });
    const store = await open(model);
    model.delta(2, {}, [row("a"), queued("b")]);
    model.delta(3, {}, [running("b")]);
    await settle();
    expect(model.savedRows).toEqual([row("a"), running("b")]);
    expect(store.rows).toHaveLength(2);
    expect(changes).toHaveLength(2);
  });

  test("with rows that cannot be read keep the readable ones", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.delta(2, {}, [{ job_id: 3 }, row("a"), null]);
    expect(store.rows.map((row) => row.job_id)).toEqual(["a"]);
  });

  test("with a head of another version keep the last one and say so", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.delta(2, { version: 9, name: "newer" });
    expect([store.head?.name, store.problem]).toEqual(["vqe-h2", "version 9 instead of 2"]);
    model.delta(3, { name: "fine again" });
    expect([store.head?.name, store.problem]).toEqual(["fine again", null]);
  });
});

describe("the head of a delta", () => {
  test("need only say what changed", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.change(2, { now_ms: NOW + 1000, name: "renamed" });
    model.change(3, { now_ms: NOW + 2000, error: "odd" });
    expect(store.head).toEqual(head({ now_ms: NOW + 2000, name: "renamed", error: "odd" }));
    expect(model.get("head")).toEqual(store.head);
  });

  test("is no head as long as the whole one has not come", async () => {
    const model = new FakeModel({ head: {}, rows: undefined });
    const store = await open(model);
    model.change(2, { now_ms: NOW });
    expect(store.head).toBeNull();
    model.update({ seq: 2, head: head() });
    await settle();
    expect([store.head, store.problem]).toEqual([head(), null]);
  });

  test("of another version is remembered until it is whole again", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.change(2, { version: 9, now_ms: NOW });
    model.change(3, { now_ms: NOW, name: "not to be shown" });
    expect([store.head?.name, store.problem]).toEqual(["vqe-h2", "version 9 instead of 2"]);
  });
});

describe("a gap", () => {
  test("asks for resync once, however many deltas follow", async () => {
    const model = new FakeModel();
    await open(model);
    for (const seq of [4, 5, 6]) model.delta(seq);
    expect(model.requests("resync")).toHaveLength(2);
  });

  test("asks again if the answer never comes", async () => {
    const model = new FakeModel();
    await open(model);
    model.delta(4);
    await vi.advanceTimersByTimeAsync(10_000);
    model.delta(5);
    expect(model.requests("resync")).toHaveLength(3);
  });

  test("shows the newest news, but leaves the model's number for the answer to change", async () => {
    const model = new FakeModel({ rows: [queued("a")] });
    const store = await open(model);
    model.delta(4, { name: "after the gap" }, [queued("c")]);
    expect(store.head?.name).toBe("after the gap");
    expect([model.get("seq"), model.get("head")]).toEqual([1, head()]);
  });

  test("is closed by the traits, which replace everything", async () => {
    const model = new FakeModel({ rows: [queued("a")] });
    const store = await open(model);
    model.delta(4, {}, [queued("c")]);
    model.update({
      seq: 4,
      head: head({ name: "whole" }),
      rows: [row("a"), running("b"), queued("c")],
    });
    await settle();
    expect(store.rows.map((row) => row.job_id)).toEqual(["a", "b", "c"]);
    expect(store.head?.name).toBe("whole");
    model.reply(model.requests("resync")[1]?.id ?? "");
    await settle();
    model.delta(5);
    expect(model.requests("resync")).toHaveLength(2);
    expect(model.get("seq")).toBe(5);
  });
});

describe("traits", () => {
  test("that change together are one change", async () => {
    const model = new FakeModel({ rows: [queued("a")] });
    const store = await open(model);
    model.update({ seq: 9, head: head({ state: "closing" }), rows: [row("a"), row("b")] });
    await settle();
    expect(changes).toHaveLength(1);
    expect(changes[0]?.stateBefore).toBe("active");
    expect(jobs()).toEqual(["a QUEUED DONE", "b null DONE"]);
    model.delta(9);
    expect(changes).toHaveLength(1);
    expect(store.rows).toHaveLength(2);
  });

  test("are in place before a delta that follows at once", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.update({ seq: 7, rows: [row("a")] });
    model.delta(8, {}, [row("b")]);
    expect(store.rows.map((row) => row.job_id)).toEqual(["a", "b"]);
    expect(model.requests("resync")).toHaveLength(1);
  });

  test("with rows that cannot be read keep the readable ones", async () => {
    const store = await open(new FakeModel({ rows: [row("a"), { status: "DONE" }] }));
    expect(store.rows.map((row) => row.job_id)).toEqual(["a"]);
  });
});

describe("the clock", () => {
  test("follows the kernel's by the last delta, ahead or behind", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.delta(2, { now_ms: NOW + 90_000 });
    expect(store.now()).toBe(NOW + 90_000);
    model.delta(3, { now_ms: NOW - 30_000 });
    vi.advanceTimersByTime(1000);
    expect(store.now()).toBe(NOW - 29_000);
    expect(store.pageTime(NOW - 29_000)).toBe(Date.now());
  });

  test("does not take an old trait for a slow clock", async () => {
    const store = await open(new FakeModel({ head: head({ now_ms: NOW - 300_000 }) }));
    expect(store.now()).toBe(NOW);
  });

  test("takes a trait from the future for a fast clock", async () => {
    const store = await open(new FakeModel({ head: head({ now_ms: NOW + 300_000 }) }));
    expect(store.now()).toBe(NOW + 300_000);
  });
});

describe("the connection", () => {
  test("is dead when sending throws, and the clock stands still", async () => {
    const model = new FakeModel();
    const store = await open(model);
    model.isDead = true;
    await expect(store.request("run")).rejects.toMatchObject({ type: "Disconnected" });
    expect(store.connection).toBe("dead");
    vi.advanceTimersByTime(5000);
    expect(store.now()).toBe(NOW);
  });

  test("fails open requests when it dies", async () => {
    const store = await open(new FakeModel());
    const promise = store.request("run");
    store.setConnection("dead");
    await expect(promise).rejects.toMatchObject({ type: "Disconnected" });
  });

  test("is live again as soon as something arrives", async () => {
    const model = new FakeModel();
    const store = await open(model);
    store.setConnection("dead");
    model.delta(2);
    expect(store.connection).toBe("live");
    store.setConnection("dead");
    model.update({ seq: 3 });
    await settle();
    expect(store.connection).toBe("live");
  });

  test("of a saved notebook shows the time of saving", async () => {
    const store = await open(new FakeModel({ head: head({ now_ms: NOW - 86_400_000 }) }));
    store.freezeAsSaved();
    expect(store.now()).toBe(NOW - 86_400_000);
  });
});

test("a sign of life is given when it is asked for", async () => {
  const model = new FakeModel();
  await open(model);
  model.emit("msg:custom", { kind: "ping" }, []);
  expect(model.requests("here")).toHaveLength(1);
});

test("nothing is left after abort", async () => {
  const model = new FakeModel();
  const store = await open(model);
  const promise = store.request("run");
  controller.abort();
  await expect(promise).rejects.toMatchObject({ type: "Gone" });
  expect(model.listenerCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  model.delta(2);
  expect(changes.filter(({ stateBefore }) => stateBefore !== null)).toEqual([]);
});

test("a listener may unsubscribe another while being told", async () => {
  const model = new FakeModel();
  const store = await open(model);
  const other = new AbortController();
  const told = vi.fn();
  store.subscribe(() => other.abort(), controller.signal);
  store.subscribe(told, other.signal);
  model.delta(2);
  model.delta(3);
  expect(told).toHaveBeenCalledTimes(1);
});
