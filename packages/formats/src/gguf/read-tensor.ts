import type { ByteSource, ElementSource } from '@gai/core/io';
import { decodeElements, dtypeOfType, isAsInMemory } from './elements.ts';
import type { GgufTensorInfo } from './header.ts';
import { GGML_FORMATS } from './types.ts';
import type { GgmlFormat } from './types.ts';

const FORMATS: ReadonlyMap<string, GgmlFormat> = new Map([...GGML_FORMATS.values()].map((each) => [each.name, each]));

/** Reads the blocks of a tensor from `first` to before `end`, in some order. */
export type ReadBlocks = (first: number, end: number) => Promise<Uint8Array>;

/** The blocks of a tensor as they lie in the file. */
export function storedBlocks(source: ByteSource, { type, offset }: GgufTensorInfo): ReadBlocks {
  const { bytes } = FORMATS.get(type)!;
  return (first, end) => source.read(offset + first * bytes, (end - first) * bytes);
}

/** Blocks of a row; of a vector every element counts as a row, as a bias has one for each row of its weight. */
export function blocksOfRow({ type, shape }: GgufTensorInfo): number {
  return shape.length === 1 ? 1 : (shape.at(-1) ?? 1) / FORMATS.get(type)!.block;
}

/**
 * The rows of every head in another order: those that stand alternately, as rotary positions of neighbouring pairs need
 * them, one half after the other. The converter of llama.cpp permuted them the other way.
 * @param head - Rows of a head.
 */
export function halfSplitBlocks(source: ByteSource, info: GgufTensorInfo, head: number): ReadBlocks {
  const stored = storedBlocks(source, info);
  const row = blocksOfRow(info);
  const { bytes } = FORMATS.get(info.type)!;
  return async (first, end) => {
    const [firstRow, endRow] = [Math.floor(first / row), Math.ceil(end / row)];
    const start = Math.floor(firstRow / head) * head;
    const there = await stored(start * row, Math.ceil(endRow / head) * head * row);
    const ordered = new Uint8Array((endRow - firstRow) * row * bytes);
    for (let at = firstRow; at < endRow; at += 1) {
      const from = storedRow(at, head) - start;
      ordered.set(there.subarray(from * row * bytes, (from + 1) * row * bytes), (at - firstRow) * row * bytes);
    }
    return ordered.subarray((first - firstRow * row) * bytes, (end - firstRow * row) * bytes);
  };
}

/** Where row `at` of the half-split order is stored: row i of a half stands at 2 i, plus one in the second half. */
function storedRow(at: number, head: number): number {
  const within = at % head;
  const half = head / 2;
  return at - within + 2 * (within % half) + Math.floor(within / half);
}

/** The elements of a tensor, decoded when they are read. */
export function elementsOf(info: GgufTensorInfo, read: ReadBlocks): ElementSource {
  const format = FORMATS.get(info.type)!;
  return {
    dtype: dtypeOfType(info.type),
    shape: info.shape,
    async read(start, end) {
      const [first, last] = [Math.floor(start / format.block), Math.ceil(end / format.block)];
      const values = decodeElements(await read(first, last), format);
      return values.subarray(start - first * format.block, end - first * format.block);
    },
  };
}

/** As {@link elementsOf} in the order of the file, where a runtime may find them by itself. */
export function storedElements(source: ByteSource, info: GgufTensorInfo): ElementSource {
  const elements = elementsOf(info, storedBlocks(source, info));
  if (!isAsInMemory(info.type)) return elements;
  return { ...elements, file: () => source.file?.(info.offset, info.byteLength) };
}

/** How many blocks a tensor has. */
export const countBlocks = ({ type, byteLength }: GgufTensorInfo): number => byteLength / FORMATS.get(type)!.bytes;
