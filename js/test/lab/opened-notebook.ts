/** A notebook of JupyterLab with the extension, and what stands for its parts; time is the test's. */

import { afterEach, beforeEach, expect, vi } from "vitest";
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
import { SESSION_VIEW } from "../../src/lab/output";
import { PICTURE_TAKEN } from "../../src/page/saved-picture";

export const NOTE = "As it was when the notebook was saved. Run the cell again for the live view.";
export const LIVE_VIEW = "application/vnd.jupyter.widget-view+json";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

export class FakeSignal<Value> implements Signal<unknown, Value> {
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

export class FakeRenderer implements Renderer {
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
export class FakeRegistry implements RendererRegistry {
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

export class FakeOutput implements MimeModel {
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
export class Notebook {
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
export async function openLive(): Promise<{
  notebook: Notebook;
  output: FakeOutput;
  renderer: Renderer;
}> {
  const notebook = new Notebook();
  notebook.registry.known.add("a");
  const output = new FakeOutput("a");
  return { notebook, output, renderer: await notebook.show(output) };
}

export function takePicture(renderer: Renderer, detail: unknown): void {
  const view = renderer.node.querySelector(".qsession");
  view?.dispatchEvent(new CustomEvent(PICTURE_TAKEN, { detail, bubbles: true }));
}
