import { GraphError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';

/**
 * Refuses a call of a compiled function while another is traced, and at once: a promise that fails there is one that
 * nobody waits for, and ends the process.
 */
export function checkOutside(op: 'jit' | 'compile', name: string): void {
  if (currentScope() === null) return;
  throw new GraphError(
    `${op}: '${name}' is called inside a traced function. Got a compiled function; expected a plain one. ` +
      `Call the function that was given to ${op}.`,
    { op },
  );
}
