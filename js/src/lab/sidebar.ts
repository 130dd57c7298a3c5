/**
 * The tab in JupyterLab's left area and the item in its status bar. They speak to the extension of
 * Jupyter's server, so they work while a kernel is busy and after it has died; where the server has
 * none, there are none of them.
 */

import { icon } from "../views/icon";
import type { Lab, Lumino, Palette, Plugin, Restorer, StatusBar, Widget } from "./jupyterlab";
import { endInKernel } from "./kernels";
import { isExtended, Server } from "./server";
import { ServerModel } from "./server-model";
import { ServedSessions } from "./sessions";
import { StatusItem } from "./status";
import { SessionsTab } from "./tab";

const NAME = "qsession-sessions";
const COMMAND = "qsession:show-sessions";

/** Below the running kernels, above what extensions add without a rank. */
const RANK = 450;

/** What JupyterLab's own modules give: a base class, and the keys of its services. */
export interface LabModules extends Lumino {
  readonly labShell: object;
  readonly restorer: object;
  readonly palette: object;
  readonly statusBar: object;
}

type Services = [object | null, Restorer | null, Palette | null, StatusBar | null];

/** @returns the plugin, for a page that has these modules. */
export function sidebarPlugin(modules: LabModules): Plugin<Lab, Services> {
  return {
    id: "qsession:sidebar",
    description: "A tab with all sessions, and the paid ones that are open in the status bar.",
    autoStart: true,
    // Required, Notebook 7 would complain of it on every page: it has another shell.
    optional: [modules.labShell, modules.restorer, modules.palette, modules.statusBar],
    activate: (app, labShell, restorer, palette, statusBar) => {
      if (labShell && isExtended()) addSidebar(app, modules, { restorer, palette, statusBar });
    },
  };
}

interface Optional {
  readonly restorer: Restorer | null;
  readonly palette: Palette | null;
  readonly statusBar: StatusBar | null;
}

function addSidebar(
  app: Lab,
  { Widget }: Lumino,
  { restorer, palette, statusBar }: Optional,
): void {
  const life = new AbortController();
  const { serverSettings, kernels } = app.serviceManager;
  const sessions = new ServedSessions(new Server(serverSettings));
  const openNotebook = (path: string): void => {
    void app.commands.execute("docmanager:open", { path });
  };
  const model = new ServerModel(sessions, endInKernel(kernels), openNotebook, life.signal);
  const tab = new Widget({ node: new SessionsTab(sessions, model, life.signal).node });
  tab.id = NAME;
  tab.title.caption = "Quantum sessions";
  tab.title.icon = { render: drawIcon };
  app.shell.add(tab, "left", { rank: RANK });
  restorer?.add(tab, NAME);

  const show = (): void => app.shell.activateById(NAME);
  app.commands.addCommand(COMMAND, { label: "Show Quantum Sessions", execute: show });
  palette?.addItem({ command: COMMAND, category: "Quantum Sessions" });
  if (statusBar) addStatusItem(statusBar, Widget, sessions, show, life.signal);
}

function addStatusItem(
  statusBar: StatusBar,
  Base: Lumino["Widget"],
  sessions: ServedSessions,
  show: () => void,
  signal: AbortSignal,
): void {
  let item: Widget | null = null;
  const status = new StatusItem(sessions, show, () => item?.setHidden(!status.isShown), signal);
  item = new Base({ node: status.node });
  item.setHidden(!status.isShown);
  statusBar.registerStatusItem("qsession:paid-sessions", {
    item,
    align: "left",
    rank: 100,
    isActive: () => status.isShown,
  });
}

function drawIcon(host: HTMLElement): void {
  const drawing = icon("hourglass");
  drawing.classList.add("qsession-tab-icon");
  host.replaceChildren(drawing);
}
