/** What a comparison of jobs shows, worked out without a document. */

import type { ComparedPart, ComparedValues, Comparison } from "../wire/comparison";
import { number } from "./format";
import { rangeOf } from "./values";

const fixed = (value: number, digits: number): string => value.toFixed(digits);

/** How far each job is from the reference, in a line each; named where there are several. */
export function describeDistances(part: ComparedPart, labels: readonly string[]): string[] {
  const others = labels.slice(0, -1);
  const named = (text: string, index: number): string =>
    others.length > 1 ? `${others[index] ?? ""}: ${text}` : text;
  if (part.kind === "counts") {
    return part.distances.map(([variation, fidelity, fromShots], index) =>
      named(
        `total variation ${fixed(variation, 3)} (${fixed(fromShots, 3)} from shots alone), ` +
          `Hellinger fidelity ${fixed(fidelity, 4)}`,
        index,
      ),
    );
  }
  return part.largest.map((units, index) =>
    named(
      units === null
        ? "the values have no errors to compare by"
        : `largest difference ${fixed(units, 1)} standard errors`,
      index,
    ),
  );
}

/** What is said when it is there: the first distance of each kind. */
export function announceComparison({ labels, parts }: Comparison): string {
  const [part] = parts;
  const [first] = part ? describeDistances(part, labels) : [];
  return `${labels.slice(0, -1).join(", ")} compared with ${labels.at(-1) ?? ""}: ${first ?? ""}`;
}

/** A difference in units of errors: `+3.2 σ`. */
export function inErrors(units: number | null): string {
  if (units === null) return "–";
  const text = fixed(Math.abs(units), 1);
  const isNothing = Number(text) === 0;
  return `${isNothing ? "±" : units < 0 ? "−" : "+"}${text} σ`;
}

/** Where a value lies on the scale of all of them, 0 to 1. */
export function scaleOf({ rows }: ComparedValues): (value: number) => number {
  const ends = rows.flatMap(([, estimates]) =>
    estimates.flatMap(([value, error]) =>
      value === null ? [] : [value - (error ?? 0), value + (error ?? 0)],
    ),
  );
  const [low, high] = rangeOf(ends);
  return (value) => (value - low) / (high - low);
}

/** The longest bar has the whole width. */
export function longestShare(rows: readonly (readonly [string, readonly number[]])[]): number {
  return Math.max(...rows.flatMap(([, shares]) => [...shares]), Number.MIN_VALUE);
}

/** How many outcomes or values are not listed; empty if all are. */
export function describeOthers({ kind, others }: ComparedPart): string {
  if (others <= 0) return "";
  return `… and ${number(others)} more ${kind === "counts" ? "outcomes" : "values"}`;
}
