import { expect, test } from "vitest";
import {
  HEAD_FIELDS,
  isDelta,
  isOlder,
  isReply,
  packRow,
  ROW_FIELDS,
  readHead,
  readRow,
  readRows,
} from "../../src/wire/wire";
import { freshHead, head, queued, row, running } from "../fixtures";

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
  expect(readHead({ ...head(), version: 1 })).toEqual({
    kind: "unreadable",
    why: "version 1 instead of 2",
  });
});

test.each([null, undefined, {}, { now_ms: 3 }, 3, "head"])("%j is no head yet", (value) => {
  expect(readHead(value)).toEqual({ kind: "absent" });
});

test.each([
  { state: "paused" },
  { now_ms: Number.NaN },
  { expires_ms: 1e300 },
  { counts: { QUEUED: 1 } },
  { programs: [{ name: 3 }] },
  { session_id: 7 },
  { price: { per_minute: 96, currency: "dollars" } },
])("a head with %j is refused", (wrong) => {
  expect(readHead({ ...head(), ...wrong }).kind).toBe("unreadable");
});

test("rows of every kind are read from the list of their values", () => {
  for (const sent of [row("a"), queued("b"), running("c"), row("d", { error: "no" })]) {
    expect(packRow(sent)).toHaveLength(ROW_FIELDS.length);
    expect(readRow(packRow(sent))).toEqual(sent);
  }
});

test.each(ROW_FIELDS)("a row whose %s is of no known type is refused", (field) => {
  const values = ROW_FIELDS.map((name) => (name === field ? { odd: true } : row("a")[name]));
  expect(readRow(values)).toBeNull();
});

test.each([null, {}, "row", [], ["a"], packRow(row("a")).slice(0, -1)])("%j is no row", (value) => {
  expect(readRow(value)).toBeNull();
});

test("a row with a status of IBM's older words is refused", () => {
  const values = packRow(row("a")).map((value) => (value === "DONE" ? "COMPLETED" : value));
  expect(readRow(values)).toBeNull();
});

test("of many rows, those that can be read are", () => {
  expect(readRows([packRow(row("a")), null, packRow(row("b"))])).toEqual([row("a"), row("b")]);
  expect(readRows("rows")).toEqual([]);
});

test("messages are told apart by their kind", () => {
  const delta = { kind: "delta", seq: 1, head: {}, rows: [] };
  const reply = { kind: "reply", id: "1", ok: true, message: null, error: null };
  expect([isDelta(delta), isReply(delta)]).toEqual([true, false]);
  expect([isDelta(reply), isReply(reply)]).toEqual([false, true]);
  expect([isDelta(null), isReply("reply")]).toEqual([false, false]);
  const older = { kind: "older", before: "a", rows: [], is_all: true };
  expect([isOlder(older), isDelta(older), isOlder(delta)]).toEqual([true, false, false]);
});
