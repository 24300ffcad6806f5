import { define } from '../define.ts';
import { quote, refuse } from '../errors.ts';
import type { Cursor } from './cursor.ts';

/**
 * A value of a GGUF file's metadata. Whole numbers of 64 bits are a bigint only where a number would not hold them.
 * @category Files
 */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Values by the number of their type, with the least bytes that one takes. */
const SCALARS: ReadonlyMap<number, readonly [least: number, read: (cursor: Cursor, key: string) => GgufValue]> =
  new Map([
    [0, [1, (cursor) => cursor.uint8()]],
    [1, [1, (cursor) => cursor.int8()]],
    [2, [2, (cursor) => cursor.uint16()]],
    [3, [2, (cursor) => cursor.int16()]],
    [4, [4, (cursor) => cursor.uint32()]],
    [5, [4, (cursor) => cursor.int32()]],
    [6, [4, (cursor) => cursor.float32()]],
    [7, [1, bool]],
    [8, [8, (cursor, key) => cursor.text('the value', key)]],
    [10, [8, (cursor) => cursor.uint64()]],
    [11, [8, (cursor) => cursor.int64()]],
    [12, [8, (cursor) => cursor.float64()]],
  ]);

const ARRAY = 9;
/** An array says of what it is and how long. */
const ARRAY_HEAD = 12;
/** Arrays in arrays; writers make none. */
const MAX_DEPTH = 4;
/** A key and a value have lengths or types of at least so many bytes. */
const LEAST_ENTRY = 13;

/** The metadata of a file, at which the cursor stands. */
export function readMetadata(cursor: Cursor, count: number): Record<string, GgufValue> {
  const most = Math.floor(cursor.remaining / LEAST_ENTRY);
  if (count > most) {
    refuse({ op: 'openGguf', problem: 'too many metadata entries', got: `${count}`, expected: `at most ${most}` });
  }
  const metadata: Record<string, GgufValue> = {};
  for (let entry = 0; entry < count; entry += 1) {
    const key = cursor.text('a key of the metadata');
    if (Object.hasOwn(metadata, key)) {
      refuse({ op: 'openGguf', problem: 'a key twice', got: quote(key), expected: 'every key once' });
    }
    define(metadata, key, readValue(cursor, key, { type: cursor.uint32(), depth: 0 }));
  }
  return metadata;
}

function readValue(cursor: Cursor, key: string, { type, depth }: { type: number; depth: number }): GgufValue {
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) return scalar[1](cursor, key);
  if (type !== ARRAY || depth === MAX_DEPTH) {
    const expected = `a type from 0 to 12, arrays at most ${MAX_DEPTH} deep`;
    refuse({ op: 'openGguf', problem: `no such type of value under ${quote(key)}`, got: `${type}`, expected });
  }
  const inner = cursor.uint32();
  const [least, read] = SCALARS.get(inner) ?? [ARRAY_HEAD, undefined];
  const count = cursor.count(`values under ${quote(key)}`, least);
  const values: GgufValue[] = [];
  for (let index = 0; index < count; index += 1) {
    values.push(read?.(cursor, key) ?? readValue(cursor, key, { type: inner, depth: depth + 1 }));
  }
  return values;
}

function bool(cursor: Cursor, key: string): boolean {
  const byte = cursor.uint8();
  if (byte <= 1) return byte === 1;
  return refuse({ op: 'openGguf', problem: `no truth value under ${quote(key)}`, got: `${byte}`, expected: '0 or 1' });
}
