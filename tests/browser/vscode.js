// Stands in for VS Code's editor and its Jupyter extension around the widget manager that they
// load, `@vscode/jupyter-ipywidgets8`: runs cells in a real kernel, and draws their outputs.
window.vscode = (() => {
  const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";
  const uuid = () => crypto.randomUUID();

  class Signal {
    #slots = new Set();
    connect(slot, thisArg) {
      this.#slots.add([slot, thisArg]);
      return true;
    }
    disconnect() {
      return true;
    }
    emit(sender, value) {
      for (const [slot, thisArg] of this.#slots) slot.call(thisArg, sender, value);
    }
  }

  class Comm {
    constructor(kernel, targetName, commId) {
      Object.assign(this, { kernel, targetName, commId, isDisposed: false });
    }
    open(data, metadata) {
      return this.#send("comm_open", { target_name: this.targetName, data: data ?? {} }, metadata);
    }
    send(data, metadata) {
      return this.#send("comm_msg", { data }, metadata);
    }
    close(data, metadata) {
      this.isDisposed = true;
      return this.#send("comm_close", { data: data ?? {} }, metadata);
    }
    dispose() {
      this.isDisposed = true;
    }
    #send(type, content, metadata) {
      const message = this.kernel.message("shell", type, { comm_id: this.commId, ...content });
      return this.kernel.sendShellMessage({ ...message, metadata: metadata ?? {} }, false, true);
    }
  }

  /** What the extension gives the page as its kernel: no subshells, and messages one by one. */
  class Kernel {
    username = "vscode";
    clientId = uuid();
    name = "python3";
    status = "idle";
    connectionStatus = "connected";
    handleComms = true;
    supportsSubshells = false;
    isDisposed = false;
    statusChanged = new Signal();
    connectionStatusChanged = new Signal();
    iopubMessage = new Signal();
    unhandledMessage = new Signal();
    anyMessage = new Signal();
    disposed = new Signal();
    #comms = new Map();
    #targets = new Map();
    #futures = new Map();
    #order = Promise.resolve();

    constructor(id, socket) {
      this.id = id;
      this.model = { id, name: this.name };
      this.socket = socket;
      socket.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        this.#order = this.#order.then(() => this.#take(message)).catch(console.error);
      });
    }

    message(channel, type, content) {
      const header = {
        msg_id: uuid(),
        msg_type: type,
        session: this.clientId,
        username: this.username,
        date: new Date().toISOString(),
        version: "5.3",
      };
      return { channel, header, parent_header: {}, metadata: {}, content, buffers: [] };
    }

    registerCommTarget(name, callback) {
      this.#targets.set(name, callback);
    }
    removeCommTarget(name) {
      this.#targets.delete(name);
    }
    registerMessageHook() {}
    removeMessageHook() {}
    createComm(targetName, commId = uuid()) {
      const comm = new Comm(this, targetName, commId);
      this.#comms.set(commId, comm);
      return comm;
    }
    hasComm(id) {
      return this.#comms.has(id);
    }
    async requestCommInfo(content) {
      return this.sendShellMessage(this.message("shell", "comm_info_request", content), true).done;
    }
    sendShellMessage(message, expectsReply = false) {
      return this.#send(message, "shell", expectsReply);
    }
    sendControlMessage(message, expectsReply = false) {
      return this.#send(message, "control", expectsReply);
    }
    dispose() {
      this.isDisposed = true;
      this.socket.close();
    }

    #send(message, channel, expectsReply) {
      const future = { msg: message, onReply() {}, onIOPub() {}, onStdin() {}, dispose() {} };
      future.done = new Promise((resolve) => {
        future.resolve = resolve;
      });
      if (expectsReply) this.#futures.set(message.header.msg_id, future);
      this.socket.send(JSON.stringify({ ...message, channel }));
      return future;
    }

    async #take(message) {
      const { channel, header, content } = message;
      const future = this.#futures.get(message.parent_header?.msg_id);
      if (channel === "shell" || channel === "control") {
        future?.onReply(message);
        future?.resolve(message);
        return;
      }
      if (channel !== "iopub") return;
      future?.onIOPub(message);
      switch (header.msg_type) {
        case "comm_open": {
          const comm = this.createComm(content.target_name, content.comm_id);
          await this.#targets.get(content.target_name)?.(comm, message);
          break;
        }
        case "comm_msg":
          await this.#comms.get(content.comm_id)?.onMsg?.(message);
          break;
        case "comm_close":
          await this.#comms.get(content.comm_id)?.onClose?.(message);
          this.#comms.delete(content.comm_id);
      }
      this.iopubMessage.emit(this, message);
    }
  }

  let kernel;
  let manager;
  /** What the notebook holds: for each cell its outputs, as they would be saved. */
  let cells = [];
  const drawn = new Map();

  async function connect(id, address) {
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    kernel = new Kernel(id, socket);
    const loader = {
      widgetsRegisteredInRequireJs: new Set(["anywidget"]),
      loadWidgetScript: async () => undefined,
      successHandler() {},
      errorHandler: (name, module, version, error) => console.error(name, module, version, error),
    };
    manager = new window.vscIPyWidgets.WidgetManager(kernel, document.body, loader, () => undefined);
  }

  async function open(id, address, saved = []) {
    window.requirejs.config({ paths: { anywidget: "/vscode/anywidget/index" } });
    window.vscIPyWidgets8.load();
    await connect(id, address);
    cells = saved;
    cells.forEach((outputs, index) => {
      for (const output of outputs) draw(index, output);
    });
  }

  /** What the extension does when a kernel was restarted: outputs stay as they are. */
  async function restarted(id, address) {
    manager.dispose();
    kernel.dispose();
    running.clear();
    await connect(id, address);
  }

  function place(index) {
    for (let count = document.querySelectorAll(".cell").length; count <= index; count += 1) {
      const cell = document.body.appendChild(document.createElement("div"));
      cell.className = "cell";
    }
    return document.querySelectorAll(".cell")[index];
  }

  // As `renderIPyWidget` of the extension: nothing is done where the same model is drawn already.
  async function draw(index, output) {
    const before = drawn.get(output.id);
    const view = output.data[WIDGET_VIEW];
    if (before && before.modelId === view?.model_id) return;
    before?.view?.dispose();
    const box = before?.box ?? place(index).appendChild(document.createElement("div"));
    const entry = { box, modelId: view?.model_id };
    drawn.set(output.id, entry);
    if (!view) {
      box.textContent = output.data["text/plain"];
      return;
    }
    const inner = document.createElement("div");
    inner.className = "cell-output-ipywidget-background";
    box.replaceChildren(inner);
    try {
      const model = await manager.get_model(view.model_id);
      const made = await manager.create_view(model, { el: inner });
      entry.view = await manager.display_view(view, made, { node: inner });
    } catch (error) {
      inner.textContent = `${error}`;
    }
  }

  function take(index, { header, content }) {
    const id = content.transient?.display_id;
    if (header.msg_type === "update_display_data") {
      cells.forEach((outputs, cell) => {
        for (const output of outputs.filter((each) => each.displayId === id)) {
          output.data = content.data;
          draw(cell, output);
        }
      });
    } else if (/^(display_data|execute_result)$/.test(header.msg_type)) {
      const output = { id: uuid(), displayId: id, data: content.data };
      cells[index].push(output);
      draw(index, output);
    } else if (header.msg_type === "error") {
      const data = { "text/plain": content.traceback.join("\n") };
      cells[index].push({ id: uuid(), data, isError: true });
    } else if (header.msg_type === "stream") {
      cells[index].push({ id: uuid(), data: { "text/plain": content.text } });
    }
  }

  const running = new Map();

  function run(index, code) {
    while (cells.length <= index) cells.push([]);
    for (const output of cells[index]) drawn.get(output.id)?.view?.dispose();
    place(index).replaceChildren();
    cells[index] = [];
    const content = { code, silent: false, store_history: true, allow_stdin: true };
    const request = kernel.message("shell", "execute_request", content);
    const isIdle = new Promise((resolve) => {
      const onMessage = (_kernel, message) => {
        if (message.parent_header?.msg_id !== request.header.msg_id) return;
        take(index, message);
        if (message.content.execution_state === "idle") resolve();
      };
      kernel.iopubMessage.connect(onMessage);
    });
    running.set(index, true);
    kernel.sendShellMessage(request, true);
    isIdle.then(() => running.delete(index));
  }

  return {
    open,
    restarted,
    run,
    isRunning: (index) => running.has(index),
    cells: () => cells,
    text: (index) => cells[index].map(({ data }) => data["text/plain"] ?? "").join(""),
    kernel: () => kernel,
  };
})();
