import { expect, test } from "vitest";
import { HEAD_FIELDS, isDelta, isReply, isRow, ROW_FIELDS, readHead } from "../src/wire";
import { freshHead, head, queued, row, running } from "./fixtures";

test("a head, fresh or full, is read as it is", () => {
  for (const sent of [
    head(),
    freshHead(),
    head({ last_work: { name: null, primitive: "sampler", shots: null } }),
  ]) {
    expect(readHead(sent)).toEqual({ kind: "head", head: sent });
  }
});

test.each(HEAD_FIELDS.filter((field) => field !== "version"))(
  "a head without %s is refused by name",
  (field) => {
    const { [field]: _dropped, ...rest } = head();
    expect(readHead(rest)).toEqual({ kind: "unreadable", why: `fields ${field}` });
  },
);

test("a head of another version is refused, whatever else it holds", () => {
  expect(readHead({ ...head(), version: 2 })).toEqual({
    kind: "unreadable",
    why: "version 2 instead of 1",
  });
});

test.each([null, undefined, {}, 3, "head"])("%j is no head yet", (value) => {
  expect(readHead(value)).toEqual({ kind: "absent" });
});

test.each([
  { state: "paused" },
  { now_ms: Number.NaN },
  { expires_ms: 1e300 },
  { counts: { QUEUED: 1 } },
  { programs: [{ name: 3 }] },
  { session_id: 7 },
])("a head with %j is refused", (wrong) => {
  expect(readHead({ ...head(), ...wrong }).kind).toBe("unreadable");
});

test("rows of every kind are read", () => {
  for (const sent of [row("a"), queued("b"), running("c"), row("d", { error: "no" })]) {
    expect(isRow(sent)).toBe(true);
  }
});

test.each(ROW_FIELDS)("a row without %s is refused", (field) => {
  const { [field]: _dropped, ...rest } = row("a");
  expect(isRow(rest)).toBe(false);
});

test("a row with a status of IBM's older words is refused", () => {
  expect(isRow({ ...row("a"), status: "COMPLETED" })).toBe(false);
});

test("messages are told apart by their kind", () => {
  const delta = { kind: "delta", seq: 1, head: {}, rows: [] };
  const reply = { kind: "reply", id: "1", ok: true, message: null, error: null };
  expect([isDelta(delta), isReply(delta)]).toEqual([true, false]);
  expect([isDelta(reply), isReply(reply)]).toEqual([false, true]);
  expect([isDelta(null), isReply("reply")]).toEqual([false, false]);
});
