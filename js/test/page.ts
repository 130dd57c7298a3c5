import widget from "../src/index";
import type { Model } from "../src/wire/model";
import { View } from "./view";

/** A rendered widget. */
export class Page extends View {
  readonly root: HTMLElement;
  readonly end: () => void;

  constructor(model: Model, { initialize = true }: { initialize?: boolean } = {}) {
    super(document.body.appendChild(document.createElement("div")));
    const endModel = initialize ? widget.initialize({ model }) : () => undefined;
    const endView = widget.render({ model, el: this.host });
    this.root = this.find(".qsession");
    this.end = () => {
      endView();
      endModel();
      this.host.remove();
    };
  }
}
