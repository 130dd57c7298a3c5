import { describe, expect, test, vi } from "vitest";
import {
  clock,
  countdown,
  counted,
  finePercent,
  fullTime,
  number,
  percent,
  roundSpan,
  share,
  shortClock,
  shortId,
  shortTime,
  span,
  took,
} from "../../src/view-model/format";
import { NOW } from "../fixtures";

test.each([
  [0, "0 s"],
  [2.22e-10, "222 ps"],
  [8.4e-8, "84 ns"],
  [0.000237, "237 µs"],
  [0.00099996, "1 ms"],
  [0.0123456, "12.3 ms"],
  [3, "3 s"],
])("shortTime(%d) is %s", (seconds, text) => expect(shortTime(seconds)).toBe(text));

test.each([
  [0, "0%"],
  [0.000243, "0.0243%"],
  [0.010234, "1.02%"],
  [1, "100%"],
])("share(%d) is %s", (value, text) => expect(share(value)).toBe(text));

test.each([
  [0, "0:00"],
  [0.2, "0:01"],
  [38, "0:38"],
  [59.001, "1:00"],
  [600, "10:00"],
  [6138, "1:42:18"],
  [90_000, "25:00:00"],
  [-5, "0:00"],
])("countdown(%d) is %s", (seconds, text) => expect(countdown(seconds)).toBe(text));

test.each([
  [0, "0 s"],
  [0.01, "<1 s"],
  [0.999, "<1 s"],
  [1, "1 s"],
  [59.9, "59 s"],
  [65, "1 m 05 s"],
  [2882, "48 m 02 s"],
  [3725, "1 h 02 m 05 s"],
])("span(%d) is %s", (seconds, text) => expect(span(seconds)).toBe(text));

test.each([
  [0, "0 s"],
  [60, "1 m"],
  [7200, "2 h"],
  [9030, "2 h 30 m 30 s"],
])("roundSpan(%d) is %s", (seconds, text) => expect(roundSpan(seconds)).toBe(text));

test.each([
  [0, "0 s"],
  [-1, "0 s"],
  [0.0002, "<1 ms"],
  [0.0354, "35 ms"],
  [0.9996, "1.0 s"],
  [12.44, "12.4 s"],
  [59.96, "1 m 00 s"],
  [3600, "1 h 00 m 00 s"],
])("took(%d) is %s", (seconds, text) => expect(took(seconds)).toBe(text));

test("a clock time of another day says which", () => {
  const dayBefore = NOW - 86_400_000;
  expect(clock(NOW, NOW)).not.toContain(",");
  expect(clock(dayBefore, NOW)).toContain(",");
  expect(shortClock(NOW, NOW).length).toBeLessThan(clock(NOW, NOW).length);
});

test("ids are shortened only when that makes them shorter", () => {
  expect(shortId("7b2ed505-3c1e-4a55-9f0e-d1c2a3b461f4")).toBe("7b2ed505…61f4");
  expect(shortId("0123456789abc")).toBe("0123456789abc");
});

test("nouns follow their number", () => {
  expect([counted(1, "job"), counted(2, "job"), counted(0, "job")]).toEqual([
    "1 job",
    "2 jobs",
    "0 jobs",
  ]);
});

describe("in the reader's language", () => {
  const AFTERNOON = new Date(2026, 2, 14, 15, 5, 9).getTime();
  const read = (language: string): string[] => {
    vi.spyOn(navigator, "language", "get").mockReturnValue(language);
    return [
      clock(AFTERNOON, AFTERNOON),
      shortClock(AFTERNOON, AFTERNOON + 86_400_000),
      fullTime(AFTERNOON).split(" at ")[0]?.split(" um ")[0] ?? "",
      number(12_345),
      percent(0.256),
      finePercent(0.256),
      took(12.44),
    ].map((text) => text.replace(/[\u00a0\u202f]/g, " "));
  };

  test("American English", () => {
    expect(read("en-US")).toEqual([
      "03:05:09 PM",
      "Mar 14, 03:05 PM",
      "Saturday, March 14, 2026",
      "12,345",
      "26%",
      "25.6%",
      "12.4 s",
    ]);
  });

  test("German", () => {
    expect(read("de-DE")).toEqual([
      "15:05:09",
      "14. März, 15:05",
      "Samstag, 14. März 2026",
      "12.345",
      "26 %",
      "25,6 %",
      "12,4 s",
    ]);
  });

  test("of one that is no language tag, the browser's own", () => {
    expect(read("en-US@posix")[3]).toMatch(/^12.?345$/);
  });
});
