/** What the details of a job show, worked out without a document. */

import type { Circuit, Counts, Details, Values } from "../wire/details";
import type { Head, Row } from "../wire/wire";
import { costOf } from "./bill";
import { clock, counted, fullTime, number, signedPercent, span, took } from "./format";
import { measured, rangeOf, significant } from "./values";

/** Something known of a job: what, and how it is told. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  /** More, for a tooltip. */
  readonly title?: string;
}

/** The facts of a job that fit on a line each. */
export function describeFacts(row: Row, nowMs: number, head: Head | null): readonly Fact[] {
  const facts: Fact[] = [
    { label: "Primitive", text: row.primitive },
    {
      label: "Submitted",
      text: clock(row.created_ms, nowMs),
      title: fullTime(row.created_ms),
    },
  ];
  if (row.shots !== null) facts.push({ label: "Shots", text: number(row.shots) });
  const end = row.started_ms ?? row.finished_ms;
  const waited =
    ((end ?? (row.status === "QUEUED" ? nowMs : row.created_ms)) - row.created_ms) / 1000;
  if (end !== null || row.status === "QUEUED") {
    facts.push({ label: "Waited", text: took(Math.max(0, waited)) });
  }
  if (row.run_s !== null) facts.push(ran(row, row.run_s));
  else if (row.status === "RUNNING" && row.started_ms !== null) {
    facts.push({ label: "Running for", text: span((nowMs - row.started_ms) / 1000) });
  }
  if (row.qpu_s !== null) {
    const open = row.is_qpu_estimated ? " (not settled yet)" : "";
    facts.push({ label: "QPU time", text: `${took(row.qpu_s)}${open}` });
    const cost = head && costOf(head, row.qpu_s);
    if (cost) facts.push({ label: "Cost", text: `about ${cost}` });
  }
  facts.push(...forecasts(row));
  if (row.tags.length > 0) facts.push({ label: "Tags", text: row.tags.join(", ") });
  return facts;
}

/** What was expected of its QPU time, here and by the service, beside what it became. */
function forecasts({ forecast_s: own, service_forecast_s: theirs, ...row }: Row): Fact[] {
  const isKnown = row.qpu_s !== null && row.qpu_s > 0 && !row.is_qpu_estimated;
  const off = (seconds: number): string =>
    isKnown && row.qpu_s ? `, ${signedPercent(seconds / row.qpu_s - 1)}` : "";
  const told: Fact[] = [];
  if (own !== null) told.push({ label: "Estimate", text: `${took(own)}${off(own)}` });
  if (theirs !== null)
    told.push({ label: "IBM's estimate", text: `${took(theirs)}${off(theirs)}` });
  return told;
}

function ran(row: Row, seconds: number): Fact {
  if (!row.are_times_estimated) return { label: "Ran", text: took(seconds) };
  return {
    label: "Ran",
    text: `about ${took(seconds)}`,
    title: "As seen from here; the service is asked for the true times.",
  };
}

export type Order = "count" | "value";

/** One bar: its share of the shots, and its length against the longest, both 0 to 1. */
export interface Bar {
  readonly outcome: string;
  readonly count: number;
  readonly share: number;
  readonly length: number;
  readonly isRest: boolean;
}

/** The bars of a register in an order, with the rest summed up in the last one. */
export function describeBars(counts: Counts, order: Order): readonly Bar[] {
  const listed = order === "count" ? counts.frequent : inOrderOfValue(counts);
  const longest = counts.frequent[0]?.[1] ?? 1;
  const bars = listed.map(([outcome, count]) => ({
    outcome,
    count,
    share: count / counts.shots,
    length: count / longest,
    isRest: false,
  }));
  const others = counts.distinct - listed.length;
  if (others <= 0) return bars;
  const count = counts.shots - listed.reduce((sum, [, each]) => sum + each, 0);
  const rest = { outcome: counted(others, "other"), count, share: count / counts.shots };
  return [...bars, { ...rest, length: Math.min(1, count / longest), isRest: true }];
}

function inOrderOfValue(counts: Counts): Counts["frequent"] {
  // Bit strings of one register have one length, so that text order is the order of values.
  return counts.first ?? [...counts.frequent].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a register is called where it stands. */
export function titleOfCounts(counts: Counts, hasSeveralPubs: boolean): string {
  return [hasSeveralPubs ? `PUB ${counts.pub}` : "", `register ${counts.name}`]
    .filter(Boolean)
    .join(" · ");
}

/** A value with its error on a common scale; positions are 0 to 1. */
export interface Whisker {
  readonly place: string;
  readonly text: string;
  readonly at: number | null;
  readonly from: number;
  readonly to: number;
}

export interface WhiskersView {
  readonly whiskers: readonly Whisker[];
  /** Where zero lies on the scale, null if it is not on it. */
  readonly zero: number | null;
  /** The ends of the scale in words. */
  readonly low: string;
  readonly high: string;
  /** How many values are not listed. */
  readonly others: number;
}

/** The values of a PUB on one scale. */
export function describeWhiskers(values: Values): WhiskersView {
  const ends = values.values.flatMap(([value, error]) =>
    value === null ? [] : [value - (error ?? 0), value + (error ?? 0)],
  );
  const [low, high] = rangeOf(ends);
  const place = (value: number): number => (value - low) / (high - low);
  return {
    whiskers: values.values.map(([value, error], index) => ({
      place: placeOf(index, values.shape),
      text: measured(value, error),
      at: value === null ? null : place(value),
      from: value === null ? 0 : place(value - (error ?? 0)),
      to: value === null ? 0 : place(value + (error ?? 0)),
    })),
    zero: low <= 0 && high >= 0 ? place(0) : null,
    low: significant(low, 3),
    high: significant(high, 3),
    others: values.size - values.values.length,
  };
}

/** The index of a value in its array, in C order: `0, 2`. */
function placeOf(index: number, shape: readonly number[]): string {
  let rest = index;
  const places: number[] = [];
  for (const size of [...shape].reverse()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places.join(", ") || "–";
}

/** A circuit in a few words: its name, qubits, depth, operations; one without name goes by its size. */
export function describeCircuit(circuit: Circuit): {
  heading: string;
  size: string;
  operations: string;
} {
  const { qubits, used_qubits: used, depth } = circuit;
  const width =
    used !== null && used < qubits
      ? `${number(used)} of ${counted(qubits, "qubit")}`
      : counted(qubits, "qubit");
  const operations = circuit.operations.map(([name, count]) => `${number(count)} ${name}`);
  if (circuit.other_operations > 0) operations.push(counted(circuit.other_operations, "other"));
  const size = [
    width,
    depth === null ? "" : `depth ${number(depth)}`,
    counted(circuit.size, "operation"),
  ]
    .filter(Boolean)
    .join(" · ");
  return {
    heading: circuit.name || size,
    size: circuit.name ? size : "",
    operations: operations.join(" · "),
  };
}

/** Whether a result is of several PUBs, so that each part has to say of which. */
export function hasSeveralPubs({ result }: Details): boolean {
  const pubs = new Set(result?.parts.map(({ pub }) => pub));
  return pubs.size > 1 || (result?.hidden ?? 0) > 0;
}

/** What stands where a result would, if the job has none. */
export function whyNoResult(row: Row): string | null {
  switch (row.status) {
    case "QUEUED":
      return "Waits in the queue. The result appears here when the job is done.";
    case "RUNNING":
      return "Runs. The result appears here when the job is done.";
    case "CANCELLED":
      return row.error || "Cancelled before it had a result.";
    case "DONE":
    case "ERROR":
      return null;
  }
}
