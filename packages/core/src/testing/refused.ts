import { GaiError } from '../errors.ts';

/** A function of a door, and the arguments it should refuse. */
export type RefusedCall = readonly [name: string, ...args: unknown[]];

/** `<function>: <what is wrong>. Got <actual>; expected <rule>.` */
const TEMPLATE = /^\w+: .+\. Got .+; expected .+\.$/s;

/** What is wrong with the error a call ended with, if anything. */
function complaint(error: unknown, name: string): string | undefined {
  if (!GaiError.isInstance(error)) return `threw no GaiError but ${String(error)}`;
  if (error.op !== name) return `blamed ${error.op}: ${error.message}`;
  return TEMPLATE.test(error.message) ? undefined : `said it in another form: ${error.message}`;
}

/**
 * The errors of calls that should be refused; throws if one is not, or not by a `GaiError` that names the function and
 * says what it got and expected.
 * @param door - The functions by name, such as a whole module.
 */
export function refusalsOf(door: object, calls: readonly RefusedCall[]): string[] {
  const functions = door as Readonly<Record<string, (...args: unknown[]) => unknown>>;
  return calls.map(([name, ...args]) => {
    try {
      functions[name]!(...args);
    } catch (error) {
      const wrong = complaint(error, name);
      if (wrong === undefined) return String(error);
      throw new Error(`${name} ${wrong}`, { cause: error });
    }
    throw new Error(`${name} took what it should refuse`);
  });
}
