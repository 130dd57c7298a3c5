import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { plugin } from "../../src/lab/extension";
import type {
  Context,
  Disposable,
  MimeModel,
  NotebookPanel,
  Renderer,
  RendererRegistry,
  Signal,
} from "../../src/lab/jupyterlab";
import { PATIENCE_MS, SESSION_VIEW } from "../../src/lab/output";
import { PICTURE_TAKEN, WANTED } from "../../src/page/saved-picture";

const NOTE = "As it was when the notebook was saved. Run the cell again for the live view.";
const LIVE_VIEW = "application/vnd.jupyter.widget-view+json";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

class FakeSignal<Value> implements Signal<unknown, Value> {
  readonly #slots = new Set<(sender: unknown, value: Value) => void>();

  connect(slot: (sender: unknown, value: Value) => void): boolean {
    this.#slots.add(slot);
    return true;
  }

  disconnect(slot: (sender: unknown, value: Value) => void): boolean {
    return this.#slots.delete(slot);
  }

  emit(value: Value): void {
    for (const slot of this.#slots) slot(this, value);
  }
}

class FakeRenderer implements Renderer {
  readonly node = document.createElement("div");
  isDisposed = false;
  readonly #draw: (model: MimeModel, node: HTMLElement) => Promise<void>;

  constructor(draw: (model: MimeModel, node: HTMLElement) => Promise<void>) {
    this.#draw = draw;
  }

  async renderModel(model: MimeModel): Promise<void> {
    await this.#draw(model, this.node);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** A notebook's registry, with Jupyter's widgets, which know some models, and HTML. */
class FakeRegistry implements RendererRegistry {
  mimeTypes = ["text/html", LIVE_VIEW];
  readonly known = new Set<string>();
  /** How often a live view was drawn. */
  drawn = 0;
  waitForKernel: Promise<void> = Promise.resolve();
  factory: Parameters<RendererRegistry["addFactory"]>[0] | null = null;
  rank: number | null = null;

  addFactory(factory: Parameters<RendererRegistry["addFactory"]>[0], rank: number): void {
    this.factory = factory;
    this.rank = rank;
  }

  createRenderer(mimeType: string): Renderer {
    if (mimeType === SESSION_VIEW && this.factory) return this.factory.createRenderer({});
    if (mimeType === LIVE_VIEW)
      return new FakeRenderer((model, node) => this.#drawLive(model, node));
    return new FakeRenderer(async (model, node) => {
      node.textContent = `drawn: ${String(model.data["text/html"])}`;
    });
  }

  async #drawLive(model: MimeModel, node: HTMLElement): Promise<void> {
    node.textContent = "Loading widget...";
    await this.waitForKernel;
    const view = model.data[LIVE_VIEW];
    const id = String(Reflect.get(Object(view), "model_id"));
    if (!this.known.has(id)) {
      node.textContent = "Error displaying widget: model not found";
      return;
    }
    this.drawn += 1;
    node.textContent = "";
    const live = document.createElement("div");
    live.className = "qsession";
    node.append(live);
  }
}

class FakeOutput implements MimeModel {
  data: Readonly<Record<string, unknown>>;
  onChange: () => void = () => undefined;

  constructor(id: string, options: { has_pictures: boolean } = { has_pictures: true }) {
    this.data = {
      "text/html": "as displayed",
      "text/plain": "as displayed",
      [LIVE_VIEW]: { model_id: id },
      [SESSION_VIEW]: options,
    };
  }

  setData({ data }: { data: Readonly<Record<string, unknown>> }): void {
    this.data = data;
    this.onChange();
  }
}

/** A notebook as JupyterLab opens it with the extension. */
class Notebook {
  readonly registry = new FakeRegistry();
  readonly saveState = new FakeSignal<string>();
  readonly attended: Disposable;

  constructor() {
    const attended: Disposable[] = [];
    const panel: NotebookPanel = { content: { rendermime: this.registry } };
    const context: Context = { saveState: this.saveState };
    plugin.activate({
      docRegistry: {
        addWidgetExtension: (factory, extension) => {
          expect(factory).toBe("Notebook");
          attended.push(extension.createNew(panel, context));
          return { dispose: () => undefined };
        },
      },
    });
    const [first] = attended;
    if (!first) throw new Error("The notebook was not attended.");
    this.attended = first;
  }

  /** Draws an output as JupyterLab does: again whenever it changes. */
  async show(output: FakeOutput): Promise<Renderer> {
    const renderer = this.registry.createRenderer(SESSION_VIEW);
    output.onChange = () => void renderer.renderModel(output);
    await renderer.renderModel(output);
    return renderer;
  }
}

/** A notebook in which one session is live. */
async function openLive(): Promise<{ notebook: Notebook; output: FakeOutput; renderer: Renderer }> {
  const notebook = new Notebook();
  notebook.registry.known.add("a");
  const output = new FakeOutput("a");
  return { notebook, output, renderer: await notebook.show(output) };
}

function takePicture(renderer: Renderer, detail: unknown): void {
  const view = renderer.node.querySelector(".qsession");
  view?.dispatchEvent(new CustomEvent(PICTURE_TAKEN, { detail, bubbles: true }));
}

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

describe("saving the notebook", () => {
  test("keeps the newest picture, and leaves the view alone", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "older", text: "older" });
    takePicture(renderer, { html: "<b>newest</b>", text: "newest" });
    expect(output.data["text/html"]).toBe("as displayed"); // not before: it would be unsaved
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("<b>newest</b>");
    expect(output.data["text/plain"]).toBe("newest");
    expect(output.data[LIVE_VIEW]).toEqual({ model_id: "a" });
    expect(notebook.registry.drawn).toBe(1);
  });

  test("changes nothing where no picture has come since", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "one", text: "one" });
    notebook.saveState.emit("started");
    const saved = output.data;
    notebook.saveState.emit("completed");
    notebook.saveState.emit("started");
    expect(output.data).toBe(saved);
  });

  test("passes over what is no picture, and outputs that are gone", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: 7 });
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
    takePicture(renderer, { html: "late", text: "late" });
    renderer.dispose();
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
  });

  test("is no longer attended when the notebook is closed", async () => {
    const { notebook, output, renderer } = await openLive();
    takePicture(renderer, { html: "late", text: "late" });
    notebook.attended.dispose();
    notebook.saveState.emit("started");
    expect(output.data["text/html"]).toBe("as displayed");
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
