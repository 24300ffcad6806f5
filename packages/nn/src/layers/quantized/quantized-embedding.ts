import { quantizeWeight, quantizedEmbedding } from '@gai/core';
import type { QuantizeOptions, QuantizedWeight, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkIndices } from '../check.ts';
import type { Embedding } from '../embedding.ts';
import { QuantizedMatrix, emptyWeight } from './quantized-matrix.ts';
import type { QuantizedFormat } from './quantized-matrix.ts';

/** Options of {@link QuantizedEmbedding}. */
export interface QuantizedEmbeddingOptions extends QuantizedFormat {
  /** Number of rows in the table. */
  readonly numEmbeddings: number;
  /** Length of a row. */
  readonly embeddingDim: number;
}

/**
 * Looks up rows of a fixed table of 4 or 8 bits; only those rows are taken apart.
 *
 * Made from a trained layer by {@link QuantizedEmbedding.from}, or empty, to be filled from a state dict. A head that is
 * tied to it is `quantizedLinear(x, embedding.weight)`.
 *
 * State: `packed` `[numEmbeddings, ⌈embeddingDim / block⌉, block · bits / 8]` uint8, `scales`, where there are any
 * `zeroPoints` or `offsets` (see `QuantizedWeight`).
 * @throws {@link DTypeError} if the indices are not integers.
 * @example
 * const layer = await QuantizedEmbedding.from(new Embedding({ numEmbeddings: 10, embeddingDim: 64 }), { bits: 8 });
 * layer.forward(tensor([[1, 2, 3]], { dtype: 'int32' })).shape; // => [1, 3, 64]
 * @category Layers
 */
export class QuantizedEmbedding extends QuantizedMatrix {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;

  constructor(options: QuantizedEmbeddingOptions, weight?: QuantizedWeight) {
    checkOptionNames('QuantizedEmbedding', options, ['numEmbeddings', 'embeddingDim', 'bits', 'block', 'extra']);
    const { numEmbeddings, embeddingDim } = options;
    const sizes = { rows: numEmbeddings, columns: embeddingDim };
    super('QuantizedEmbedding', weight ?? emptyWeight('QuantizedEmbedding', sizes, options), sizes);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
  }

  /** Rounds the table of a layer. */
  static async from(layer: Embedding, options: QuantizeOptions = {}): Promise<QuantizedEmbedding> {
    checkOptionNames('QuantizedEmbedding.from', options, ['bits', 'block', 'symmetric']);
    const { numEmbeddings, embeddingDim } = layer;
    const weight = await quantizeWeight(layer.weight.value, options);
    return new QuantizedEmbedding({ numEmbeddings, embeddingDim }, weight).train(layer.training);
  }

  /** `[...]`, int32 in 0 … numEmbeddings − 1 → `[..., embeddingDim]`. */
  forward(indices: Tensor): Tensor {
    checkIndices('QuantizedEmbedding', 'indices', indices);
    return quantizedEmbedding(indices, this.weight);
  }
}
