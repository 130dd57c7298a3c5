// Runs inside JupyterLab's page: what NotebookPage (notebook_page.py) asks of JupyterLab, in
// JupyterLab's own terms. Needs a server that exposes the application as window.jupyterapp.
window.qsessionDriver = (() => {
  const runs = new Map();
  let lastRun = 0;

  const app = () => window.jupyterapp;

  const find = (path) =>
    [...(app()?.shell?.widgets("main") ?? [])].find((widget) => widget.context?.path === path);

  const panel = (path) => {
    const found = find(path);
    if (!found) throw new Error(`${path} is not open`);
    return found;
  };

  const kernel = (path) => find(path)?.sessionContext?.session?.kernel;

  const cellModel = (path, index) => panel(path).content.widgets[index].model;

  const isReady = (path) => {
    const { context, sessionContext } = find(path) ?? {};
    return Boolean(
      context?.isReady &&
        sessionContext?.isReady &&
        kernel(path)?.connectionStatus === "connected" &&
        kernel(path).status === "idle",
    );
  };

  /** Says in words how far a notebook has come, for the error when it comes no further. */
  const describe = (path) => {
    const { context, sessionContext } = find(path) ?? {};
    const { connectionStatus, status } = kernel(path) ?? {};
    return (
      `notebook ${context?.isReady ? "loaded" : "not loaded"}, ` +
      `session ${sessionContext?.isReady ? "ready" : "not ready"}, ` +
      `kernel ${connectionStatus ?? "absent"}, status ${status ?? "none"}`
    );
  };

  const isIdle = (path) =>
    isReady(path) &&
    panel(path).content.widgets.every((cell) => cell.model.executionState !== "running");

  /** Runs a command on the notebook and returns the number to ask `isDone` about. */
  const start = (path, command) => {
    lastRun += 1;
    const run = { done: false };
    runs.set(lastRun, run);
    app().shell.activateById(panel(path).id);
    app()
      .commands.execute(command)
      .finally(() => {
        run.done = true;
      });
    return lastRun;
  };

  return {
    describe,
    isReady,
    isIdle,
    isDone: (run) => runs.get(run).done,
    isRunning: (path, index) => cellModel(path, index).executionState === "running",
    cellType: (path, index) => cellModel(path, index).type,
    cellCount: (path) => panel(path).content.widgets.length,
    outputs: (path, index) => cellModel(path, index).outputs.toJSON(),
    runAll: (path) => start(path, "notebook:run-all-cells"),
    runCell: (path, index) => {
      const notebook = panel(path).content;
      notebook.deselectAll();
      notebook.activeCellIndex = index;
      return start(path, "notebook:run-cell");
    },
    /** Runs nothing, out of sight: a kernel that answers has done so once. */
    runNothing: (path) => {
      lastRun += 1;
      const run = { done: false };
      runs.set(lastRun, run);
      kernel(path)
        .requestExecute({ code: "", silent: true })
        .done.then(() => {
          run.done = true;
        });
      return lastRun;
    },
    save: (path) => panel(path).context.save(),
    restart: (path) => kernel(path).restart(),
    interrupt: (path) => kernel(path).interrupt(),
    hideSidebar: () => app().shell.collapseLeft(),
    isTheme: (theme) =>
      document.body.dataset.jpThemeName === theme &&
      !document.getElementById("jupyterlab-splash"),
    setTheme: (theme) => app().commands.execute("apputils:change-theme", { theme }),
  };
})();
