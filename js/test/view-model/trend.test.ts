import { describe, expect, test } from "vitest";
import { describeTrend, MOST_POINTS, nearest, type Point, thin } from "../../src/view-model/trend";
import type { Row } from "../../src/wire/wire";
import { HOSTILE, row } from "../fixtures";

const valued = (
  id: string,
  value: number | null,
  error: number | null = null,
  name = "loop",
): Row => row(id, { name, primitive: "estimator", values: [[value, error]] });

const many = (count: number, value: (index: number) => number): Row[] =>
  Array.from({ length: count }, (_, index) => valued(`j${index}`, value(index), 0.1));

function view(rows: readonly Row[], wanted: string | null = null) {
  const found = describeTrend(rows, wanted);
  if (!found) throw new Error("no trend");
  return found;
}

describe("there is a trend", () => {
  test.each([
    ["without values", [row("a"), row("b")]],
    ["with one value", [valued("a", 1), row("b")]],
    ["with values that are no numbers", [valued("a", null), valued("b", null)]],
    ["with one value of each name", [valued("a", 1, 0, "x"), valued("b", 1, 0, "y")]],
  ])("not %s", (_what, rows) => {
    expect(describeTrend(rows, null)).toBeNull();
  });

  test("from the second value on", () => {
    expect(
      view([valued("a", 1), row("x"), valued("b", 2)]).marks.map(({ jobId }) => jobId),
    ).toEqual(["a", "b"]);
  });
});

test("the points go from left to right, the highest value at the top", () => {
  const { marks } = view([valued("a", 3, 0.5), valued("b", 2), valued("c", 1, 0.5)]);
  expect(marks.map(({ x }) => x)).toEqual([0, 0.5, 1]);
  expect(marks[0]?.y).toBeLessThan(marks[1]?.y ?? 0);
  expect(marks[0]?.top).toBeLessThan(marks[0]?.y ?? 0);
  expect(marks[2]?.bottom).toBeLessThan(1);
  expect([marks[1]?.top, marks[1]?.bottom]).toEqual([marks[1]?.y, marks[1]?.y]);
});

test("the last and the lowest value are told in words", () => {
  const trend = view([
    valued("a", -0.5, 0.01),
    valued("b", -1.25, 0.01),
    valued("c", -1.125, 0.01),
  ]);
  expect(trend.last).toBe("−1.125 ± 0.010");
  expect(trend.lowest).toBe("−1.250 ± 0.010 in job 2");
  expect(trend.label).toBe("loop over 3 jobs: last −1.125 ± 0.010, lowest −1.250 ± 0.010");
});

describe("several values", () => {
  const rows = [1, 2, 3].flatMap((value) => [
    row(`a${value}`, {
      name: "loop",
      values: [
        [value, 0],
        [-value, 0],
      ],
    }),
    row(`b${value}`, { name: "other", values: [[10 * value, null]] }),
  ]);

  test("can be chosen from, by name and place", () => {
    expect(view(rows).series.map(({ label }) => label)).toEqual([
      "loop, value 0",
      "loop, value 1",
      "other",
    ]);
    const [, second] = view(rows).series;
    expect(view(rows, second?.key ?? "").marks.map(({ value }) => value)).toEqual([-1, -2, -3]);
  });

  test("begin with the one that most jobs have", () => {
    expect(view([...rows, valued("c", 5, 0, "other")]).chosen).toContain("other");
  });

  test("that one job alone has are not offered", () => {
    const alone = valued("c", 5, 0, "alone");
    expect(view([...rows, alone]).series.map(({ label }) => label)).not.toContain("alone");
  });

  test("that are gone give way to what there is", () => {
    expect(view(rows, "0 gone").chosen).toBe("0 loop");
  });

  test("are bounded in number", () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const more = names.flatMap((name) => [
      valued(`${name}a`, 1, 0, name),
      valued(`${name}b`, 2, 0, name),
    ]);
    expect(view(more).series).toHaveLength(12);
    // The one that is shown is among them, however late it came.
    const late = [
      ...more,
      valued("x", 1, 0, "late"),
      valued("y", 2, 0, "late"),
      valued("z", 3, 0, "late"),
    ];
    const { chosen, series } = view(late);
    expect([chosen, series.length, series.at(-1)?.key]).toEqual(["0 late", 12, "0 late"]);
  });
});

describe("ten thousand values", () => {
  const trend = view(many(10_000, (index) => (index === 5432 ? -50 : Math.sin(index / 500))));

  test("are drawn as few, with what stands out", () => {
    expect(trend.marks.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(trend.marks.some(({ value }) => value === -50)).toBe(true);
    expect(trend.lowest).toContain("5,433");
  });

  test("begin with the first and end with the last, in order", () => {
    const numbers = trend.marks.map(({ number }) => number);
    expect([numbers[0], numbers.at(-1)]).toEqual([1, 10_000]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

test("few points are not thinned", () => {
  const points = view(many(MOST_POINTS, (index) => index)).marks as readonly Point[];
  expect(thin(points, MOST_POINTS)).toBe(points);
});

test("the nearest point is found from a place", () => {
  const { marks } = view(many(5, (index) => index));
  expect([0, 0.4, 0.9, 2].map((x) => nearest(marks, x)?.jobId)).toEqual(["j0", "j2", "j4", "j4"]);
  expect(nearest([], 0.5)).toBeNull();
});

test("a hostile name stays what it is", () => {
  expect(view([valued("a", 1, 0, HOSTILE), valued("b", 2, 0, HOSTILE)]).series[0]?.label).toBe(
    HOSTILE,
  );
});
