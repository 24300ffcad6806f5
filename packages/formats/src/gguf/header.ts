import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import { parseGrowing } from '../window.ts';
import { Cursor } from './cursor.ts';
import { readMetadata } from './metadata.ts';
import type { GgufValue } from './metadata.ts';
import { GGML_FORMATS } from './types.ts';
import type { GgmlFormat } from './types.ts';

/**
 * What a GGUF file says of a tensor.
 * @category Files
 */
export interface GgufTensorInfo {
  /** The element type, for example `Q4_K`. */
  readonly type: string;
  /** Sizes as everywhere in `@gai`, the last axis being the one whose elements are neighbours. GGUF lists them reversed. */
  readonly shape: readonly number[];
  /** Where the bytes begin in the file. */
  readonly offset: number;
  /** How many there are. */
  readonly byteLength: number;
}

/** A header that was read and checked. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly infos: ReadonlyMap<string, GgufTensorInfo>;
}

const MAGIC = 0x46554747; // 'GGUF'
/** Headers beyond this are refused: the largest vocabularies take a tenth of it. */
const MAX_HEADER_BYTES = 1 << 28;
/** Several times what the largest models have; each takes memory, also where it has no elements. */
const MAX_TENSORS = 1 << 18;
const MAX_AXES = 4;
/** What one axis of a tensor may have. */
const MAX_SIZE = 2 ** 31 - 1;
/** A name's length, a number of axes, a type and an offset. */
const LEAST_INFO = 24;
const DEFAULT_ALIGNMENT = 32;

/** Reads the header of a file, and checks that every tensor lies in it. */
export function readHeader(source: ByteSource): Promise<GgufHeader> {
  return parseGrowing(source, 0, (bytes) => parseHeader(bytes, source.size), {
    limit: MAX_HEADER_BYTES,
    onLimit: (length) => {
      const got = `${length} bytes that break off`;
      return refuse({ op: 'openGguf', problem: 'the header does not end', got, expected: 'a whole header' });
    },
  });
}

function parseHeader(bytes: Uint8Array, fileSize: number): GgufHeader {
  const cursor = new Cursor(bytes, fileSize);
  const version = readVersion(cursor);
  const tensors = cursor.count('tensors', LEAST_INFO);
  if (tensors > MAX_TENSORS) {
    refuse({ op: 'openGguf', problem: 'too many tensors', got: `${tensors}`, expected: `at most ${MAX_TENSORS}` });
  }
  const metadata = readMetadata(cursor, cursor.count('metadata entries', 1));
  const alignment = alignmentOf(metadata);
  const listed: [string, Omit<GgufTensorInfo, 'byteLength'>, GgmlFormat][] = [];
  for (let index = 0; index < tensors; index += 1) listed.push(readInfo(cursor));
  const start = Math.ceil(cursor.at / alignment) * alignment;
  const infos = new Map<string, GgufTensorInfo>();
  for (const [name, info, format] of listed) {
    if (infos.has(name)) refuse({ op: 'openGguf', problem: 'a tensor twice', got: quote(name), expected: 'it once' });
    infos.set(name, place(name, { ...info, offset: start + info.offset }, { format, alignment, fileSize }));
  }
  checkOverlaps(infos);
  return { version, metadata, infos };
}

function readVersion(cursor: Cursor): number {
  const wrong = (problem: string, got: string, remedy?: string): never =>
    refuse({
      op: 'openGguf',
      problem,
      got,
      expected: 'GGUF version 2 or 3',
      ...(remedy === undefined ? {} : { remedy }),
    });
  if (cursor.remaining < 24) wrong('the file is too short', `${cursor.remaining} bytes`);
  const magic = cursor.uint32();
  if (magic !== MAGIC) {
    wrong('not a GGUF file', `a file that begins with 0x${magic.toString(16)}`, 'Name a file that ends in .gguf.');
  }
  const version = cursor.uint32();
  if (version === 2 || version === 3) return version;
  const isBigEndian = version === 0x02000000 || version === 0x03000000;
  const remedy = 'Convert it with the scripts of llama.cpp.';
  if (isBigEndian) return wrong('the numbers are big-endian', `version 0x${version.toString(16)}`, remedy);
  return wrong('no such version', `${version}`, remedy);
}

function alignmentOf(metadata: Readonly<Record<string, GgufValue>>): number {
  const value = Object.hasOwn(metadata, 'general.alignment') ? metadata['general.alignment'] : DEFAULT_ALIGNMENT;
  if (typeof value === 'number' && value >= 8 && value <= 2 ** 20 && value % 8 === 0) return value;
  return refuse({
    op: 'openGguf',
    problem: 'general.alignment does not fit',
    got: quote(String(value)),
    expected: 'a multiple of 8 up to 1048576',
  });
}

function readInfo(cursor: Cursor): [string, Omit<GgufTensorInfo, 'byteLength'>, GgmlFormat] {
  const name = cursor.text('the name of a tensor');
  const axes = cursor.uint32();
  if (axes > MAX_AXES) {
    refuse({
      op: 'openGguf',
      problem: `${quote(name)} has too many axes`,
      got: `${axes}`,
      expected: `${MAX_AXES} at most`,
    });
  }
  const shape: number[] = [];
  for (let axis = 0; axis < axes; axis += 1) {
    const size = cursor.uint64();
    if (size > MAX_SIZE) {
      refuse({
        op: 'openGguf',
        problem: `${quote(name)} is too large`,
        got: `${size}`,
        expected: `${MAX_SIZE} at most`,
      });
    }
    shape.unshift(Number(size));
  }
  const number = cursor.uint32();
  const format = GGML_FORMATS.get(number);
  if (format === undefined) {
    return refuse({
      op: 'openGguf',
      problem: `${quote(name)} has an unknown element type`,
      got: `${number}`,
      expected: `one of ${[...GGML_FORMATS.values()].map((each) => each.name).join(', ')}`,
    });
  }
  const offset = cursor.uint64();
  return [name, { type: format.name, shape, offset: Number(offset) }, format];
}

function place(
  name: string,
  info: Omit<GgufTensorInfo, 'byteLength'>,
  { format, alignment, fileSize }: { format: GgmlFormat; alignment: number; fileSize: number },
): GgufTensorInfo {
  const { shape, offset } = info;
  const row = shape.at(-1) ?? 1;
  const count = shape.reduce((product, size) => product * size, 1);
  const byteLength = (count / format.block) * format.bytes;
  const got = `${format.name} [${shape.join(',')}] at ${offset}`;
  if (row % format.block !== 0) {
    const expected = `rows of a multiple of ${format.block}`;
    refuse({ op: 'openGguf', problem: `${quote(name)} has rows that are no whole blocks`, got, expected });
  }
  if (offset % alignment !== 0 || offset + byteLength > fileSize) {
    const expected = `${byteLength} bytes at a multiple of ${alignment} within the file's ${fileSize} bytes`;
    refuse({ op: 'openGguf', problem: `${quote(name)} does not lie in the file`, got, expected });
  }
  return { ...info, byteLength };
}

/** Two names for the same bytes: no writer makes that. */
function checkOverlaps(infos: ReadonlyMap<string, GgufTensorInfo>): void {
  const filled = [...infos].filter(([, { byteLength }]) => byteLength > 0);
  filled.sort(([, a], [, b]) => a.offset - b.offset);
  for (const [index, [name, { offset }]] of filled.entries()) {
    const previous = filled[index - 1];
    if (previous === undefined || previous[1].offset + previous[1].byteLength <= offset) continue;
    const got = `${quote(previous[0])} to ${previous[1].offset + previous[1].byteLength}, ${quote(name)} from ${offset}`;
    refuse({ op: 'openGguf', problem: 'tensors overlap', got, expected: 'one after the other' });
  }
}
