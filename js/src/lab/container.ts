/**
 * How JupyterLab finds the extension: as a module of a federation. A container is made of no more
 * than this, as long as it shares nothing. What it needs of JupyterLab's own modules it takes out of
 * what the page shares; where that is missing, the page has no sidebar.
 */

import { plugin } from "./extension";
import { type ShareScope, sharedModule } from "./shared";
import { type LabModules, sidebarPlugin } from "./sidebar";
import css from "./sidebar.css";

let scope: ShareScope = {};

const container = {
  init: async (shared: ShareScope | undefined): Promise<void> => {
    scope = shared ?? {};
  },
  get: async () => {
    const plugins = await findPlugins();
    return () => ({ __esModule: true, default: plugins });
  },
};

async function findPlugins(): Promise<readonly unknown[]> {
  const modules = await labModules();
  if (modules === null) return [plugin];
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  return [plugin, sidebarPlugin(modules)];
}

async function labModules(): Promise<LabModules | null> {
  const names = ["@lumino/widgets", "@jupyterlab/application", "@jupyterlab/apputils"];
  const found = await Promise.all(
    [...names, "@jupyterlab/statusbar"].map((name) => sharedModule(scope, name)),
  ).catch(() => []);
  const [lumino, application, apputils, statusbar] = found;
  const parts = {
    Widget: part(lumino, "Widget"),
    labShell: part(application, "ILabShell"),
    restorer: part(application, "ILayoutRestorer"),
    palette: part(apputils, "ICommandPalette"),
    statusBar: part(statusbar, "IStatusBar"),
  };
  return isComplete(parts) ? parts : null;
}

function part(module: object | null | undefined, name: string): unknown {
  return module ? Reflect.get(module, name) : undefined;
}

function isComplete(parts: Record<keyof LabModules, unknown>): parts is LabModules & typeof parts {
  return Object.values(parts).every((found) => Boolean(found));
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, unknown>;
  }
}

window._JUPYTERLAB = { ...window._JUPYTERLAB, qsession: container };
