import { expect, test } from "vitest";
import { STATUS_SIGNS } from "../../src/view-model/words";
import { SignView } from "../../src/views/sign";

test("a sign is a word with an icon, in the colour of what they mean", () => {
  const sign = new SignView("qs-status");
  sign.update(STATUS_SIGNS.ERROR);
  expect(sign.node.textContent).toBe("Error");
  expect(sign.node.dataset["tone"]).toBe("bad");
  expect(sign.node.querySelector("svg")?.dataset["icon"]).toBe("alert");
});

test("it changes in place", () => {
  const sign = new SignView("qs-status");
  sign.update(STATUS_SIGNS.RUNNING);
  const parts = [...sign.node.children];
  sign.update(STATUS_SIGNS.DONE);
  expect(sign.node.textContent).toBe("Done");
  expect(sign.node.dataset["tone"]).toBe("good");
  expect([...sign.node.children]).toEqual(parts);
});

test("it has the class of its place", () => {
  expect(new SignView("qs-pill").node.className).toContain("qs-pill");
});
