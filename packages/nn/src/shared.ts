/**
 * State that all installed copies of this package have in common, made by the first that asks for it: what one of them
 * runs, the modules of the other must know of.
 */
export function shared<State>(name: string, make: () => State): State {
  const key = Symbol.for(`@gai/nn/${name}`);
  const everywhere = globalThis as unknown as Record<symbol, State | undefined>;
  return (everywhere[key] ??= make());
}
