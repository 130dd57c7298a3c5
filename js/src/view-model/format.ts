/** Words for numbers: durations, clock times in the reader's locale, short ids. Pure. */

const pad = (value: number): string => String(value).padStart(2, "0");

function split(seconds: number): [hours: number, minutes: number, seconds: number] {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
}

/** A countdown: `1:42:18`, `0:38`. Rounded up, so that it reads zero only when nothing is left. */
export function countdown(seconds: number): string {
  const [h, m, s] = split(Math.ceil(seconds));
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** A span that counts up: `48 m 02 s`, `1 h 02 m 05 s`, `7 s`; `<1 s` once it has begun. */
export function span(seconds: number): string {
  const [h, m, s] = split(seconds);
  if (seconds > 0 && seconds < 1) return "<1 s";
  if (h > 0) return `${h} h ${pad(m)} m ${pad(s)} s`;
  return m > 0 ? `${m} m ${pad(s)} s` : `${s} s`;
}

/** A round span without its zero parts: `2 h`, `1 m 30 s`. */
export function roundSpan(seconds: number): string {
  const [h, m, s] = split(seconds);
  const parts = [h > 0 ? `${h} h` : "", m > 0 ? `${m} m` : "", s > 0 ? `${s} s` : ""];
  return parts.filter(Boolean).join(" ") || "0 s";
}

/** How long finished work took: `35 ms`, `12.4 s`, `1 m 05 s`. */
export function took(seconds: number): string {
  if (seconds <= 0) return "0 s";
  if (seconds < 0.0005) return "<1 ms";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${formats().tenths.format(seconds)} s`;
  return span(Math.round(seconds));
}

interface Formats {
  readonly language: string;
  readonly clock: Intl.DateTimeFormat;
  readonly shortClock: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly tenths: Intl.NumberFormat;
  readonly percent: Intl.NumberFormat;
  readonly finePercent: Intl.NumberFormat;
  readonly share: Intl.NumberFormat;
  readonly three: Intl.NumberFormat;
}

let current: Formats | undefined;

/** What formats numbers and times as the reader's browser asks for. */
function formats(): Formats {
  const { language } = navigator;
  if (current?.language !== language) current = formatsOf(language);
  return current;
}

function formatsOf(language: string): Formats {
  const locale = supported(language);
  const hourAndMinute = { hour: "2-digit", minute: "2-digit" } as const;
  return {
    language,
    clock: new Intl.DateTimeFormat(locale, { ...hourAndMinute, second: "2-digit" }),
    shortClock: new Intl.DateTimeFormat(locale, hourAndMinute),
    day: new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" }),
    date: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
    full: new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }),
    number: new Intl.NumberFormat(locale),
    tenths: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    percent: new Intl.NumberFormat(locale, { style: "percent" }),
    finePercent: new Intl.NumberFormat(locale, {
      style: "percent",
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }),
    share: new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 3 }),
    three: new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }),
  };
}

// Some systems have a language that is no tag, such as en-US@posix: then the browser's own default.
function supported(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}

/** A moment as `14:03:12`, with the day in front when it is not the day of `nowMs`. */
export function clock(ms: number, nowMs: number): string {
  return withDay(formats().clock, ms, nowMs);
}

/** Like {@link clock}, without the seconds. */
export function shortClock(ms: number, nowMs: number): string {
  return withDay(formats().shortClock, ms, nowMs);
}

function withDay(format: Intl.DateTimeFormat, ms: number, nowMs: number): string {
  const sameDay = new Date(ms).toDateString() === new Date(nowMs).toDateString();
  return sameDay ? format.format(ms) : `${formats().day.format(ms)}, ${format.format(ms)}`;
}

/** A moment with its day and year: `Feb 26, 2025, 8:16 PM`. */
export function dateAndTime(ms: number): string {
  return formats().date.format(ms);
}

/** A moment in full, for tooltips. */
export function fullTime(ms: number): string {
  return formats().full.format(ms);
}

/** A number with the reader's separators. */
export function number(value: number): string {
  return formats().number.format(value);
}

/** Money with the reader's separators, in hundredths: `$1.60`. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat(supported(navigator.language), {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).format(amount);
}

/** A share of 1 in percent, with the reader's spacing: `76%`, `76 %`. */
export function percent(share: number): string {
  return formats().percent.format(share);
}

/** A difference in percent, with its sign: `+12%`, `−8%`. */
export function signedPercent(share: number): string {
  const sign = share < 0 ? "−" : "+";
  return `${sign}${percent(Math.abs(share))}`;
}

/** Like {@link percent}, in tenths: `49.1%`, `49,1 %`. */
export function finePercent(share: number): string {
  return formats().finePercent.format(share);
}

/** A small share of 1 in percent, with three digits that count: `0.0243%`. */
export function share(value: number): string {
  return formats().share.format(value);
}

/** A short time with the unit that suits it, and three digits that count: `237 µs`, `84 ns`. */
export function shortTime(seconds: number): string {
  const units = ["s", "ms", "µs", "ns", "ps"];
  let value = seconds;
  while (value !== 0 && Math.abs(value) < 0.9995 && units.length > 1) {
    value *= 1000;
    units.shift();
  }
  return `${formats().three.format(value)} ${units[0]}`;
}

/** A number with its noun: `1 job`, `2 jobs`. */
export function counted(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** An id shortened in the middle: `7b2ed505…61f4`. */
export function shortId(id: string, head = 8, tail = 4): string {
  return id.length > head + tail + 1 ? `${id.slice(0, head)}…${id.slice(-tail)}` : id;
}
