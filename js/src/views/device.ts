import { h, hasFocus, setAttribute, setText } from "../page/dom";
import type { SelectedJob } from "../page/selection";
import { DeviceLookup } from "../store/device-lookup";
import type { SessionStore } from "../store/session-store";
import { describeDevice, describeTables, MEASURES, measuresOf } from "../view-model/device";
import { clock } from "../view-model/format";
import type { Snapshot } from "../view-model/snapshot";
import type { Device, Measure, Use } from "../wire/device";
import { DeviceMap } from "./device-map";
import { FactList } from "./facts";

/** So often the kernel is asked while the device is in sight; it asks a service no more often. */
const REFRESH_MS = 60_000;

const QUBIT_HEADS = ["Qubit", ...Object.values(MEASURES), "Frequency"];
const COUPLING_HEADS = ["Qubits", "Error", "Gates"];

/** The session's device: opened by the reader, and only then asked for. */
export class DevicePanel {
  readonly node: HTMLDetailsElement;
  readonly #store: SessionStore;
  readonly #selected: SelectedJob;
  readonly #say: (text: string) => void;
  readonly #lookup: DeviceLookup;
  readonly #name = h("span", { class: "qs-dim" });
  readonly #summary = h("summary", {}, h("strong", {}, "Device"), " ", this.#name);
  readonly #note = h("p", { class: "qs-note" });
  readonly #problem = h("p", { class: "qs-problem" });
  readonly #again = h("button", { type: "button", class: "qs-button qs-plain" }, "Try again");
  readonly #facts = new FactList();
  readonly #choice = h("select", { class: "qs-field", "aria-label": "Colour qubits by" });
  readonly #map = new DeviceMap();
  readonly #tables = h("details", {}, h("summary", {}, "All numbers as tables"));
  readonly #content: HTMLElement;
  #snapshot: Snapshot | null = null;
  #shown: Device | null = null;
  #measure: Measure | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    store: SessionStore,
    selected: SelectedJob,
    say: (text: string) => void,
    signal: AbortSignal,
  ) {
    this.#store = store;
    this.#selected = selected;
    this.#say = say;
    this.#lookup = new DeviceLookup(store, () => this.#draw());
    const label = h("label", { class: "qs-group" }, "Colour qubits by ", this.#choice);
    this.#content = h(
      "div",
      { class: "qs-device-content" },
      this.#facts.node,
      h("div", {}, label, this.#map.node),
      this.#tables,
    );
    this.node = h(
      "details",
      { class: "qs-device" },
      this.#summary,
      h("div", { class: "qs-device-body" }, this.#note, this.#problem, this.#again, this.#content),
    );
    this.node.addEventListener("toggle", () => this.#onToggle());
    this.#tables.addEventListener("toggle", () => this.#drawTables());
    this.#again.addEventListener("click", () => this.#lookup.refresh());
    this.#choice.addEventListener("change", () => {
      this.#measure = this.#chosen();
      this.#draw();
    });
    selected.subscribe(() => this.#draw(), signal);
    signal.addEventListener("abort", () => clearInterval(this.#timer));
    this.#draw();
  }

  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    setText(this.#name, snapshot.head?.backend ?? "");
    if (this.node.open) this.#draw();
  }

  #onToggle(): void {
    clearInterval(this.#timer);
    if (!this.node.open) return;
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    // What was asked for long ago is shown until there is news.
    if (this.#isLive) this.#lookup.refresh();
    this.#draw();
  }

  #refresh(): void {
    const isSeen = this.node.isConnected && !document.hidden;
    if (isSeen && this.#isLive && this.#lookup.known.device?.is_remote) this.#lookup.refresh();
  }

  get #isLive(): boolean {
    return this.#snapshot?.connection === "live";
  }

  #draw(): void {
    const { device, isAsked, problem } = this.#lookup.known;
    const told = problem ?? device?.problem ?? "";
    setText(this.#problem, told);
    this.#problem.hidden = told === "";
    const isAgain = problem !== null && !isAsked && this.#isLive;
    // The focus would fall to the page's top with the button that has it.
    if (!isAgain && hasFocus(this.#again)) this.#summary.focus();
    this.#again.hidden = !isAgain;
    setText(this.#note, this.#describeNote(device, isAsked));
    this.#note.hidden = this.#note.textContent === "";
    this.#note.className = device || !isAsked ? "qs-note" : "qs-fetching";
    setAttribute(this.node, "aria-busy", isAsked ? "true" : null);
    this.#content.hidden = device === null;
    if (device && this.node.open) this.#drawDevice(device);
  }

  #describeNote(device: Device | null, isAsked: boolean): string {
    if (device) return device.no_properties ?? "";
    if (isAsked) return "Fetching…";
    return this.#isLive
      ? ""
      : "The device is not saved with a notebook: only a kernel can tell of it.";
  }

  #drawDevice(device: Device): void {
    const nowMs = this.#store.now();
    this.#facts.update(describeDevice(device, nowMs));
    if (device !== this.#shown) {
      this.#sayNews(device, nowMs);
      this.#shown = device;
      this.#drawChoice(device);
      this.#drawTables();
    }
    const { jobId } = this.#selected;
    const use = jobId !== null && this.#isLive ? this.#lookup.use(jobId) : null;
    this.#map.update(device, this.#measure, fitting(use, device));
  }

  #sayNews(device: Device, nowMs: number): void {
    const before = this.#shown;
    const { calibrated_ms: calibrated } = device;
    if (before && calibrated !== null && calibrated !== before.calibrated_ms) {
      this.#say(`${device.name} has a new calibration, of ${clock(calibrated, nowMs)}`);
    }
  }

  #drawChoice(device: Device): void {
    const measures = measuresOf(device);
    this.#choice.replaceChildren(
      ...measures.map((measure) => h("option", { value: measure }, MEASURES[measure])),
    );
    if (this.#measure && measures.includes(this.#measure)) this.#choice.value = this.#measure;
    this.#measure = this.#chosen();
    const label = this.#choice.parentElement;
    if (label) label.hidden = measures.length < 2 || device.qubits.length === 0;
  }

  #chosen(): Measure | null {
    const { value } = this.#choice;
    return this.#shown ? (measuresOf(this.#shown).find((each) => each === value) ?? null) : null;
  }

  /** Hundreds of rows are made when they are looked at. */
  #drawTables(): void {
    this.#tables.hidden = !this.#shown?.qubits.length;
    if (!this.#tables.open || !this.#shown) return;
    const [qubits, couplings] = describeTables(this.#shown);
    const kept = this.#tables.firstElementChild;
    this.#tables.replaceChildren(
      ...(kept ? [kept] : []),
      table("Qubits", QUBIT_HEADS, qubits),
      ...(couplings.length > 0 ? [table("Couplings", COUPLING_HEADS, couplings)] : []),
    );
  }
}

/** What a job uses, unless that is no qubit of the device: a simulator's circuit may be wider. */
function fitting(use: Use | null, { qubits }: Device): Use | null {
  return use?.qubits.every((qubit) => qubit < qubits.length) ? use : null;
}

function table(name: string, heads: readonly string[], rows: readonly string[][]): HTMLElement {
  const cells = (row: readonly string[]): HTMLElement[] =>
    row.map((cell, at) => (at === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell)));
  return h(
    "div",
    { class: "qs-device-table", tabindex: "0", role: "region", "aria-label": name },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...cells(row)))),
    ),
  );
}
