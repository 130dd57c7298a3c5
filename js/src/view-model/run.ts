import type { Head, Program } from "../wire/wire";
import { costOf, usageNow } from "./bill";
import { countdown, counted, number, span } from "./format";
import type { ActionView } from "./snapshot";

/** Work that can be submitted from the page. */
export interface Choice {
  /** Tells choices apart across updates. */
  readonly key: string;
  readonly label: string;
  /** What a request calls it; null is the last work again. */
  readonly program: string | null;
  /** The second field: shots or a precision to fill in, or a text in its place. */
  readonly field: Field;
  readonly parameters: readonly Parameter[];
  /** Why it cannot be run from here, null if it can. */
  readonly reason: string | null;
}

export type Field =
  | { readonly kind: "shots" | "precision"; readonly placeholder: string }
  | { readonly kind: "fixed"; readonly text: string };

/** A parameter of a program's circuits. */
export interface Parameter {
  readonly name: string;
  /** Where it stands at first. */
  readonly value: number;
}

export interface RunView {
  readonly choices: readonly Choice[];
  readonly action: ActionView;
  /** What a reader is told before something is run that is paid for; null if nothing is paid. */
  readonly cost: string | null;
}

const NOTHING_TO_RUN = "Nothing to run yet: run a circuit in this session or add a program";

/** The key under which the request to run a job again travels. */
export function againKey(jobId: string): string {
  return `run:${jobId}`;
}

/** Describes the run panel; `act` turns the panel's own reason against running into a button. */
export function describeRun(
  head: Head,
  nowMs: number,
  act: (reason: string | null) => ActionView,
): RunView {
  const choices: Choice[] = head.programs.map(choiceOf);
  const last = head.last_work;
  if (last) {
    choices.unshift({
      key: "again",
      label: `${last.name || "last work"} · ${last.primitive} (again)`,
      program: null,
      field:
        last.primitive === "estimator"
          ? { kind: "fixed", text: "same precision" }
          : shotsField(last.shots),
      parameters: [],
      reason: null,
    });
  }
  const closing = head.state === "closing" ? "The session is closing: it takes no new jobs" : null;
  return {
    choices,
    action: act(closing ?? (choices.length > 0 ? null : NOTHING_TO_RUN)),
    cost: head.is_paid ? describeCost(head, nowMs) : null,
  };
}

function choiceOf(program: Program): Choice {
  const { name, primitive, parameters, parameter_count: count } = program;
  const isWhole = parameters.length === count;
  const isLacking = parameters.some(([, value]) => value === null);
  return {
    key: `program:${name}`,
    label: `${name} · ${primitive}`,
    program: name,
    field:
      primitive === "estimator" ? precisionField(program.precision) : shotsField(program.shots),
    parameters: isWhole
      ? parameters.map(([each, value]) => ({ name: each, value: value ?? 0 }))
      : [],
    reason:
      !isWhole && isLacking
        ? `${name} has ${counted(count, "parameter")}, too many for this panel: run it in code with session.run_program`
        : null,
  };
}

function shotsField(shots: number | null): Field {
  return { kind: "shots", placeholder: shots === null ? "default" : String(shots) };
}

function precisionField(precision: number | null): Field {
  return { kind: "precision", placeholder: precision === null ? "default" : String(precision) };
}

function describeCost(head: Head, nowMs: number): string {
  const left =
    head.expires_ms === null ? "" : `${countdown((head.expires_ms - nowMs) / 1000)} left. `;
  const usage = usageNow(head, nowMs);
  const cost = costOf(head, usage);
  const money = cost ? `, about ${cost}` : "";
  return `It runs on ${head.backend} and is charged. ${left}Usage so far ${span(usage)}${money}.`;
}

/** A number that a reader typed, null for none, or what is wrong with it. */
export type NumberInput =
  | { readonly kind: "valid"; readonly value: number | null }
  | { readonly kind: "invalid"; readonly message: string };

/** Reads the shots field: a positive whole number. */
export function readShots(text: string): NumberInput {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "valid", value: null };
  const value = Number(trimmed);
  if (/^\d+$/.test(trimmed) && value > 0 && Number.isSafeInteger(value))
    return { kind: "valid", value };
  return {
    kind: "invalid",
    message: `Shots must be a whole number above 0, for example ${number(1024)}`,
  };
}

/** Reads the precision field: a positive number. */
export function readPrecision(text: string): NumberInput {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "valid", value: null };
  const value = Number(trimmed);
  if (value > 0 && Number.isFinite(value)) return { kind: "valid", value };
  return { kind: "invalid", message: "Precision must be a number above 0, for example 0.02" };
}

/** Reads the value of a parameter, which must not be left out. */
export function readParameter(name: string, text: string): NumberInput {
  const value = Number(text.trim());
  if (text.trim() !== "" && Number.isFinite(value)) return { kind: "valid", value };
  return { kind: "invalid", message: `${name} needs a number` };
}
