import type { Tensor } from '@gai/core';
import { LayerNorm, Linear, Module, Parameter, init } from '@gai/nn';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import type { BertConfig } from './config.ts';

/** A map, the activation and a norm, before the words are scored. */
class BertPredictionHeadTransform extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ hiddenSize, initializerRange: std, hiddenAct, layerNormEps }: BertConfig) {
    super();
    this.dense = linear(hiddenSize, hiddenSize, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: hiddenSize, eps: layerNormEps });
    this.#act = activation(hiddenAct);
  }

  forward(hidden: Tensor): Tensor {
    return this.LayerNorm.forward(this.#act(this.dense.forward(hidden)));
  }
}

/** Scores of every word: `[batch, time, hiddenSize]` → `[batch, time, vocabSize]`. */
export class BertLMPredictionHead extends Module {
  readonly bias: Parameter;
  readonly transform: BertPredictionHeadTransform;
  readonly decoder: Linear;

  constructor(config: BertConfig) {
    super();
    const { hiddenSize, vocabSize, initializerRange } = config;
    this.bias = new Parameter(init.zeros()([vocabSize]));
    this.transform = new BertPredictionHeadTransform(config);
    this.decoder = new Linear({
      inFeatures: hiddenSize,
      outFeatures: vocabSize,
      weightInit: init.normal({ std: initializerRange }),
      biasInit: init.zeros(),
    });
  }

  forward(hidden: Tensor): Tensor {
    return this.decoder.forward(this.transform.forward(hidden));
  }
}

/** The parts under `cls` in BERT's files; each model has some of them. */
export class BertHeads extends Module {
  readonly predictions: BertLMPredictionHead | null;
  readonly seq_relationship: Linear | null;

  constructor(config: BertConfig, parts: { readonly predictions?: boolean; readonly seqRelationship?: boolean }) {
    super();
    const { hiddenSize, initializerRange: std } = config;
    this.predictions = parts.predictions === true ? new BertLMPredictionHead(config) : null;
    this.seq_relationship = parts.seqRelationship === true ? linear(hiddenSize, 2, { std }) : null;
  }

  /** The parts have no common output; the models call them one by one. */
  forward(hidden: Tensor): Tensor {
    return (this.predictions ?? this.seq_relationship)!.forward(hidden);
  }
}
