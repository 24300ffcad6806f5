import { DataError } from '@gai/core';
import { shown } from './decode-text.ts';

/** Refuses column names that are empty, occur twice, or would hide the object they stand in. */
export function checkNames(op: string, names: readonly string[], where: string): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    const problem =
      name === '' ? 'empty' : name === '__proto__' ? 'reserved' : seen.has(name) ? 'there twice' : undefined;
    if (problem !== undefined) {
      throw new DataError(
        `${op}: a name in ${where} is ${problem}. Got ${shown(name)} as name ${index}; expected different names. Rename ` +
          `the column.`,
        { op, details: { name, index } },
      );
    }
    seen.add(name);
  }
}
