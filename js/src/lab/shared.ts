/** The modules that a page of JupyterLab shares with its extensions, by name and release. */
export type ShareScope = Readonly<Record<string, Readonly<Record<string, SharedModule>>>>;

interface SharedModule {
  readonly get: () => Promise<() => unknown> | (() => unknown);
  readonly loaded?: unknown;
}

/**
 * Takes a shared module; null if the page shares none of this name. Of several releases the one that
 * runs is taken: a second copy of a class or of a key would be another one.
 */
export async function sharedModule(scope: ShareScope, name: string): Promise<object | null> {
  const releases = Object.values(scope[name] ?? {});
  const found = releases.find((release) => Boolean(release.loaded)) ?? releases[0];
  if (found === undefined) return null;
  const make = await found.get();
  const made = make();
  return typeof made === "object" && made !== null ? made : null;
}
