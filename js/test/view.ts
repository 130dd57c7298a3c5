/** Something on the page, found by what people and screen readers find. */
export class View {
  readonly host: HTMLElement;

  constructor(host: HTMLElement) {
    this.host = host;
  }

  find(selector: string): HTMLElement {
    const element = this.host.querySelector(selector);
    if (!(element instanceof HTMLElement)) throw new Error(`no ${selector}`);
    return element;
  }

  all(selector: string): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>(selector)];
  }

  text(selector: string): string {
    return this.find(selector).textContent ?? "";
  }

  texts(selector: string): string[] {
    return this.all(selector).map((element) => element.textContent ?? "");
  }

  /** The elements an attribute such as `aria-describedby` points to, as text. */
  told(element: Element, attribute: string): string | null {
    const id = element.getAttribute(attribute);
    return id === null ? null : this.text(`#${id}`);
  }

  /** A button by its accessible name; hidden ones are not there. */
  button(name: string): HTMLButtonElement {
    const found = this.buttons().find((button) => nameOf(button) === name);
    if (!found) throw new Error(`no button ${name}; there are ${this.buttons().map(nameOf)}`);
    return found;
  }

  buttons(): HTMLButtonElement[] {
    return [...this.host.querySelectorAll("button")].filter(
      (button) => !button.closest("[hidden]"),
    );
  }

  get buttonNames(): string[] {
    return this.buttons().map(nameOf);
  }

  /** Why a button cannot act, as a screen reader is told; null if it can. */
  reason(name: string): string | null {
    const button = this.button(name);
    if (button.getAttribute("aria-disabled") !== "true") return null;
    return this.told(button, "aria-describedby");
  }

  timer(label: string): string {
    return this.text(`[role=timer][aria-label="${label}"]`);
  }

  row(id: string): HTMLElement {
    const found = this.all("[data-job-id]").find((row) => row.dataset["jobId"] === id);
    if (!found) throw new Error(`no row ${id}`);
    return found;
  }

  get jobIds(): string[] {
    return this.all("[data-job-id]").map((row) => row.dataset["jobId"] ?? "");
  }

  get status(): string {
    return this.text("[role=status]");
  }

  get alert(): string {
    return this.text("[role=alert]");
  }
}

function nameOf(button: Element): string {
  return button.getAttribute("aria-label") ?? button.textContent ?? "";
}

/** Puts a part of the widget on the page, by itself. */
export function mount(...nodes: readonly Node[]): View {
  const host = document.body.appendChild(document.createElement("div"));
  host.append(...nodes);
  return new View(host);
}

/** What an action does to the document below `node`: nothing, if what is there was left alone. */
export function changesTo(node: Node, action: () => void): MutationRecord[] {
  const observer = new MutationObserver(() => undefined);
  observer.observe(node, { subtree: true, attributes: true, childList: true, characterData: true });
  action();
  const records = observer.takeRecords();
  observer.disconnect();
  return records;
}
