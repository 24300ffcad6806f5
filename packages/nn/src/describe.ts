import { isTensor } from '@gai/core';

/** A value in words. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isTensor(value)) return 'a tensor';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name: unknown = value.constructor?.name;
  return name === 'Object' ? `an object with { ${Object.keys(value).slice(0, 5).join(', ')} }` : `a ${String(name)}`;
}
