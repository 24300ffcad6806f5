/** The objects behind the modules that are handed out; see {@link Observed}. */
const targets = new WeakMap<object, object>();

export function setTarget(observed: object, target: object): void {
  targets.set(observed, target);
}

/** The fields of a module as they are, looked at without a note. */
export function targetOf(observed: object): object {
  return targets.get(observed) ?? observed;
}

/** True for a module. */
export function isObserved(value: unknown): value is object {
  return typeof value === 'object' && value !== null && targets.has(value);
}
