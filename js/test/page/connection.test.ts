import { expect, test } from "vitest";
import { connectionAfterUpdate, connectionOfView } from "../../src/page/connection";
import { FakeModel } from "../fixtures";

const host = document.createElement("div");
const saved = document.createElement("div");
saved.className = "jupyter-widgets-disconnected";
const inSaved = saved.appendChild(document.createElement("div"));

test("the model's word comes first", () => {
  const live = new FakeModel({}, { commLive: true });
  const dead = new FakeModel({}, { commLive: false });
  expect([connectionOfView(live, saved), connectionAfterUpdate(live)]).toEqual(["live", "live"]);
  expect([connectionOfView(dead, host), connectionAfterUpdate(dead)]).toEqual(["dead", "dead"]);
});

test("else a new view goes by Jupyter's mark on it or around it", () => {
  const model = new FakeModel();
  expect(connectionOfView(model, saved)).toBe("dead");
  expect(connectionOfView(model, inSaved)).toBe("dead");
  expect(connectionOfView(model, host)).toBe("live");
});

test("else an update means that the comm was lost", () => {
  expect(connectionAfterUpdate(new FakeModel())).toBe("dead");
});
