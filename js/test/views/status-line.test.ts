import { expect, test } from "vitest";
import { StatusLine } from "../../src/views/status-line";
import { HOSTILE } from "../fixtures";
import { changesTo, mount } from "../view";

const show = () => {
  const line = new StatusLine();
  return { line, page: mount(line.node) };
};

test("the latest news takes the place of what was said before", () => {
  const { line, page } = show();
  line.say("Submitted bell");
  line.say("Session: closing");
  expect(page.status).toBe("Session: closing");
});

test("the same news twice is read twice: the text is put there anew", () => {
  const { line, page } = show();
  line.say("Submitted bell");
  expect(changesTo(page.host, () => line.say("Submitted bell"))).not.toEqual([]);
});

test("what is shown elsewhere is read out, and not shown again", () => {
  const { line, page } = show();
  line.say("1 job done. ", "Less than 1 m left");
  expect(page.status).toBe("1 job done. Less than 1 m left");
  expect(page.text(".qs-news > .qs-hidden")).toBe("Less than 1 m left");
  line.say("2 jobs done");
  expect(page.status).toBe("2 jobs done");
});

test("the hint stands beside the news, and is not read out as news", () => {
  const { line, page } = show();
  line.say("Submitted bell");
  line.update("Clicks wait for the running cell to end");
  expect(page.text("footer")).toContain("Clicks wait for the running cell to end");
  expect(page.status).toBe("Submitted bell");
  line.update("");
  expect(page.text("footer")).toBe("Submitted bell");
});

test("news is text, whatever it says", () => {
  const { line, page } = show();
  line.say(HOSTILE);
  expect(page.status).toBe(HOSTILE);
});
