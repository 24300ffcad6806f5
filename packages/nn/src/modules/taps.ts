import { shared } from '../shared.ts';

/** What is told of an output of a module, and may put another in its place. */
export type Listener = (output: unknown, inputs: readonly unknown[]) => unknown;

/** Modules whose outputs somebody waits for. */
interface Taps {
  readonly listeners: ReadonlyMap<object, Listener>;
  readonly outer: Taps | null;
}

/** What is open now, in all copies of this package. */
const state = (): { active: Taps | null } => shared('taps', () => ({ active: null }));

/** Runs `run` while `listeners` are told of what their modules return from `forward`. */
export function withTaps<R>(listeners: ReadonlyMap<object, Listener>, run: () => R): R {
  const open = state();
  const outer = open.active;
  open.active = { listeners, outer };
  try {
    return run();
  } finally {
    open.active = outer;
  }
}

/** A module's `forward` as it is called now. */
export function tapped(module: object, forward: unknown): unknown {
  const { active } = state();
  if (active === null || typeof forward !== 'function') return forward;
  const listeners: Listener[] = [];
  for (let taps: Taps | null = active; taps !== null; taps = taps.outer) {
    const listener = taps.listeners.get(module);
    if (listener !== undefined) listeners.push(listener);
  }
  if (listeners.length === 0) return forward;
  return (...inputs: unknown[]): unknown => {
    const output: unknown = Reflect.apply(forward, module, inputs);
    return listeners.reduce((value, listener) => listener(value, inputs), output);
  };
}
