import { expect, test } from "vitest";
import { readConnection } from "../src/connection";
import { FakeModel } from "./fixtures";

const host = document.createElement("div");

test("the model's word comes first", () => {
  const inside = document.createElement("div");
  inside.className = "jupyter-widgets-disconnected";
  expect(readConnection(new FakeModel({}, { commLive: true }), inside)).toBe("live");
  expect(readConnection(new FakeModel({}, { commLive: false }), host)).toBe("dead");
});

test("else Jupyter's class on the view or around it", () => {
  const around = document.createElement("div");
  around.className = "jupyter-widgets-disconnected";
  const view = around.appendChild(document.createElement("div"));
  expect(readConnection(new FakeModel(), view)).toBe("dead");
  expect(readConnection(new FakeModel(), host)).toBe("live");
});
