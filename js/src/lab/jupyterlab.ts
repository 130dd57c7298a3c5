/**
 * The little of JupyterLab's interfaces that the extension uses, of JupyterLab 4 and Notebook 7.
 * Written down here, since its packages would bring the whole of JupyterLab along.
 */

export interface Disposable {
  dispose(): void;
}

export interface Signal<Sender, Value> {
  connect(slot: (sender: Sender, value: Value) => void): boolean;
  disconnect(slot: (sender: Sender, value: Value) => void): boolean;
}

/** An output of a cell, in all its forms: `IRenderMime.IMimeModel`. */
export interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
  setData(options: { data: Readonly<Record<string, unknown>> }): void;
}

/** A Lumino widget that draws an output: `IRenderMime.IRenderer`. */
export interface Renderer {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  renderModel(model: MimeModel): Promise<void>;
  dispose(): void;
}

/** `IRenderMimeRegistry`, one for each notebook. */
export interface RendererRegistry {
  readonly mimeTypes: readonly string[];
  createRenderer(mimeType: string): Renderer;
  addFactory(
    factory: {
      readonly safe: boolean;
      readonly mimeTypes: readonly string[];
      createRenderer(options: unknown): Renderer;
    },
    rank: number,
  ): void;
}

export interface NotebookPanel {
  readonly content: { readonly rendermime: RendererRegistry };
}

/** `DocumentRegistry.Context`. */
export interface Context {
  readonly saveState: Signal<unknown, string>;
}

export interface Application {
  readonly docRegistry?: {
    addWidgetExtension(
      factory: string,
      extension: { createNew(panel: NotebookPanel, context: Context): Disposable },
    ): Disposable;
  };
}

export interface Plugin {
  readonly id: string;
  readonly description: string;
  readonly autoStart: boolean;
  activate(app: Application): void;
}
