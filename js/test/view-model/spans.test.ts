import { expect, test } from "vitest";
import { clock } from "../../src/view-model/format";
import { describeSpans } from "../../src/view-model/spans";
import { NOW, row } from "../fixtures";

const job = row("a", { started_ms: NOW - 10_000, finished_ms: NOW });

test("spans lie where they were in the time of the job", () => {
  const view = describeSpans(
    [
      [NOW - 9000, NOW - 7000, 100],
      [NOW - 6000, NOW - 5000, 50],
    ],
    job,
    NOW,
  );
  expect(view).toMatchObject({
    title: "Data taken in 2 spans, 3.0 s of 10.0 s",
    blocks: [
      { left: 0.1, width: 0.2 },
      { left: 0.4, width: 0.1, title: `${clock(NOW - 6000, NOW)}, 1.0 s, size 50` },
    ],
    from: clock(NOW - 10_000, NOW),
    to: clock(NOW, NOW),
  });
});

test("spans that overlap are not counted twice", () => {
  const view = describeSpans(
    [
      [NOW - 9000, NOW - 7000, 1],
      [NOW - 8000, NOW - 6000, 1],
    ],
    job,
    NOW,
  );
  expect(view?.title).toBe("Data taken in 2 spans, 3.0 s of 10.0 s");
});

test.each([
  ["of looks", { started_ms: NOW - 5000 }],
  ["that are not known", { started_ms: null, finished_ms: null }],
])("times of a job %s do not hold them: they have a strip of their own", (_, times) => {
  const view = describeSpans([[NOW - 9000, NOW - 7000, 1]], { ...job, ...times }, NOW);
  expect(view).toMatchObject({
    title: "Data taken in 1 span, 2.0 s",
    blocks: [{ left: 0, width: 1 }],
  });
});

test("a result that tells none has no strip", () => {
  expect(describeSpans([], job, NOW)).toBeNull();
});
