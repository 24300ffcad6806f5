import { checkArgument } from '@gai/core/ops';
import type { Metadata, MetadataValue } from '../documents/document.ts';

/** What a key of metadata may be: it becomes part of queries, so few signs are allowed. */
const KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/u;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a name may be a key. */
export const isKey = (key: unknown): key is string => typeof key === 'string' && KEY.test(key) && !FORBIDDEN.has(key);

/** Whether a value may stand in metadata. */
export const isMetadataValue = (value: unknown): value is MetadataValue =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

/** Refuses metadata with other keys or values. */
export function checkMetadata(op: string, metadata: Metadata): void {
  const isObject = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  checkArgument(isObject, metadata, { op, name: 'metadata', rule: 'an object' });
  for (const [key, value] of Object.entries(metadata)) {
    const rule = 'letters, digits, _, . and -, at most 64, with a letter first';
    checkArgument(isKey(key), key, { op, name: 'a key of metadata', rule });
    checkArgument(isMetadataValue(value), value, { op, name: `metadata.${key}`, rule: 'a string, number or boolean' });
  }
}

/** The part of an object that can be metadata. */
export function keepMetadata(fields: Readonly<Record<string, unknown>>): Metadata {
  const kept = Object.entries(fields).filter(([key, value]) => isKey(key) && isMetadataValue(value));
  return Object.fromEntries(kept) as Metadata;
}
