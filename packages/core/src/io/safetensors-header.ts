import { bytesPerElement } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { DataError } from '../errors.ts';
import { quoted } from './quoted.ts';

/** Where one tensor lies: bytes from `start` to `end` after the header. */
export interface SafetensorsEntry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** A parsed and checked header. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Offset in the file of the first tensor's bytes. */
  readonly dataStart: number;
}

/** Dtype names of the format. */
export const SAFETENSORS_DTYPES: Readonly<Partial<Record<DType, string>>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  uint32: 'U32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

const DTYPES_BY_NAME: ReadonlyMap<unknown, DType> = new Map(
  Object.entries(SAFETENSORS_DTYPES).map(([dtype, name]) => [name, dtype as DType]),
);

/** Headers beyond this are refused before anything is read; the reference implementation has the same bound. */
export const MAX_HEADER_BYTES = 100_000_000;
/** Several times what the largest models have; each takes memory, also where it has no elements. */
const MAX_TENSORS = 1 << 18;
const MAX_AXES = 32;
/** A header is an object of objects of lists; one level more for fields of later versions. */
const MAX_DEPTH = 4;
/** What one axis of a tensor may have. */
const MAX_SIZE = 2 ** 31 - 1;

function refuse(what: string, got: string, expected: string): never {
  throw new DataError(
    `readSafetensors: ${what}. Got ${got}; expected ${expected}. The file is damaged or not a safetensors file.`,
    { op: 'readSafetensors' },
  );
}

/** Length of the JSON header from the file's first 8 bytes. */
export function headerLength(first: Uint8Array, fileSize: number): number {
  if (first.length < 8) refuse('the file is too short', `${first.length} bytes`, 'at least 8');
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, fileSize - 8);
  if (length > BigInt(most)) refuse('the header does not fit', `${length} bytes`, `at most ${most}`);
  return Number(length);
}

/**
 * Parses and checks a header: every tensor of a known dtype, sizes that fill its bytes exactly, and all tensors
 * together covering the data without gaps or overlaps.
 * @param bytes - The file from its start, at least to the end of the header.
 * @param fileSize - Bytes of the whole file.
 */
export function parseHeader(bytes: Uint8Array, fileSize: number): SafetensorsHeader {
  const length = headerLength(bytes, fileSize);
  const json = parseJson(bytes.subarray(8, 8 + length));
  const count = Object.keys(json).length;
  if (count > MAX_TENSORS) refuse('there are too many tensors', `${count}`, `at most ${MAX_TENSORS}`);
  const entries = new Map<string, SafetensorsEntry>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value);
    else entries.set(name, parseEntry(name, value));
  }
  const dataStart = 8 + length;
  checkCoverage(entries, fileSize - dataStart);
  return { entries, metadata, dataStart };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let scan: JsonScan;
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    scan = scanJson(text);
    value = scan.depth <= MAX_DEPTH ? JSON.parse(text) : undefined;
  } catch (cause) {
    throw new DataError(
      `readSafetensors: the header is not JSON. Got ${bytes.length} bytes that do not parse; expected an object. ` +
        `The file is damaged or not a safetensors file.`,
      { op: 'readSafetensors', cause },
    );
  }
  if (scan.depth > MAX_DEPTH) refuse('the header is nested too deep', `${scan.depth} levels`, `at most ${MAX_DEPTH}`);
  if (!isRecord(value)) refuse('the header is not an object', kindOf(value), 'an object of tensors by name');
  const kept = countKeys(value);
  if (scan.keys !== kept) refuse('a name occurs twice', `${scan.keys} names`, `${kept} different ones`);
  return value;
}

interface JsonScan {
  /** Keys as written: colons outside of strings. JSON.parse keeps the last of equal keys without a word. */
  readonly keys: number;
  /** Brackets open at once. */
  readonly depth: number;
}

const [QUOTE, COLON, BACKSLASH, BRACE, BRACKET] = [0x22, 0x3a, 0x5c, 0x7b, 0x5b] as const;

function scanJson(json: string): JsonScan {
  let keys = 0;
  let open = 0;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (inText && code === BACKSLASH) at += 1;
    else if (code === QUOTE) inText = !inText;
    else if (inText) continue;
    else if (code === COLON) keys += 1;
    else if (code === BRACE || code === BRACKET) depth = Math.max(depth, ++open);
    else if (code === BRACE + 2 || code === BRACKET + 2) open -= 1; // their closing partners
  }
  return { keys, depth };
}

/** Keys of objects at any depth. */
function countKeys(root: unknown): number {
  let keys = 0;
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== 'object' || value === null) continue;
    const items: unknown[] = Object.values(value);
    if (!Array.isArray(value)) keys += items.length;
    for (const item of items) stack.push(item);
  }
  return keys;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseMetadata(value: unknown): ReadonlyMap<string, string> {
  const texts = isRecord(value)
    ? Object.entries(value)
    : refuse('metadata is not an object', kindOf(value), 'texts by key');
  return new Map(
    texts.map(([key, text]) => {
      if (typeof text !== 'string') refuse(`metadata ${quoted(key)} is not text`, typeof text, 'a string');
      return [key, text];
    }),
  );
}

function parseEntry(name: string, value: unknown): SafetensorsEntry {
  if (!isRecord(value))
    return refuse(`entry ${quoted(name)} is not an object`, kindOf(value), 'dtype, shape and data_offsets');
  const dtype = DTYPES_BY_NAME.get(value['dtype']);
  if (dtype === undefined) {
    return refuse(
      `${quoted(name)} has an unknown dtype`,
      quoted(value['dtype']),
      `one of ${Object.values(SAFETENSORS_DTYPES).join(', ')}`,
    );
  }
  const shape = value['shape'];
  if (!isSizes(shape) || shape.length > MAX_AXES || shape.some((size) => size > MAX_SIZE)) {
    const expected = `up to ${MAX_AXES} whole numbers from 0 to ${MAX_SIZE}`;
    return refuse(`${quoted(name)} has no valid shape`, quoted(shape), expected);
  }
  const offsets = value['data_offsets'];
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    return refuse(`${quoted(name)} has no valid offsets`, quoted(offsets), '[start, end] with start ≤ end');
  }
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, bytesPerElement(dtype));
  if (bytes !== end - start) refuse(`${quoted(name)} does not fill its bytes`, `${end - start} bytes`, `${bytes}`);
  return { dtype, shape, start, end };
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value);

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function checkCoverage(entries: ReadonlyMap<string, SafetensorsEntry>, dataSize: number): void {
  let at = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start !== at) refuse(`${quoted(name)} leaves a gap or overlaps`, `offset ${start}`, String(at));
    at = end;
  }
  if (at !== dataSize) refuse('the data does not end with the last tensor', `${dataSize} bytes`, String(at));
}
