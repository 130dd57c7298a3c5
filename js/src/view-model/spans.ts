/** When the data of a job's result were taken, worked out without a document. */

import type { ExecutionSpan } from "../wire/details";
import type { Row } from "../wire/wire";
import { clock, counted, number, took } from "./format";

export interface SpansView {
  readonly title: string;
  /** Places on the strip, 0 to 1. */
  readonly blocks: readonly {
    readonly left: number;
    readonly width: number;
    readonly title: string;
  }[];
  readonly from: string;
  readonly to: string;
}

/** Describes the spans on a strip that is as long as the job ran; null without any. */
export function describeSpans(
  spans: readonly ExecutionSpan[],
  row: Row,
  nowMs: number,
): SpansView | null {
  const [first] = spans;
  if (!first) return null;
  const begin = first[0];
  const end = Math.max(...spans.map(([, stop]) => stop));
  const { started_ms: started, finished_ms: finished } = row;
  // The times of looks, or of a clock that goes wrong, may not hold the spans.
  const holds = started !== null && finished !== null && started <= begin && end <= finished;
  const [from, to] = holds ? [started, finished] : [begin, end];
  const length = Math.max(to - from, 1);
  const taken = covered(spans) / 1000;
  const of = holds ? ` of ${took((to - from) / 1000)}` : "";
  return {
    title: `Data taken in ${counted(spans.length, "span")}, ${took(taken)}${of}`,
    blocks: spans.map(([start, stop, size]) => ({
      left: (start - from) / length,
      width: (stop - start) / length,
      title: `${clock(start, nowMs)}, ${took((stop - start) / 1000)}, size ${number(size)}`,
    })),
    from: clock(from, nowMs),
    to: clock(to, nowMs),
  };
}

/** How many milliseconds lie in at least one span; they are in the order of their starts. */
function covered(spans: readonly ExecutionSpan[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [start, stop] of spans) {
    sum += Math.max(0, stop - Math.max(start, until));
    until = Math.max(until, stop);
  }
  return sum;
}
