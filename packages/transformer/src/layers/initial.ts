import { Embedding, Linear, init } from '@gai/nn';

/** A linear map as the families begin with it: normal weights, bias 0. */
export function linear(inFeatures: number, outFeatures: number, { std = 0.02, bias = true } = {}): Linear {
  return new Linear({ inFeatures, outFeatures, bias, weightInit: init.normal({ std }), biasInit: init.zeros() });
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
  return new Embedding({ numEmbeddings, embeddingDim, paddingIndex, weightInit: init.normal({ std }) });
}
