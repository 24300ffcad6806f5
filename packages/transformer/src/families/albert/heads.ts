import type { Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module, Parameter, init } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import type { AlbertConfig } from './config.ts';

/** Scores of every word, behind a map to the embeddings' size, the activation and a norm. */
export class AlbertMLMHead extends Module {
  readonly bias: Parameter;
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly decoder: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor(config: AlbertConfig) {
    super();
    const { hiddenSize, embeddingSize, vocabSize, initializerRange: std, layerNormEps: eps } = config;
    this.bias = new Parameter(init.zeros()([vocabSize]));
    this.dense = linear(hiddenSize, embeddingSize, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: embeddingSize, eps });
    this.decoder = linear(embeddingSize, vocabSize, { std });
    this.#act = activation(config.hiddenAct);
  }

  forward(hidden: Tensor): Tensor {
    return this.decoder.forward(this.LayerNorm.forward(this.#act(this.dense.forward(hidden))));
  }
}

/** Whether two texts are in their order, from the pooled first token. */
export class AlbertSOPHead extends Module {
  readonly dropout: Dropout;
  readonly classifier: Linear;

  constructor(config: AlbertConfig) {
    super();
    const { hiddenSize, numLabels, initializerRange: std, classifierDropoutProb, hiddenDropoutProb } = config;
    this.dropout = new Dropout({ p: classifierDropoutProb ?? hiddenDropoutProb });
    this.classifier = linear(hiddenSize, numLabels, { std });
  }

  forward(pooled: Tensor): Tensor {
    return this.classifier.forward(this.dropout.forward(pooled));
  }
}
