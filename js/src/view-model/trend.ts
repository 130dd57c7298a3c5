/** How expectation values go over the jobs of a session, worked out without a document. */

import type { Row } from "../wire/wire";
import { number, shortId } from "./format";
import { measured, rangeOf, significant, ticks } from "./values";

/** How many points are drawn at most: more than a screen can tell apart. */
export const MOST_POINTS = 500;

/** How many different values a reader can choose from. */
const MOST_SERIES = 12;

/** A value that many jobs have: which one, and of what work. */
export interface Series {
  readonly key: string;
  readonly label: string;
}

/** A job's value. */
export interface Point {
  readonly jobId: string;
  /** Which of the series' jobs it is, from 1. */
  readonly number: number;
  readonly value: number;
  /** Its standard error; 0 if that is not known. */
  readonly error: number;
}

/** A point on the chart; places are 0 to 1, from the left and from the top. */
export interface Mark extends Point {
  readonly x: number;
  readonly y: number;
  readonly top: number;
  readonly bottom: number;
}

export interface TrendView {
  readonly series: readonly Series[];
  readonly chosen: string;
  readonly marks: readonly Mark[];
  /** Values beside the chart, with their places from the top. */
  readonly ticks: readonly { readonly text: string; readonly y: number }[];
  readonly count: string;
  /** The last and the lowest value in words. */
  readonly last: string;
  readonly lowest: string;
  /** Everything in one sentence. */
  readonly label: string;
}

/**
 * Describes the trend; null while fewer than two jobs have a value.
 *
 * @param wanted the series that the reader chose, null for the one with the most values.
 */
export function describeTrend(rows: readonly Row[], wanted: string | null): TrendView | null {
  const all = gather(rows);
  const [largest] = [...all.keys()].sort((a, b) => sizeOf(all, b) - sizeOf(all, a));
  const chosen = wanted !== null && all.has(wanted) ? wanted : largest;
  const points = chosen === undefined ? [] : (all.get(chosen)?.points ?? []);
  const last = points.at(-1);
  if (chosen === undefined || last === undefined || points.length < 2) return null;
  const lowest = points.reduce((best, point) => (point.value < best.value ? point : best));
  const shown = thin(points, MOST_POINTS);
  const [low, high] = rangeOf(shown.flatMap(({ value, error }) => [value - error, value + error]));
  const fromTop = (value: number): number => (high - value) / (high - low);
  const label = all.get(chosen)?.label ?? "";
  return {
    series: toChooseFrom(all, chosen),
    chosen,
    marks: shown.map((point) => ({
      ...point,
      x: (point.number - 1) / (points.length - 1),
      y: fromTop(point.value),
      top: fromTop(point.value + point.error),
      bottom: fromTop(point.value - point.error),
    })),
    ticks: ticks(low, high).map((value) => ({ text: significant(value), y: fromTop(value) })),
    count: number(points.length),
    last: measured(last.value, last.error),
    lowest: `${measured(lowest.value, lowest.error)} in job ${number(lowest.number)}`,
    label: `${label} over ${number(points.length)} jobs: last ${measured(last.value, last.error)}, lowest ${measured(lowest.value, lowest.error)}`,
  };
}

/** The first series of several values, and in any case the one that is shown. */
function toChooseFrom(all: ReadonlyMap<string, Gathered>, chosen: string): Series[] {
  const several = [...all]
    .filter(([, { points }]) => points.length > 1)
    .map(([key, { label }]) => ({ key, label }));
  const isListed = ({ key }: Series): boolean => key === chosen;
  const first = several.slice(0, MOST_SERIES);
  return first.some(isListed)
    ? first
    : [...first.slice(0, MOST_SERIES - 1), ...several.filter(isListed)];
}

interface Gathered {
  readonly label: string;
  readonly points: Point[];
}

/** The values of each name and place; jobs of one loop have the same name. */
function gather(rows: readonly Row[]): Map<string, Gathered> {
  const found = new Map<string, Gathered>();
  for (const row of rows) {
    // Thousands of jobs may have none.
    if (row.values.length === 0) continue;
    row.values.forEach(([value, error], index) => {
      if (value === null) return;
      const name = row.name || row.primitive;
      const key = `${index} ${name}`;
      const series = found.get(key) ?? {
        label: row.values.length > 1 ? `${name}, value ${index}` : name,
        points: [],
      };
      found.set(key, series);
      series.points.push({
        jobId: row.job_id,
        number: series.points.length + 1,
        value,
        error: error ?? 0,
      });
    });
  }
  return found;
}

function sizeOf(all: ReadonlyMap<string, Gathered>, key: string): number {
  return all.get(key)?.points.length ?? 0;
}

/**
 * At most so many points, with the highest and the lowest of each stretch and the very last, so
 * that a line through them looks as one through all.
 */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const stretches = Math.floor((most - 2) / 2);
  const kept: Point[] = [];
  for (let index = 0; index < stretches; index += 1) {
    const stretch = points.slice(
      Math.floor((index * points.length) / stretches),
      Math.floor(((index + 1) * points.length) / stretches),
    );
    const low = stretch.reduce((best, point) => (point.value < best.value ? point : best));
    const high = stretch.reduce((best, point) => (point.value > best.value ? point : best));
    kept.push(...(low.number < high.number ? [low, high] : low === high ? [low] : [high, low]));
  }
  const [first] = points;
  const last = points.at(-1);
  if (first && kept[0] !== first) kept.unshift(first);
  if (last && kept.at(-1) !== last) kept.push(last);
  return kept;
}

/** The mark that is nearest to a place from the left. */
export function nearest(marks: readonly Mark[], x: number): Mark | null {
  let best: Mark | null = null;
  for (const mark of marks) {
    if (!best || Math.abs(mark.x - x) < Math.abs(best.x - x)) best = mark;
  }
  return best;
}

/** What a reader hears of a point. */
export function describePoint(point: Point): string {
  return `job ${number(point.number)} (${shortId(point.jobId, 4, 4)}): ${measured(point.value, point.error)}`;
}
