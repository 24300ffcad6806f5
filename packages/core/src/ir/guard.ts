import { currentScope } from './scope.ts';

/** A value outside the graph that a traced function has looked at. */
export interface Guard {
  readonly read: () => string;
  readonly value: string;
}

/**
 * Declares that what is being traced depends on a value outside, such as a module's training mode: a compiled function
 * looks again at every call, and is compiled anew for another value. Outside a trace nothing happens.
 * @param read - The value as text; called now and at every call.
 * @category Compiling
 */
export function guard(read: () => string): void {
  const scope = currentScope();
  if (scope !== null) scope.guards.push({ read, value: read() });
}
