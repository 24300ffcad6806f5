import { ShapeError, formatShape, tensor } from '@gai/core';
import type { QuantizedWeight, Tensor } from '@gai/core';
import { checkQuantizedFormat, checkQuantizedWeight } from '@gai/core/ops';
import { Module } from '../../module.ts';
import { ModuleBuffer } from '../../parameter.ts';
import { checkSizes } from '../check.ts';

/** How the numbers of a layer's matrix are kept. */
export interface QuantizedFormat {
  /** Bits of a number. Default 4. */
  readonly bits?: 4 | 8 | undefined;
  /** Neighbours in a row that share a scale: 16, 32, 64, 128 or 256. Default 32. */
  readonly block?: number | undefined;
  /** What each block has beside its scale. Default nothing: 0 is the middle code. */
  readonly extra?: 'zeroPoints' | 'offsets' | undefined;
}

/** The sizes of the matrix that a layer's options ask for. */
interface Sizes {
  readonly rows: number;
  readonly columns: number;
}

/** A layer with a matrix of 4 or 8 bits that is saved with it and not trained. */
export abstract class QuantizedMatrix extends Module {
  readonly packed: ModuleBuffer;
  readonly scales: ModuleBuffer;
  readonly zeroPoints: ModuleBuffer | null;
  readonly offsets: ModuleBuffer | null;
  readonly bits: 4 | 8;
  readonly block: number;
  /** Length of a row. */
  readonly columns: number;

  constructor(layer: string, weight: QuantizedWeight, sizes: Sizes) {
    super();
    checkQuantizedWeight(layer, weight);
    checkSame(layer, weight, sizes);
    this.packed = new ModuleBuffer(weight.packed);
    this.scales = new ModuleBuffer(weight.scales);
    this.zeroPoints = weight.zeroPoints === undefined ? null : new ModuleBuffer(weight.zeroPoints);
    this.offsets = weight.offsets === undefined ? null : new ModuleBuffer(weight.offsets);
    this.bits = weight.bits;
    this.block = weight.block;
    this.columns = weight.columns;
  }

  /** The matrix as `quantizedLinear` and `dequantize` take it. */
  get weight(): QuantizedWeight {
    const { packed, scales, zeroPoints, offsets, bits, block, columns } = this;
    return {
      packed,
      scales,
      zeroPoints: zeroPoints ?? undefined,
      offsets: offsets ?? undefined,
      bits,
      block,
      columns,
    };
  }
}

/** A matrix of zeros, to be filled from a file. */
export function emptyWeight(
  layer: string,
  { rows, columns }: Sizes,
  { bits = 4, block = 32, extra }: QuantizedFormat,
): QuantizedWeight {
  checkSizes(layer, { rows, columns });
  checkQuantizedFormat(layer, { bits, block, columns });
  const blocks = Math.ceil(columns / block);
  const bytes = (...shape: [number, ...number[]]): Tensor =>
    tensor(new Uint8Array(shape.reduce((product, size) => product * size, 1)), { shape });
  const floats = (): Tensor => tensor(new Float32Array(rows * blocks), { shape: [rows, blocks] });
  return {
    packed: bytes(rows, blocks, (block * bits) / 8),
    scales: floats(),
    ...(extra === 'zeroPoints' ? { zeroPoints: bytes(rows, Math.ceil((blocks * bits) / 8)) } : {}),
    ...(extra === 'offsets' ? { offsets: floats() } : {}),
    bits,
    block,
    columns,
  };
}

function checkSame(layer: string, { packed, columns }: QuantizedWeight, expected: Sizes): void {
  if (packed.shape[0] === expected.rows && columns === expected.columns) return;
  throw new ShapeError(
    `${layer}: the weight is not of the layer's size. Got ${formatShape([packed.shape[0]!, columns])}; expected ` +
      `${formatShape([expected.rows, expected.columns])}, as the options say.`,
    { op: layer },
  );
}
