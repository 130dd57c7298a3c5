import { h, setAttribute, setText } from "../page/dom";
import {
  describeCoupling,
  describeLegend,
  describeQubit,
  neighbour,
  type Told,
} from "../view-model/device";
import type { Device, Measure, Use } from "../wire/device";
import { svg } from "./svg";

/** From one place of the lattice to the next, in the drawing's own units. */
const STEP = 40;
const RADIUS = 13;
const MARGIN = 22;
const LARGEST_STEP_PX = 44;
/** Below this, numbers cannot be read, nor qubits be hit: rather scroll. */
const SMALLEST_STEP_PX = 27;
const SHADES = 7;

/** What the reader looks at: a qubit or a coupling, by its index. */
interface Looked {
  readonly kind: "qubit" | "coupling";
  readonly index: number;
}

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The coupling map. What is pointed at, focused or tapped tells its numbers.
 *
 * To the keyboard it is a slider over the qubits: arrows go to the next one in their direction.
 */
export class DeviceMap {
  readonly node: HTMLElement;
  readonly #svg = svg("svg", { "aria-hidden": "true" });
  readonly #map: HTMLElement;
  readonly #legend = h("div", { class: "qs-legend" });
  readonly #tip = h("div", { class: "qs-tip qs-device-tip", "aria-hidden": "true", hidden: "" });
  readonly #area: HTMLElement;
  #device: Device | null = null;
  #measure: Measure | null = null;
  #use: Use | null = null;
  #drawn = "";
  #qubits: SVGGElement[] = [];
  #couplings: SVGGElement[] = [];
  #focused = 0;
  /** What was tapped, or gone to by keyboard; shown while nothing is pointed at. */
  #kept: Looked | null = null;

  constructor() {
    this.#map = h(
      "div",
      {
        class: "qs-map",
        role: "slider",
        tabindex: "0",
        "aria-label": "Qubits",
        "aria-valuemin": "0",
        // JupyterLab would move between cells with the arrow keys.
        "data-lm-suppress-shortcuts": "true",
      },
      this.#svg,
    );
    this.#area = h("div", { class: "qs-map-area" }, this.#map, this.#tip);
    this.node = h("div", {}, this.#area, this.#legend);
    this.#map.addEventListener("pointermove", (event) => {
      // A finger points by tapping.
      if (event.pointerType !== "touch") this.#show(lookedAt(event.target) ?? this.#kept);
    });
    this.#map.addEventListener("pointerleave", () => this.#show(this.#kept));
    this.#map.addEventListener("click", ({ target }) => this.#keep(lookedAt(target)));
    this.#map.addEventListener("focus", () => this.#onFocus());
    this.#map.addEventListener("blur", () => this.#keep(null));
    this.#map.addEventListener("scroll", () => this.#show(this.#kept), { passive: true });
    this.#map.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(device: Device, measure: Measure | null, use: Use | null): void {
    if (device === this.#device && measure === this.#measure && use === this.#use) return;
    [this.#device, this.#measure, this.#use] = [device, measure, use];
    this.#area.hidden = device.qubits.length === 0;
    if (!this.#area.hidden) this.#draw(device);
    this.#colour(device);
    this.#drawLegend(device);
    this.#focused = Math.min(this.#focused, Math.max(0, device.qubits.length - 1));
    this.#tell();
    this.#show(this.#kept);
  }

  /** Draws qubits and couplings where they are, unless they are there. */
  #draw({ qubits, couplings }: Device): void {
    const places = qubits.map(({ x, y }) => [x * STEP + MARGIN, y * STEP + MARGIN] as const);
    const pairs = couplings.map((coupling) => coupling.qubits);
    const drawn = JSON.stringify([places, pairs]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#kept = null;
    const width = Math.max(...places.map(([x]) => x)) + MARGIN;
    const height = Math.max(...places.map(([, y]) => y)) + MARGIN;
    setAttribute(this.#svg, "viewBox", `0 0 ${width} ${height}`);
    const scaled = (step: number): string => `${Math.ceil((width / STEP) * step)}px`;
    this.#map.style.maxWidth = scaled(LARGEST_STEP_PX);
    this.#svg.style.minWidth = scaled(SMALLEST_STEP_PX);
    this.#couplings = pairs.map(([first, second], index) => {
      const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = [places[first], places[second]];
      const d = `M${x1} ${y1}L${x2} ${y2}`;
      const paths = ["edge", "core", "hit"].map((name) => svg("path", { class: `qs-${name}`, d }));
      return svg("g", { "data-coupling": String(index) }, ...paths);
    });
    this.#qubits = places.map(([x, y], index) => {
      const text = svg("text", { dy: ".36em" });
      setText(text, String(index));
      const circle = svg("circle", { r: String(RADIUS) });
      const attributes = { "data-qubit": String(index), transform: `translate(${x} ${y})` };
      return svg("g", attributes, circle, svg("path", { class: "qs-out", d: "M-9 9L9-9" }), text);
    });
    this.#svg.replaceChildren(...this.#couplings, ...this.#qubits);
    setAttribute(this.#map, "aria-valuemax", String(Math.max(0, qubits.length - 1)));
  }

  #colour({ qubits, couplings, scales, coupling_scale: scale }: Device): void {
    const steps = this.#measure && scales[this.#measure]?.steps;
    const used = new Set(this.#use?.qubits);
    const pairs = new Set(this.#use?.couplings.map(String));
    for (const [index, { is_usable: isUsable }] of qubits.entries()) {
      mark(this.#qubits[index], steps?.[index], isUsable, used.has(index));
    }
    for (const [index, coupling] of couplings.entries()) {
      const isUsed = pairs.has(String(coupling.qubits));
      mark(this.#couplings[index], scale?.steps[index], coupling.is_usable, isUsed);
    }
  }

  #drawLegend(device: Device): void {
    const legends = describeLegend(device, this.#measure).map(({ title, best, worst }) => {
      const shades = Array.from({ length: SHADES }, (_, step) =>
        h("i", { "data-step": String(step) }),
      );
      return h(
        "p",
        {},
        `${title}: `,
        h(
          "span",
          {},
          "best ",
          h("b", {}, best),
          h("span", { class: "qs-shades", "aria-hidden": "true" }, ...shades),
          "worst ",
          h("b", {}, worst),
        ),
      );
    });
    const isOut = [...device.qubits, ...device.couplings].some((each) => !each.is_usable);
    if (isOut) legends.push(h("p", {}, "Crossed out or dashed: not in service"));
    const used = this.#use?.qubits.length ?? 0;
    if (used > 0) {
      const words = used === 1 ? "the qubit" : `the ${used} qubits`;
      legends.push(
        h("p", {}, h("i", { class: "qs-used", "aria-hidden": "true" }), `${words} of the job`),
      );
    }
    this.#legend.replaceChildren(...legends);
  }

  #onFocus(): void {
    // A click means what is under it, which it keeps by itself.
    if (!this.#map.matches(":focus-visible")) return;
    this.#keep({ kind: "qubit", index: this.#focused });
  }

  #onKey(event: KeyboardEvent): void {
    const { qubits } = this.#device ?? { qubits: [] };
    const arrow = ARROWS[event.key];
    if (event.key === "Escape" && this.#kept) this.#keep(null);
    else if (arrow) this.#focused = neighbour(qubits, this.#focused, ...arrow);
    else if (event.key === "Home") this.#focused = 0;
    else if (event.key === "End") this.#focused = Math.max(0, qubits.length - 1);
    else return;
    if (event.key !== "Escape") this.#keep({ kind: "qubit", index: this.#focused });
    event.preventDefault();
    event.stopPropagation();
  }

  #keep(looked: Looked | null): void {
    this.#kept = looked;
    if (looked?.kind === "qubit") this.#focused = looked.index;
    this.#tell();
    this.#scrollTo(looked);
    this.#show(looked);
  }

  /** What a screen reader says while the map has the focus. */
  #tell(): void {
    if (!this.#device) return;
    const { title, lines } = describeQubit(this.#device, this.#focused, this.#use);
    setAttribute(this.#map, "aria-valuenow", String(this.#focused));
    setAttribute(this.#map, "aria-valuetext", [title, ...lines].join(", "));
  }

  #scrollTo(looked: Looked | null): void {
    const box = this.#nodeOf(looked)?.getBoundingClientRect();
    const seen = this.#map.getBoundingClientRect();
    if (!box) return;
    if (box.left < seen.left) this.#map.scrollLeft -= seen.left - box.left + RADIUS;
    if (box.right > seen.right) this.#map.scrollLeft += box.right - seen.right + RADIUS;
  }

  #show(looked: Looked | null): void {
    this.#svg.querySelector("[data-looked]")?.removeAttribute("data-looked");
    const node = this.#nodeOf(looked);
    const told = this.#describe(looked);
    this.#tip.hidden = !node || !told;
    if (!node || !told) return;
    node.setAttribute("data-looked", "");
    this.#tip.replaceChildren(
      h("strong", {}, told.title),
      ...told.lines.map((line) => h("div", {}, line)),
    );
    // Beside it, on the side where there is room.
    const area = this.#area.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    const isRight = box.left + box.right < area.left + area.right;
    const x = isRight ? `left:${box.right - area.left}px` : `right:${area.right - box.left}px`;
    const isLow = box.top + box.bottom < area.top + area.bottom;
    const y = isLow ? `top:${box.top - area.top}px` : `bottom:${area.bottom - box.bottom}px`;
    setAttribute(this.#tip, "style", `${x};${y}`);
  }

  #describe(looked: Looked | null): Told | null {
    const device = this.#device;
    if (!device || !looked) return null;
    if (looked.kind === "qubit") return describeQubit(device, looked.index, this.#use);
    const coupling = device.couplings[looked.index];
    return coupling ? describeCoupling(coupling) : null;
  }

  #nodeOf(looked: Looked | null): SVGGElement | undefined {
    if (!looked) return undefined;
    return (looked.kind === "qubit" ? this.#qubits : this.#couplings)[looked.index];
  }
}

function mark(
  node: SVGGElement | undefined,
  step: number | null | undefined,
  isUsable: boolean,
  isUsed: boolean,
): void {
  if (!node) return;
  setAttribute(node, "data-step", typeof step === "number" ? String(step) : null);
  setAttribute(node, "data-out", isUsable ? null : "");
  setAttribute(node, "data-used", isUsed ? "" : null);
}

function lookedAt(target: EventTarget | null): Looked | null {
  const node = target instanceof Element ? target.closest("g") : null;
  for (const kind of ["qubit", "coupling"] as const) {
    const index = node?.getAttribute(`data-${kind}`);
    if (index) return { kind, index: Number(index) };
  }
  return null;
}
