import { ArgumentError, ggmlWeight } from '@gai/core';
import type { GgmlType, QuantizedWeight, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { lazyTensor } from '@gai/core/io';
import type { ByteSource } from '@gai/core/io';
import { defineOnce } from '../define.ts';
import { quote } from '../errors.ts';
import { toByteSource } from '../source.ts';
import type { Source } from '../source.ts';
import { readHeader } from './header.ts';
import type { GgufHeader, GgufTensorInfo } from './header.ts';
import type { GgufValue } from './metadata.ts';
import { blocksOfRow, countBlocks, elementsOf, halfSplitBlocks, storedBlocks, storedElements } from './read-tensor.ts';
import type { ReadBlocks } from './read-tensor.ts';

/** How {@link GgufFile.tensor} and {@link GgufFile.quantized} read. */
export interface GgufTensorOptions {
  /**
   * Puts the rows of so many heads into the order that half-split rotary positions need, as transformers has them: for
   * `attn_q` (heads) and `attn_k` (key-value heads) of files of the architecture `llama`, whose rows are stored for
   * interleaved ones. Default: the rows as they are stored.
   */
  readonly rotaryHeads?: number | undefined;
}

/**
 * An opened GGUF file.
 * @category Files
 */
export interface GgufFile {
  /** Version of the format: 2 or 3. */
  readonly version: number;
  /** What the file says of its model, by key: `general.architecture`, `tokenizer.ggml.tokens` and so on. */
  readonly metadata: Readonly<Record<string, GgufValue>>;
  /** Type, sizes and place of every tensor, in the order of the file. */
  readonly infos: ReadonlyMap<string, GgufTensorInfo>;
  /**
   * The tensors under the names of the file, read when something is computed with them. Quantized ones, F16 and BF16 are
   * float32, bit for bit what Python's `gguf` makes of them; integers stay integers (I16 becomes int32).
   */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** One of {@link tensors}, with its rows in another order. */
  tensor(name: string, options?: GgufTensorOptions): Tensor;
  /**
   * A matrix of type Q4_0, Q4_1 or Q8_0 as a weight for quantized products, code for code; undefined for other types.
   * @see ggmlWeight of `@gai/core`
   */
  quantized(name: string, options?: GgufTensorOptions): Promise<QuantizedWeight | undefined>;
}

/**
 * Opens a GGUF file, as llama.cpp and its relatives write them: the header is read and checked, tensors are read when they
 * are used. Nothing in the file is run, and what it says of lengths is held against its size before memory is taken.
 *
 * Types read: F32, F16, BF16, F64, I8 to I64, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K to Q6_K. A tensor of another type throws
 * when it is read, so that the metadata of such a file is there all the same.
 * @param source - Bytes, a `Blob`, or a file: `await fileSource(storage, path)` of `@gai/core/io`.
 * @throws {@link DataError} if it is not a GGUF file of version 2 or 3, or is damaged.
 * @example
 * const none = openGguf(new TextEncoder().encode('not a model, but text')); // with a model: a GgufFile
 * await none; // => throws DataError
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @category Files
 */
export async function openGguf(source: Source): Promise<GgufFile> {
  const bytes = toByteSource(source, 'openGguf');
  const header = await readHeader(bytes);
  const tensors: Record<string, Tensor> = {};
  for (const [name, info] of header.infos) {
    defineOnce(tensors, name, () => lazyTensor(storedElements(bytes, info)));
  }
  const blocksOf = (name: string, options: GgufTensorOptions): [GgufTensorInfo, ReadBlocks] => {
    checkOptionNames('openGguf', options, ['rotaryHeads']);
    const info = findInfo(header, name);
    return [info, orderedBlocks(bytes, { name, info }, options.rotaryHeads)];
  };
  return {
    ...header,
    tensors,
    tensor(name, options = {}) {
      const [info, blocks] = blocksOf(name, options);
      return options.rotaryHeads === undefined ? tensors[name]! : lazyTensor(elementsOf(info, blocks));
    },
    async quantized(name, options = {}) {
      const [info, blocks] = blocksOf(name, options);
      const [rows, columns] = info.shape;
      if (!isGgmlType(info.type) || columns === undefined || info.shape.length > 2) return undefined;
      const whole = await blocks(0, countBlocks(info));
      return ggmlWeight(whole, { type: info.type, rows: rows!, columns });
    },
  };
}

const isGgmlType = (type: string): type is GgmlType => type === 'Q4_0' || type === 'Q4_1' || type === 'Q8_0';

function findInfo({ infos }: GgufHeader, name: string): GgufTensorInfo {
  const info = infos.get(name);
  if (info !== undefined) return info;
  const names = [...infos.keys()];
  const shown = names.slice(0, 5).map(quote).join(', ');
  throw new ArgumentError(
    `openGguf: no such tensor. Got ${quote(name)}; expected one of ${names.length}: ${shown}${names.length > 5 ? ', …' : ''}. ` +
      `Look at the file's infos.`,
    { op: 'openGguf', details: { name } },
  );
}

function orderedBlocks(
  source: ByteSource,
  { name, info }: { name: string; info: GgufTensorInfo },
  rotaryHeads: number | undefined,
): ReadBlocks {
  if (rotaryHeads === undefined) return storedBlocks(source, info);
  const head = countBlocks(info) / blocksOfRow(info) / rotaryHeads;
  const isWhole = info.shape.length > 1 || countBlocks(info) === info.shape[0];
  const fits = Number.isInteger(rotaryHeads) && rotaryHeads > 0 && head > 0 && head % 2 === 0 && isWhole;
  if (fits) return halfSplitBlocks(source, info, head);
  throw new ArgumentError(
    `openGguf: ${quote(name)} does not divide into heads. Got rotaryHeads ${rotaryHeads} for [${info.shape.join(',')}]; ` +
      `expected an even number of rows for each head. Take the number of heads, or of key-value heads, from the metadata.`,
    { op: 'openGguf', details: { rotaryHeads, shape: info.shape } },
  );
}
