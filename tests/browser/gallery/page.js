// A host without a kernel: hands the view a model that holds what a kernel would have sent.
import widget from "/widget.js";

/** Traits that can be read and set, and an answer to what an exhibit opens: a job, the device. */
class RecordedModel {
  #traits;
  #callbacks = new Map();
  sent = [];

  constructor(traits) {
    this.#traits = traits;
  }

  get(name) {
    return this.#traits[name];
  }

  set(name, value) {
    this.#traits[name] = value;
  }

  on(event, callback) {
    this.#callbacks.set(event, [...(this.#callbacks.get(event) ?? []), callback]);
  }

  off(event, callback) {
    const kept = (this.#callbacks.get(event) ?? []).filter((known) => known !== callback);
    this.#callbacks.set(event, kept);
  }

  send(content) {
    this.sent.push(content);
    const details = this.answers?.[content.action];
    if (!details) return;
    const reply = { kind: "reply", id: content.id, ok: true, message: null, error: null };
    queueMicrotask(() => this.receive({ ...reply, details }));
  }

  save_changes() {}

  /** What the kernel sends. */
  receive(message) {
    for (const callback of this.#callbacks.get("msg:custom") ?? []) callback(message, []);
  }
}

/** Shows a view and returns when it is drawn. */
window.show = async ({ traits, isSaved, shadowHost, answers }) => {
  const stage = document.getElementById("stage");
  const host = document.createElement(shadowHost ?? "div");
  if (isSaved) host.className = "jupyter-widgets-disconnected";
  stage.replaceChildren(host);
  const root = shadowHost ? host.attachShadow({ mode: "open" }) : host;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = "/widget.css";
  const isStyled = new Promise((resolve) => sheet.addEventListener("load", resolve));
  const el = document.createElement("div");
  root.append(sheet, el);
  await isStyled;
  const model = new RecordedModel(traits);
  model.answers = answers;
  window.model = model;
  const { signal } = new AbortController();
  await widget.initialize({ model, signal });
  await widget.render({ model, el, signal });
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
};
window.isReady = true;
