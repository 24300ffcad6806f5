import { zeros } from '@gai/core';
import { Embedding, Linear, init } from '@gai/nn';

/** Weights are about to be read from a file: first values would be computed for nothing, and take as much memory. */
let isSkipping = false;

/** Makes a model whose weights are all to be replaced. */
export function withoutInitialValues<Made>(make: () => Made): Made {
  const before = isSkipping;
  isSkipping = true;
  try {
    return make();
  } finally {
    isSkipping = before;
  }
}

/** Normal weights, unless they are about to be replaced: then a tensor that takes no memory. */
export const normal =
  (std: number): init.Initializer =>
  (shape, dtype) =>
    isSkipping ? zeros([...shape], dtype) : init.normal({ std })(shape, dtype);

/** A linear map as the families begin with it: normal weights, bias 0. */
export function linear(inFeatures: number, outFeatures: number, { std = 0.02, bias = true } = {}): Linear {
  return new Linear({ inFeatures, outFeatures, bias, weightInit: normal(std), biasInit: init.zeros() });
}

/**
 * A table of embeddings as the families begin with it.
 * @param options.padding - The token whose row is not trained; negative ones count from the end, as in PyTorch.
 */
export function embedding(
  numEmbeddings: number,
  embeddingDim: number,
  { std = 0.02, padding = null }: { readonly std?: number; readonly padding?: number | null } = {},
): Embedding {
  const isRow = padding !== null && padding >= -numEmbeddings && padding < numEmbeddings;
  const paddingIndex = isRow ? padding : undefined;
  return new Embedding({ numEmbeddings, embeddingDim, paddingIndex, weightInit: normal(std) });
}
