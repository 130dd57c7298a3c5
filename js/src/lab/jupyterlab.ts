/**
 * The little of JupyterLab's interfaces that the extension uses, of JupyterLab 4 and Notebook 7.
 * Written down here, since its packages would bring the whole of JupyterLab along.
 */

import type { Kernel } from "../wire/route";

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

/** A Lumino widget that is put into the shell. */
export interface Widget extends Disposable {
  id: string;
  readonly node: HTMLElement;
  readonly title: {
    caption: string;
    icon: { render(host: HTMLElement): void } | undefined;
  };
  setHidden(hidden: boolean): void;
}

/** The module `@lumino/widgets`, as far as it is used. */
export interface Lumino {
  readonly Widget: new (options: { node: HTMLElement }) => Widget;
}

/** A kernel that is talked to: `Kernel.IKernelConnection`. */
export interface KernelConnection extends Kernel, Disposable {
  sendShellMessage(message: object, expectReply: boolean, disposeOnDone: boolean): Future;
  sendControlMessage(message: object, expectReply: boolean, disposeOnDone: boolean): Future;
}

export interface Future {
  onReply: (reply: { readonly content: Readonly<Record<string, unknown>> }) => void;
  /** Fails if the kernel ends first. */
  readonly done: Promise<unknown>;
}

export interface KernelManager {
  connectTo(options: {
    readonly model: { readonly id: string; readonly name: string };
  }): KernelConnection;
}

/** `ILayoutRestorer`. */
export interface Restorer {
  add(widget: Widget, name: string): void;
}

/** `ICommandPalette`. */
export interface Palette {
  addItem(item: { readonly command: string; readonly category: string }): Disposable;
}

/** `IStatusBar`. */
export interface StatusBar {
  registerStatusItem(
    id: string,
    item: {
      readonly item: Widget;
      readonly align: "left" | "middle" | "right";
      readonly rank: number;
      readonly isActive: () => boolean;
    },
  ): Disposable;
}

export interface Application {
  readonly docRegistry?: {
    addWidgetExtension(
      factory: string,
      extension: { createNew(panel: NotebookPanel, context: Context): Disposable },
    ): Disposable;
  };
}

/** JupyterLab itself: `JupyterFrontEnd<ILabShell>`. */
export interface Lab extends Application {
  readonly shell: {
    add(widget: Widget, area: "left", options: { readonly rank: number }): void;
    activateById(id: string): void;
  };
  readonly commands: {
    addCommand(
      id: string,
      options: { readonly label: string; readonly execute: () => void },
    ): Disposable;
    execute(id: string, args?: Readonly<Record<string, string>>): Promise<unknown>;
  };
  readonly serviceManager: {
    readonly serverSettings: { readonly baseUrl: string; readonly token: string };
    readonly kernels: KernelManager;
  };
}

export interface Plugin<App = Application, Services extends readonly unknown[] = []> {
  readonly id: string;
  readonly description: string;
  readonly autoStart: boolean;
  readonly optional?: readonly object[];
  activate(app: App, ...services: Services): void;
}
