import { isTensor, setDefaultBackend, toArray } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';

/** Makes the backend on which the documentation's examples run. */
export async function prepare(): Promise<void> {
  setDefaultBackend(await nodeBackend());
}

/** Replaces every tensor inside a value by its numbers, so that a `// =>` comment can state them. */
export async function read(value: unknown): Promise<unknown> {
  if (isTensor(value)) return toArray(value);
  if (Array.isArray(value)) return Promise.all(value.map(read));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await read(inner)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
