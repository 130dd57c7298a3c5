import { describe, expect, test, vi } from "vitest";
import { plugin } from "../../src/lab/extension";
import { PATIENCE_MS, SESSION_VIEW } from "../../src/lab/output";
import { WANTED } from "../../src/page/saved-picture";
import { FakeOutput, NOTE, Notebook } from "./opened-notebook";

test("it comes before Jupyter's widgets, and for trusted outputs alone", () => {
  const { registry } = new Notebook();
  expect(registry.rank).toBeLessThan(-10);
  expect(registry.factory?.safe).toBe(false);
});

test("an application without documents is left alone", () => {
  expect(() => plugin.activate({})).not.toThrow();
});

describe("an output", () => {
  test("is live where its widget is known", async () => {
    const notebook = new Notebook();
    notebook.registry.known.add("a");
    const { node } = await notebook.show(new FakeOutput("a"));
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(node.querySelector(".qsession")).not.toBeNull();
    expect(node.textContent).not.toContain(NOTE);
  });

  test("is the picture that was saved where it is not, and says so", async () => {
    const { node } = await new Notebook().show(new FakeOutput("gone"));
    expect(node.textContent).toContain(NOTE);
    expect(node.textContent).toContain("drawn: as displayed");
    expect(node.textContent).not.toContain("model not found");
  });

  test("says so of another moment where the picture is never renewed", async () => {
    const output = new FakeOutput("gone", { has_pictures: false });
    const { node } = await new Notebook().show(output);
    expect(node.textContent).toContain("As it was when the cell ran. Run the cell again");
  });

  test("of a notebook that a program ran says nothing: its picture stands above it", async () => {
    const output = new FakeOutput("gone", { has_pictures: false });
    const { "text/html": _, ...data } = output.data;
    output.data = data;
    const { node } = await new Notebook().show(output);
    expect(node.textContent).toBe("");
  });

  test("is the picture while there is no kernel, and live when it has come", async () => {
    const notebook = new Notebook();
    notebook.registry.known.add("a");
    let come = (): void => undefined;
    notebook.registry.waitForKernel = new Promise((resolve) => {
      come = resolve;
    });
    const renderer = notebook.registry.createRenderer(SESSION_VIEW);
    const rendered = renderer.renderModel(new FakeOutput("a"));
    expect(renderer.node.textContent).toBe("Loading widget...");
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(renderer.node.textContent).toContain("drawn: as displayed");
    come();
    await rendered;
    expect(renderer.node.querySelector(".qsession")).not.toBeNull();
    expect(renderer.node.textContent).toBe("");
  });

  test("becomes live when Jupyter's widgets draw it once more", async () => {
    const notebook = new Notebook();
    const output = new FakeOutput("late");
    const renderer = await notebook.show(output);
    notebook.registry.known.add("late");
    await renderer.renderModel(output);
    expect(renderer.node.querySelector(".qsession")).not.toBeNull();
  });

  test("is the picture where JupyterLab has no widgets at all", async () => {
    const notebook = new Notebook();
    notebook.registry.mimeTypes = ["text/html"];
    const { node } = await notebook.show(new FakeOutput("a"));
    expect(node.textContent).toContain("drawn: as displayed");
  });

  test("wants pictures only if its view gives them", async () => {
    const notebook = new Notebook();
    const session = await notebook.show(new FakeOutput("a"));
    const dashboard = await notebook.show(new FakeOutput("b", { has_pictures: false }));
    expect(session.node.hasAttribute(WANTED)).toBe(true);
    expect(dashboard.node.hasAttribute(WANTED)).toBe(false);
  });
});

test("JupyterLab finds it in its container", async () => {
  window._JUPYTERLAB = { another: 1 };
  await import("../../src/lab/container");
  const container = Object(window._JUPYTERLAB["qsession"]);
  await container.init({});
  const found = (await container.get("./extension"))();
  expect(found.default).toEqual([plugin]);
  expect(window._JUPYTERLAB["another"]).toBe(1);
});

test("where the page shares JupyterLab's modules there is a sidebar, too", async () => {
  const share = (module: object) => ({ "1.0.0": { get: async () => () => module } });
  const container = window._JUPYTERLAB?.["qsession"] as {
    init: (scope: object) => Promise<void>;
    get: (name: string) => Promise<() => { default: { id: string }[] }>;
  };
  await container.init({
    "@lumino/widgets": share({ Widget: class {} }),
    "@jupyterlab/application": share({ ILabShell: {}, ILayoutRestorer: {} }),
    "@jupyterlab/apputils": share({ ICommandPalette: {} }),
    "@jupyterlab/statusbar": share({ IStatusBar: {} }),
  });
  const found = (await container.get("./extension"))();
  expect(found.default.map(({ id }) => id)).toEqual(["qsession:pictures", "qsession:sidebar"]);
  expect(document.head.querySelectorAll("style")).toHaveLength(1);
});
