/**
 * How JupyterLab finds the extension: as a module of a federation. A container is made of no more
 * than this, as long as it shares nothing and needs nothing that is shared.
 */

import { plugin } from "./extension";

const container = {
  init: async (): Promise<void> => undefined,
  get: async () => () => ({ __esModule: true, default: plugin }),
};

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, unknown>;
  }
}

window._JUPYTERLAB = { ...window._JUPYTERLAB, qsession: container };
