import { checkOptionNames } from '../argument.ts';
import { ArgumentError, DTypeError, DataError } from '../errors.ts';
import { isFloat } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { blocksOf, checkQuantizedFormat } from '../ops/quantized-weight.ts';
import type { QuantizedWeight } from '../ops/quantized-weight.ts';
import { data } from '../runtime/read.ts';
import { formatShape } from '../shape.ts';
import { convertElements } from '../trace/convert.ts';
import { hostLeaf } from '../trace/literal.ts';
import { asymmetricBlock, symmetricBlock } from './quantize-block.ts';
import type { BlockCode } from './quantize-block.ts';
import { packCodes } from './pack.ts';

/** Settings of {@link quantizeWeight}. */
export interface QuantizeOptions {
  /** Bits of a code. Default 4. */
  readonly bits?: 4 | 8 | undefined;
  /** Neighbours in a row that share a scale: 16, 32, 64, 128 or 256. Default 32. */
  readonly block?: number | undefined;
  /**
   * Whether 0 is the middle code of every block; else each block has a zero point of its own, which is better for blocks
   * that lie on one side of 0. Default true.
   */
  readonly symmetric?: boolean | undefined;
}

/**
 * Rounds a matrix to 4 or 8 bits, block by block of each row, on the host.
 *
 * With `symmetric` the scale of a block is the one of the least squared error among a few that fit its largest number
 * (with zero points, the one that spans its numbers and 0). Normal weights in blocks of 32: an error of 8 % of their size at 4
 * bits and 0.5 % at 8.
 * @param weight - `[rows, columns]`, a float dtype, finite.
 * @param options.bits - 4 (default) or 8.
 * @param options.block - Neighbours in a row that share a scale. Default 32.
 * @param options.symmetric - Whether 0 is the middle code. Default true.
 * @throws {@link DataError} if a number is not finite.
 * @throws {@link ArgumentError} if the weight is no matrix, or an option none of its values.
 * @example
 * const { packed } = await quantizeWeight(tensor([[1, -2, 0.5], [3, 0, 1]]), { bits: 4, block: 16 });
 * packed.shape; // => [2, 1, 8]
 * @category Quantized weights
 */
export async function quantizeWeight(weight: Tensor, options: QuantizeOptions = {}): Promise<QuantizedWeight> {
  checkOptionNames('quantizeWeight', options, ['bits', 'block', 'symmetric']);
  const { bits = 4, block = 32, symmetric = true } = options;
  const [rows, columns] = sizesOf(weight);
  checkQuantizedFormat('quantizeWeight', { bits, block, columns });
  const blocks = blocksOf({ bits, block, columns });
  const values = convertElements(await data(weight), weight.dtype, 'float32') as Float32Array;
  const codes = new Uint8Array(rows * blocks * block).fill(2 ** (bits - 1));
  const scales = new Float32Array(rows * blocks);
  const zeros = new Uint8Array(rows * blocks);
  const find = symmetric ? symmetricBlock : asymmetricBlock;
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < blocks; at += 1) {
      const start = row * columns + at * block;
      const part = values.subarray(start, Math.min(start + block, (row + 1) * columns));
      const found = checked(find(part, bits), { row, at });
      const index = row * blocks + at;
      scales[index] = found.scale;
      zeros[index] = found.zero;
      codes.set(found.codes, index * block);
    }
  }
  return {
    packed: hostLeaf(packCodes(codes, bits), { dtype: 'uint8', shape: [rows, blocks, (block * bits) / 8] }, false),
    scales: hostLeaf(scales, { dtype: 'float32', shape: [rows, blocks] }, false),
    ...(symmetric ? {} : { zeroPoints: packRows(zeros, { rows, bits }) }),
    bits,
    block,
    columns,
  };
}

function sizesOf(weight: Tensor): [rows: number, columns: number] {
  const [rows, columns] = weight.shape;
  if (!isFloat(weight.dtype)) {
    throw new DTypeError(
      `quantizeWeight: not a weight of floats. Got ${weight.dtype} ${formatShape(weight.shape)}; expected a float dtype.`,
      { op: 'quantizeWeight', details: { dtype: weight.dtype } },
    );
  }
  if (weight.shape.length === 2 && typeof rows === 'number' && typeof columns === 'number') return [rows, columns];
  throw new ArgumentError(
    `quantizeWeight: not a matrix. Got ${formatShape(weight.shape)}; expected [rows, columns]. Reshape it.`,
    { op: 'quantizeWeight', details: { shape: formatShape(weight.shape) } },
  );
}

function checked(found: BlockCode, { row, at }: { row: number; at: number }): BlockCode {
  if (Number.isFinite(found.scale)) return found;
  throw new DataError(
    `quantizeWeight: a number of the weight is not finite. Got NaN or infinity in row ${row}, block ${at}; expected ` +
      'finite numbers. Look at where the weights come from.',
    { op: 'quantizeWeight', details: { row, block: at } },
  );
}

/** Zero points, each row packed into whole bytes. */
function packRows(zeros: Uint8Array, { rows, bits }: { rows: number; bits: 4 | 8 }): Tensor {
  const blocks = zeros.length / rows;
  const bytes = Math.ceil((blocks * bits) / 8);
  const padded = new Uint8Array((rows * bytes * 8) / bits);
  for (let row = 0; row < rows; row += 1) {
    padded.set(zeros.subarray(row * blocks, (row + 1) * blocks), (row * bytes * 8) / bits);
  }
  return hostLeaf(packCodes(padded, bits), { dtype: 'uint8', shape: [rows, bytes] }, false);
}
