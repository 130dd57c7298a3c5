import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Lab, StatusBar, Widget } from "../../src/lab/jupyterlab";
import { sharedModule } from "../../src/lab/shared";
import { sidebarPlugin } from "../../src/lab/sidebar";
import { FakeServer, served, servedEntry, settled } from "./served";

class FakeWidget implements Widget {
  id = "";
  readonly node: HTMLElement;
  readonly title: Widget["title"] = { caption: "", icon: undefined };
  isHidden = false;

  constructor({ node }: { node: HTMLElement }) {
    this.node = node;
  }

  setHidden(hidden: boolean): void {
    this.isHidden = hidden;
  }

  dispose(): void {}
}

const modules = { Widget: FakeWidget, labShell: {}, restorer: {}, palette: {}, statusBar: {} };
const shell = { add: vi.fn(), activateById: vi.fn() };
const commands = { addCommand: vi.fn(), execute: vi.fn(async () => undefined) };
const restorer = { add: vi.fn() };
const palette = { addItem: vi.fn() };
const statusBar = { registerStatusItem: vi.fn<StatusBar["registerStatusItem"]>() };

const lab: Lab = {
  shell,
  commands,
  serviceManager: {
    serverSettings: { baseUrl: "/", token: "" },
    kernels: { connectTo: vi.fn() },
  },
};

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  const observer = { observe: () => undefined, disconnect: () => undefined };
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe = observer.observe;
      disconnect = observer.disconnect;
    },
  );
  server = new FakeServer();
});
afterEach(async () => {
  await settled();
  vi.clearAllTimers();
  vi.resetAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.replaceChildren();
});

interface Host {
  readonly isExtended?: boolean;
  readonly isBare?: boolean;
  readonly shell?: object | null;
}

function activate({ isExtended = true, isBare = false, shell: found = {} }: Host = {}): void {
  const script = document.createElement("script");
  script.id = "jupyter-config-data";
  script.type = "application/json";
  script.textContent = JSON.stringify({ qsessionServer: isExtended });
  document.body.append(script);
  const { activate: start } = sidebarPlugin(modules);
  if (isBare) start(lab, found, null, null, null);
  else start(lab, found, restorer, palette, statusBar);
}

test("it takes what JupyterLab has, and requires nothing", () => {
  const { labShell, restorer: kept, palette: found, statusBar: bar } = modules;
  expect(sidebarPlugin(modules).optional).toEqual([labShell, kept, found, bar]);
  expect(sidebarPlugin(modules)).not.toHaveProperty("requires");
});

test("in another shell, as that of Notebook 7, there is none", () => {
  activate({ shell: null });
  expect(shell.add).not.toHaveBeenCalled();
  expect(server.asked).toEqual([]);
});

test("the tab stands in the left area, is kept with the layout, and is found by its name", () => {
  activate();
  const [tab, area] = shell.add.mock.calls[0] ?? [];
  expect(area).toBe("left");
  expect(tab).toMatchObject({ id: "qsession-sessions", title: { caption: "Quantum sessions" } });
  const host = document.createElement("div");
  tab.title.icon.render(host);
  expect(host.querySelector("svg")).not.toBeNull();
  expect(restorer.add).toHaveBeenCalledWith(tab, "qsession-sessions");
  const [name, { label, execute }] = commands.addCommand.mock.calls[0] ?? [];
  expect(label).toBe("Show Quantum Sessions");
  expect(palette.addItem).toHaveBeenCalledWith(expect.objectContaining({ command: name }));
  execute();
  expect(shell.activateById).toHaveBeenCalledWith("qsession-sessions");
});

test("the item in the status bar is hidden as long as it has nothing to say", async () => {
  server.content = served([servedEntry("a")]);
  activate();
  const [, options] = statusBar.registerStatusItem.mock.calls[0] ?? [];
  const item = options?.item as FakeWidget;
  expect([item.isHidden, options?.isActive()]).toEqual([true, false]);
  await settled();
  expect([item.isHidden, options?.isActive()]).toEqual([false, true]);
  item.node.querySelector("button")?.click();
  expect(shell.activateById).toHaveBeenCalledWith("qsession-sessions");
});

test("without the server's extension there is nothing, and nobody is asked", async () => {
  activate({ isExtended: false });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shell.add).not.toHaveBeenCalled();
  expect(server.asked).toEqual([]);
});

test("without a status bar, a palette and a restorer there is a tab all the same", () => {
  activate({ isBare: true });
  expect(shell.add).toHaveBeenCalledOnce();
});

test("of shared modules the release that runs is taken", async () => {
  const release = (name: string, loaded?: number) => ({
    get: async () => () => ({ name }),
    ...(loaded === undefined ? {} : { loaded }),
  });
  const scope = {
    both: { "1.0.0": release("old"), "2.0.0": release("new", 1) },
    one: { "1.0.0": release("only") },
  };
  expect(await sharedModule(scope, "both")).toEqual({ name: "new" });
  expect(await sharedModule(scope, "one")).toEqual({ name: "only" });
  expect(await sharedModule(scope, "none")).toBeNull();
});
