/**
 * The JupyterLab extension: notebooks keep the picture of a session as it was when they were
 * saved, and show it where no live view can be. Without it, sessions are live all the same.
 */

import type { Application, Context, Disposable, NotebookPanel, Plugin } from "./jupyterlab";
import { SESSION_VIEW, SessionOutput } from "./output";

/** Before Jupyter's widgets, whose rank is -10. */
const RANK = -20;

function attend(panel: NotebookPanel, context: Context): Disposable {
  const registry = panel.content.rendermime;
  const outputs = new Set<SessionOutput>();
  registry.addFactory(
    {
      safe: false,
      mimeTypes: [SESSION_VIEW],
      createRenderer: () => {
        const output = new SessionOutput(registry);
        outputs.add(output);
        return output.renderer;
      },
    },
    RANK,
  );
  // Before the notebook is written: JupyterLab reads what to write after this.
  const onSave = (_context: unknown, state: string): void => {
    if (state !== "started") return;
    for (const output of outputs) {
      if (output.isDisposed) outputs.delete(output);
      else output.save();
    }
  };
  context.saveState.connect(onSave);
  return {
    dispose: () => {
      context.saveState.disconnect(onSave);
      outputs.clear();
    },
  };
}

export const plugin: Plugin = {
  id: "qsession:pictures",
  description: "Notebooks keep the picture of a session as it was when they were saved.",
  autoStart: true,
  activate: (app: Application): void => {
    // Others that load JupyterLab's extensions, such as Voila, have no documents.
    app.docRegistry?.addWidgetExtension("Notebook", { createNew: attend });
  },
};
