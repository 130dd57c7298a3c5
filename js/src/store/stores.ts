import type { Model } from "../wire/model";
import { SessionStore } from "./session-store";

interface Entry {
  readonly model: Model;
  readonly store: SessionStore;
}

const entries = new Set<Entry>();

/** Makes the store of a model, for its views to find, until the signal aborts. */
export function openStore(model: Model, signal: AbortSignal): SessionStore {
  const entry = { model, store: new SessionStore(model, signal) };
  entries.add(entry);
  signal.addEventListener("abort", () => entries.delete(entry));
  return entry.store;
}

/**
 * The store of the model behind `model`, or null if none was opened.
 *
 * Hosts hand out a new proxy on each call, and may share this module between models, so neither
 * the object nor the module tells models apart. The array they hold does.
 */
export function findStore(model: Model): SessionStore | null {
  const rows: unknown = model.get("rows");
  for (const entry of entries) {
    const isSame = entry.model === model || (isHeld(rows) && entry.model.get("rows") === rows);
    if (isSame) return entry.store;
  }
  return null;
}

function isHeld(value: unknown): boolean {
  return Array.isArray(value);
}
