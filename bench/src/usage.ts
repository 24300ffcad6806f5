/** A wrong command line. */
export class UsageError extends Error {}

/** A whole number from 1. */
export function parseCount(command: string, name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`${command}: --${name} is not a count. Got '${text}'; expected a whole number from 1.`);
}
