/** Words for measured values. Written with a dot and a true minus sign, as papers do. Pure. */

const MINUS = "\u2212";

function withMinus(text: string): string {
  return text.replaceAll("-", MINUS);
}

/** A value to so many significant digits, without trailing zeros: `−1.132`, `2.5e−7`. */
export function significant(value: number | null, digits = 6): string {
  return value === null ? "–" : withMinus(String(Number(value.toPrecision(digits))));
}

/** A value as exactly as its error allows: `−1.132 ± 0.011`. */
export function measured(value: number | null, error: number | null): string {
  if (value === null) return "–";
  if (!error || error < 0) return significant(value);
  // Two digits of the error say all that it knows.
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(error)));
  if (decimals > 12) return `${significant(value)} ± ${significant(error, 2)}`;
  return `${withMinus(value.toFixed(decimals))} ± ${error.toFixed(decimals)}`;
}

/** Round numbers that divide a range into a few steps; the first and last lie within it. */
export function ticks(low: number, high: number, most = 4): number[] {
  const range = high - low;
  if (!(range > 0)) return [low];
  const rough = range / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10);
  const found: number[] = [];
  for (let count = Math.ceil(low / step); count * step <= high + step * 1e-9; count += 1) {
    found.push(Number((count * step).toPrecision(12)));
  }
  return found;
}

/** A range around the values, a little wider, and never without width. */
export function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}
