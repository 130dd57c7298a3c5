import { number } from "./format";
import type { ActionView } from "./view-model";
import type { Head } from "./wire";

/** Work that can be submitted from the page. */
export interface Choice {
  /** Tells choices apart across updates. */
  readonly key: string;
  readonly label: string;
  /** What a request calls it; null is the last work again. */
  readonly program: string | null;
  /** The second field: shots to fill in, or a text in its place. */
  readonly field: { readonly kind: "shots"; readonly placeholder: string } | Fixed;
}

interface Fixed {
  readonly kind: "fixed";
  readonly text: string;
}

export interface RunView {
  readonly choices: readonly Choice[];
  readonly action: ActionView;
}

const NOTHING_TO_RUN = "Nothing to run yet: run a circuit in this session or add a program";

/** Describes the run panel; `act` turns the panel's own reason against running into a button. */
export function describeRun(head: Head, act: (reason: string | null) => ActionView): RunView {
  const choices: Choice[] = head.programs.map((program) => ({
    key: `program:${program.name}`,
    label: `${program.name} · ${program.primitive}`,
    program: program.name,
    field: field(program.primitive, program.shots, program.precision),
  }));
  const last = head.last_work;
  if (last) {
    choices.unshift({
      key: "again",
      label: `${last.name || "last work"} · ${last.primitive} (again)`,
      program: null,
      field: field(last.primitive, last.shots, null),
    });
  }
  const closing = head.state === "closing" ? "The session is closing: it takes no new jobs" : null;
  return { choices, action: act(closing ?? (choices.length > 0 ? null : NOTHING_TO_RUN)) };
}

function field(primitive: string, shots: number | null, precision: number | null): Choice["field"] {
  if (primitive === "estimator") {
    return {
      kind: "fixed",
      text: precision === null ? "default precision" : `precision ${precision}`,
    };
  }
  return { kind: "shots", placeholder: shots === null ? "default" : String(shots) };
}

/** The shots a reader typed: a positive whole number, null for none, or what is wrong with it. */
export type ShotsInput =
  | { readonly kind: "valid"; readonly shots: number | null }
  | { readonly kind: "invalid"; readonly message: string };

/** Reads the shots field. */
export function readShots(text: string): ShotsInput {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "valid", shots: null };
  const shots = Number(trimmed);
  if (/^\d+$/.test(trimmed) && shots > 0 && Number.isSafeInteger(shots))
    return { kind: "valid", shots };
  return {
    kind: "invalid",
    message: `Shots must be a whole number above 0, for example ${number(1024)}`,
  };
}
