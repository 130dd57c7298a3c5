import { afterEach, expect, test } from "vitest";
import { JobIndex, NEWEST_FIRST } from "../../src/store/job-index";
import { JobList } from "../../src/store/job-list";
import { JobHeadings, nextOrder } from "../../src/views/job-headings";
import { mount, type View } from "../view";

afterEach(() => document.body.replaceChildren());

function setUp(): { index: JobIndex; page: View } {
  const index = new JobIndex(new JobList());
  const headings = new JobHeadings(index, () => headings.update());
  headings.update();
  return { index, page: mount(headings.node) };
}

const sorted = (page: View): string[] =>
  page.all("[aria-sort]").map((cell) => `${cell.textContent} ${cell.getAttribute("aria-sort")}`);

test("every column has a heading, and all but the last can be sorted by", () => {
  const { page } = setUp();
  expect(page.texts("[role=columnheader]")).toEqual([
    "Job",
    "Program",
    "Primitive",
    "Status",
    "Submitted",
    "Run time",
    "Actions",
  ]);
  expect(page.buttonNames).toHaveLength(6);
});

test("the newest are first until another column is asked for", () => {
  const { index, page } = setUp();
  expect(sorted(page)).toEqual(["Submitted descending"]);
  page.button("Program").click();
  expect(sorted(page)).toEqual(["Program ascending"]);
  expect(index.order).toEqual({ by: "name", isDescending: false });
});

test("a column is sorted one way, the other way, then no more", () => {
  const { index, page } = setUp();
  const orders = Array.from({ length: 3 }, () => {
    page.button("Run time").click();
    return sorted(page);
  });
  expect(orders).toEqual([
    ["Run time descending"],
    ["Run time ascending"],
    ["Submitted descending"],
  ]);
  expect(index.order).toEqual(NEWEST_FIRST);
});

test("the usual order can be turned round, and back", () => {
  const oldest = nextOrder(NEWEST_FIRST, "created");
  expect(oldest).toEqual({ by: "created", isDescending: false });
  expect(nextOrder(oldest, "created")).toEqual(NEWEST_FIRST);
});
