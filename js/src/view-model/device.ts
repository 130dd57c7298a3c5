/** What the view of a device shows, worked out without a document. */

import type { Coupling, Device, Measure, Qubit, Scale, Use } from "../wire/device";
import type { Fact } from "./details";
import { clock, counted, dateAndTime, fullTime, number, share, shortTime } from "./format";

export const MEASURES: Readonly<Record<Measure, string>> = {
  readout_error: "Readout error",
  t1_s: "T1",
  t2_s: "T2",
  gate_error: "Gate error",
};

const OUT_OF_SERVICE = "not in service";

/** A value of a measure, with its unit. */
export function told(measure: Measure, value: number | null): string {
  if (value === null) return "–";
  return measure === "t1_s" || measure === "t2_s" ? shortTime(value) : share(value);
}

/** What qubits can be coloured by: what is known of any. */
export function measuresOf({ scales }: Device): Measure[] {
  return keysOf(MEASURES).filter((measure) => scales[measure] !== null);
}

function keysOf(measures: typeof MEASURES): Measure[] {
  const isMeasure = (key: string): key is Measure => key in measures;
  return Object.keys(measures).filter(isMeasure);
}

/** The facts of a device that fit on a line each. */
export function describeDevice(device: Device, nowMs: number): readonly Fact[] {
  const { medians, status, calibrated_ms: calibrated, rep_delay_range_s: range } = device;
  const facts: Fact[] = [];
  const add = (label: string, text: string | null, title?: string): void => {
    if (text) facts.push(title ? { label, text, title } : { label, text });
  };
  if (status) {
    add("Status", describeStatus(status), `As of ${clock(status.asked_ms, nowMs)}`);
  }
  if (calibrated !== null) add("Calibrated", dateAndTime(calibrated), fullTime(calibrated));
  if (medians.two_qubit_error !== null) {
    add("Median two-qubit error", share(medians.two_qubit_error));
  }
  for (const measure of measuresOf(device)) {
    const name = MEASURES[measure];
    const label = name.startsWith("T") ? name : name.toLowerCase();
    add(`Median ${label}`, told(measure, medians[measure]));
  }
  add("Qubits", number(device.qubit_count));
  add("Couplings", device.couplings_text);
  add("Basis gates", device.basis_gates);
  const usual = device.default_rep_delay_s;
  add(
    "Delay between shots",
    [
      range && `${shortTime(range[0])} to ${shortTime(range[1])}`,
      usual !== null && `${shortTime(usual)} by default`,
    ]
      .filter(Boolean)
      .join(", "),
  );
  add("dt", device.dt_s === null ? null : shortTime(device.dt_s));
  add("Most shots", device.max_shots === null ? null : number(device.max_shots));
  add("Processor", device.processor);
  add("Version", device.version);
  return facts;
}

function describeStatus({
  is_operational: takesJobs,
  message,
  pending_jobs: pending,
}: NonNullable<Device["status"]>): string {
  const said = /^(active|online)?$/i.test(message) ? "" : ` (${message})`;
  return `${takesJobs ? "Takes jobs" : "Takes no jobs"}${said}, ${counted(pending, "job")} waiting`;
}

/** A scale with the words at its ends; null if nothing is known. */
export interface Legend {
  readonly title: string;
  readonly best: string;
  readonly worst: string;
}

/** What the shades stand for. */
export function describeLegend(device: Device, measure: Measure | null): readonly Legend[] {
  const legend = (title: string, kind: Measure, scale: Scale | null): Legend[] =>
    scale ? [{ title, best: told(kind, scale.best), worst: told(kind, scale.worst) }] : [];
  return [
    ...(measure ? legend(`Qubits: ${MEASURES[measure]}`, measure, device.scales[measure]) : []),
    ...legend("Couplings: error of the best gate", "gate_error", device.coupling_scale),
  ];
}

/** A qubit or coupling in words: who it is, and a line for each thing known of it. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A qubit with its numbers, and those of its couplings. */
export function describeQubit(device: Device, index: number, use: Use | null): Told {
  const qubit = device.qubits[index];
  if (!qubit) return { title: "", lines: [] };
  const values = keysOf(MEASURES)
    .filter((measure) => qubit[measure] !== null)
    .map((measure) => `${MEASURES[measure]} ${told(measure, qubit[measure])}`);
  const couplings = couplingsOf(device, index).map((coupling) => {
    const other = coupling.qubits[coupling.qubits[0] === index ? 1 : 0];
    return `to ${other}: ${gatesOf(coupling).join(" · ")}`;
  });
  return {
    title: `Qubit ${index}${use?.qubits.includes(index) ? ", used by the job" : ""}`,
    lines: [
      ...(qubit.is_usable ? [] : [OUT_OF_SERVICE]),
      ...(values.length > 0 ? values : ["No properties"]),
      ...(qubit.frequency_hz === null ? [] : [frequency(qubit)]),
      ...couplings,
    ],
  };
}

function frequency({ frequency_hz: hertz }: Qubit): string {
  return hertz === null ? "–" : `${number(Number((hertz / 1e9).toPrecision(4)))} GHz`;
}

/** A coupling with the numbers of its gates. */
export function describeCoupling(coupling: Coupling): Told {
  const [first, second] = coupling.qubits;
  return { title: `Qubits ${first} and ${second}`, lines: gatesOf(coupling) };
}

/** The gates of a coupling; one that is the same both ways is told once. */
export function gatesOf({ gates, is_usable: isUsable }: Coupling): string[] {
  if (!isUsable) return [OUT_OF_SERVICE];
  const byWords = new Map<string, string[]>();
  for (const [name, [from, to], error, durationS] of gates) {
    const values = [
      error === null ? "" : share(error),
      durationS === null ? "" : shortTime(durationS),
    ].filter(Boolean);
    const key = `${name}\n${values.join(", ") || "–"}`;
    byWords.set(key, [...(byWords.get(key) ?? []), `${from}→${to}`]);
  }
  return [...byWords].map(([key, ways]) =>
    key.replace("\n", ways.length > 1 ? " " : ` ${ways[0]} `),
  );
}

function couplingsOf({ couplings }: Device, index: number): readonly Coupling[] {
  return couplings.filter(({ qubits }) => qubits[0] === index || qubits[1] === index);
}

/** The rows of the table of qubits, and of that of couplings: all numbers, for those who read. */
export function describeTables(device: Device): readonly [string[][], string[][]] {
  return [
    device.qubits.map((qubit, index) => [
      qubit.is_usable ? String(index) : `${index} (${OUT_OF_SERVICE})`,
      ...keysOf(MEASURES).map((measure) => told(measure, qubit[measure])),
      frequency(qubit),
    ]),
    device.couplings.map((coupling) => [
      coupling.qubits.join("–"),
      coupling.error === null ? "–" : share(coupling.error),
      gatesOf(coupling).join(" · "),
    ]),
  ];
}

/** The nearest qubit in a direction, as an arrow key means it; the same one if there is none. */
export function neighbour(qubits: readonly Qubit[], from: number, dx: number, dy: number): number {
  const here = qubits[from];
  if (!here) return from;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { x, y }] of qubits.entries()) {
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const aside = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    // What lies ahead rather than aside, and of that the nearest; straight ahead before aslant.
    const cost = along + 2 * aside;
    if (along > 0.2 && aside <= 2 * along && cost < least) [best, least] = [index, cost];
  }
  return best;
}
