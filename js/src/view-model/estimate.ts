/** An estimate of work before it is sent, in words and without a document. */

import type { Estimate } from "../wire/estimate";
import type { Price } from "../wire/wire";
import { money, roundSpan, took } from "./format";

export interface EstimateView {
  readonly text: string;
  /** More, for a tooltip. */
  readonly title: string;
  /** Whether more is needed than is left. */
  readonly isExcess: boolean;
}

const FORMULA = "An estimate by IBM's formula: 2 s, and rep_delay and circuit for each execution.";

/** Describes an estimate: `About 4.1 s of QPU, $6.56 · 9 m left of the quota`. */
export function describeEstimate(estimate: Estimate, price: Price | null): EstimateView {
  const { qpu_s: seconds, cost, left_s: left, left_of: of, fits, remarks } = estimate;
  const bill = cost === null || price === null ? "" : `, ${money(cost, price.currency)}`;
  const rest = left === null ? "" : ` · ${fits ? "" : "only "}${roundSpan(left)} left of ${of}`;
  return {
    text: `About ${took(seconds)} of QPU${bill}${rest}`,
    title: [FORMULA, ...remarks.map((remark) => `${capital(remark)}.`)].join(" "),
    isExcess: !fits,
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
