import { ArgumentError, equal, gather, mul, stopGradient, tensor, unsqueeze, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { normal } from '../init/distributions.ts';
import { skipsInitialValues } from '../init/without-initial-values.ts';
import type { Initializer } from '../init/initializer.ts';
import { Module } from '../module.ts';
import { KIND } from '../modules/brands.ts';
import { Parameter } from '../parameter.ts';
import { checkIndices, checkSizes } from './check.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  /** Number of rows in the table. */
  readonly numEmbeddings: number;
  /** Length of a row. */
  readonly embeddingDim: number;
  /** A row that starts at zero and is not trained; negative counts from the end. Default: none. */
  readonly paddingIndex?: number | undefined;
  /** First value of the table. Default: standard normal. */
  readonly weightInit?: Initializer | undefined;
}

/**
 * Looks up rows of a trained table: `y = W[indices]`.
 *
 * State: `weight` `[numEmbeddings, embeddingDim]`.
 * @throws {@link DTypeError} if the indices are not integers.
 * @example
 * const layer = new Embedding({ numEmbeddings: 10, embeddingDim: 4 });
 * layer.forward(tensor([[1, 2, 3]], { dtype: 'int32' })).shape; // => [1, 3, 4]
 * @category Layers
 */
export class Embedding extends Module {
  readonly weight: Parameter;
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** The row that is not trained, counted from the front, or null. */
  readonly paddingIndex: number | null;

  constructor(options: EmbeddingOptions) {
    checkOptionNames('Embedding', options, ['numEmbeddings', 'embeddingDim', 'paddingIndex', 'weightInit']);
    super();
    const { numEmbeddings, embeddingDim, paddingIndex } = options;
    checkSizes('Embedding', { numEmbeddings, embeddingDim });
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIndex = paddingIndex === undefined ? null : rowOf(paddingIndex, numEmbeddings);
    const table = (options.weightInit ?? normal())([numEmbeddings, embeddingDim]);
    this.weight = new Parameter(
      this.paddingIndex === null || skipsInitialValues() ? table : withoutRow(table, this.paddingIndex),
    );
  }

  /** @internal */
  get [KIND](): string {
    return 'Embedding';
  }

  /** `[...]`, int32 in 0 … numEmbeddings − 1 → `[..., embeddingDim]`. */
  forward(indices: Tensor): Tensor {
    checkIndices('Embedding', 'indices', indices);
    const rows = gather(this.weight, indices, { axis: 0 });
    if (this.paddingIndex === null) return rows;
    const isPadding = unsqueeze(equal(indices, this.paddingIndex), -1);
    return where(isPadding, stopGradient(rows), rows);
  }
}

function rowOf(index: number, rows: number): number {
  const row = index < 0 ? index + rows : index;
  if (Number.isInteger(row) && row >= 0 && row < rows) return row;
  throw new ArgumentError(
    `Embedding: paddingIndex is out of range. Got ${index}; expected a whole number from ${-rows} to ${rows - 1}.`,
    { op: 'Embedding', details: { paddingIndex: index } },
  );
}

/** The table with one row set to zero. */
function withoutRow(table: Tensor, row: number): Tensor {
  const rows = Number(table.shape[0]);
  const keep = Float32Array.from({ length: rows }, (_, index) => Number(index !== row));
  return mul(table, tensor(keep, { shape: [rows, 1] }));
}
