import { h } from "../page/dom";
import { isPicture, PICTURE_TAKEN, type Picture, WANTED } from "../page/saved-picture";
import { isObject } from "../wire/wire";
import type { MimeModel, Renderer, RendererRegistry } from "./jupyterlab";

/** The form of an output that asks for this extension; `forms.py` owns the name. */
export const SESSION_VIEW = "application/vnd.qsession.view+json";

const LIVE_VIEW = "application/vnd.jupyter.widget-view+json";

/** How long a live view may take to come before the picture stands in for it. */
export const PATIENCE_MS = 400;

const STANDS_IN = "data-qsession-stands-in";

// JupyterLab sets tables of the output in the middle, and their texts to the right.
const STYLE = `
  [${STANDS_IN}] > p { color: var(--jp-ui-font-color2); margin: 0.4em 0 0.8em; }
  [${STANDS_IN}] table { margin-left: 0; }
  [${STANDS_IN}] table :is(th, td)[align] { text-align: left; }
`;

const SAVED = "As it was when the notebook was saved.";
const SHOWN = "As it was when the cell ran.";
const AGAIN = "Run the cell again for the live view.";

/**
 * One output that shows a session: live where that can be, else as the picture that was saved.
 *
 * By default JupyterLab saves no widgets. In their place it writes "model not found", or "Loading
 * widget..." for as long as there is no kernel.
 */
export class SessionOutput {
  /** Draws the output: that of Jupyter's widgets, with the picture where it has no view. */
  readonly renderer: Renderer;
  readonly #registry: RendererRegistry;
  readonly #renderLive: (model: MimeModel) => Promise<void>;
  #model: MimeModel | null = null;
  #liveId: string | null = null;
  #newest: Picture | null = null;
  #standIn: Renderer | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(registry: RendererRegistry) {
    this.#registry = registry;
    // Taken as it is, not wrapped: Jupyter's widgets look for their own renderers in a notebook.
    const hasWidgets = registry.mimeTypes.includes(LIVE_VIEW);
    this.renderer = registry.createRenderer(hasWidgets ? LIVE_VIEW : "text/html");
    this.#renderLive = this.renderer.renderModel.bind(this.renderer);
    this.renderer.renderModel = (model) => this.#render(model);
    this.renderer.node.addEventListener(PICTURE_TAKEN, this.#keep);
  }

  get isDisposed(): boolean {
    return this.renderer.isDisposed;
  }

  /** Puts the newest picture among the forms of the output that the notebook saves. */
  save(): void {
    if (this.#model === null || this.#newest === null) return;
    const { html, text } = this.#newest;
    this.#newest = null;
    const data = { ...this.#model.data, "text/html": html, "text/plain": text };
    this.#model.setData({ data });
  }

  readonly #keep = (event: Event): void => {
    const picture: unknown = event instanceof CustomEvent ? event.detail : null;
    if (isObject(picture) && isPicture(picture)) this.#newest = picture;
  };

  async #render(model: MimeModel): Promise<void> {
    this.#model = model;
    this.renderer.node.toggleAttribute(WANTED, hasPictures(model));
    const id = viewId(model);
    // Only the picture beside the view has changed: drawing it anew would close what is open in it.
    if (this.#isLive && id === this.#liveId) return;
    this.#liveId = id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#standInFor(model), PATIENCE_MS);
    try {
      await this.#renderLive(model);
    } finally {
      clearTimeout(this.#timer);
      this.#standInFor(model);
    }
  }

  /** Whether there is a view; what stands in for it, and text that none was found, are none. */
  get #isLive(): boolean {
    return [...this.renderer.node.children].some((child) => !child.hasAttribute(STANDS_IN));
  }

  #standInFor(model: MimeModel): void {
    if (this.isDisposed || this.#model !== model || this.#isLive) return;
    this.#standIn?.dispose();
    if (!("text/html" in model.data)) {
      // Of a notebook that a program ran: the picture is an output of its own, above this one.
      this.renderer.node.replaceChildren();
      return;
    }
    this.#standIn = this.#registry.createRenderer("text/html");
    const style = h("style", {}, STYLE);
    const note = h("p", {}, `${hasPictures(model) ? SAVED : SHOWN} ${AGAIN}`);
    const both = h("div", { [STANDS_IN]: "" }, style, note, this.#standIn.node);
    this.renderer.node.replaceChildren(both);
    void this.#standIn.renderModel(model);
  }
}

function hasPictures(model: MimeModel): boolean {
  const asked = model.data[SESSION_VIEW];
  return isObject(asked) && Reflect.get(asked, "has_pictures") === true;
}

function viewId(model: MimeModel): string | null {
  const view = model.data[LIVE_VIEW];
  const id: unknown = isObject(view) ? Reflect.get(view, "model_id") : null;
  return typeof id === "string" ? id : null;
}
