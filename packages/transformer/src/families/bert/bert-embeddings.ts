import { add, cast, cumsum, iota, mul, notEqual, zerosLike } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { Embedding } from '@gai/nn';
import { embedding } from '../../layers/initial.ts';
import type { BertInputs } from './bert-model.ts';
import type { BertConfig } from './config.ts';

/** What embeddings are made of. */
type BertEmbeddingConfig = Pick<
  BertConfig,
  | 'vocabSize'
  | 'maxPositionEmbeddings'
  | 'typeVocabSize'
  | 'initializerRange'
  | 'layerNormEps'
  | 'hiddenDropoutProb'
  | 'padTokenId'
>;

/** What sets the embeddings of one family apart. */
interface BertEmbeddingSettings {
  /** Features of an embedding. */
  readonly features: number;
  /** The token that does not count: positions are those of the other tokens, from the place behind it on, as in RoBERTa. Default: all count. */
  readonly uncounted?: number | undefined;
}

/** Word, segment and position embeddings, added up and normalised: `[batch, time]` → `[batch, time, features]`. */
export class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;
  readonly #uncounted: number | undefined;

  constructor(config: BertEmbeddingConfig, { features, uncounted }: BertEmbeddingSettings) {
    super();
    const { initializerRange: std, padTokenId } = config;
    this.word_embeddings = embedding(config.vocabSize, features, { std, padding: padTokenId });
    this.position_embeddings = embedding(config.maxPositionEmbeddings, features, { std, padding: uncounted ?? null });
    this.token_type_embeddings = embedding(config.typeVocabSize, features, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: features, eps: config.layerNormEps });
    this.dropout = new Dropout({ p: config.hiddenDropoutProb });
    this.#uncounted = uncounted;
  }

  forward(inputIds: Tensor, { tokenTypeIds = zerosLike(inputIds), positionIds }: BertInputs): Tensor {
    const words = add(this.word_embeddings.forward(inputIds), this.token_type_embeddings.forward(tokenTypeIds));
    const positions = this.position_embeddings.forward(positionIds ?? this.#positions(inputIds));
    return this.dropout.forward(this.LayerNorm.forward(add(words, positions)));
  }

  #positions(inputIds: Tensor): Tensor {
    if (this.#uncounted === undefined) return iota(inputIds.shape[1] as Dim);
    const counted = cast(notEqual(inputIds, this.#uncounted), 'int32');
    return add(mul(cumsum(counted, { axis: 1 }), counted), this.#uncounted);
  }
}
