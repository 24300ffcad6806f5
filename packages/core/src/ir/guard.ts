import { currentScope } from './scope.ts';

/** A value outside the graph that a traced function has looked at. */
export interface Guard {
  readonly read: () => string;
  readonly value: string;
  /** A `mode` is kept by what is compiled once; other values say what the program consists of. */
  readonly kind: 'mode' | 'program';
}

/**
 * Declares that what is being traced depends on a value outside, such as a module's training mode: a compiled function
 * looks again at every call, and is compiled anew for another value. Outside a trace nothing happens.
 * @param read - The value as text; called now and at every call.
 * @param kind - `mode` for what {@link compile} keeps as it was (training, frozen or not). Default `program`.
 * @category Compiling
 */
export function guard(read: () => string, kind: Guard['kind'] = 'program'): void {
  const scope = currentScope();
  if (scope !== null) scope.guards.push({ read, value: read(), kind });
}
