import type { Tensor } from '@gai/core';
import type { Module } from '@gai/nn';
import { PretrainedModel } from '../pretrained-model.ts';

/** What every encoder here takes besides token ids; each refuses what it does not know. */
export interface EncoderInputs {
  readonly attentionMask?: Tensor | undefined;
  readonly tokenTypeIds?: Tensor | undefined;
  readonly positionIds?: Tensor | undefined;
}

/** A model without a head: token ids to hidden states. */
export interface Body<Config extends object> extends Module {
  readonly config: Config;
  forward(
    inputIds: Tensor,
    inputs?: EncoderInputs,
  ): { readonly lastHiddenState: Tensor; readonly poolerOutput?: Tensor };
}

/**
 * A model that computes with the hidden states of another one, which is a field of it under the name that the family's files have in front
 * of their tensors.
 */
export abstract class ModelWithHead<Config extends object> extends PretrainedModel<Config> {
  readonly #name: string;

  /** @param parts - The body by its name; a subclass declares the field. */
  constructor(parts: Readonly<Record<string, Body<Config>>>) {
    const [[name, body]] = Object.entries(parts) as [[string, Body<Config>]];
    super(body.config);
    this.#name = name;
    Object.assign(this, parts);
  }

  /** What the body gives. */
  protected run(inputIds: Tensor, inputs: EncoderInputs): ReturnType<Body<Config>['forward']> {
    const body = (this as unknown as Readonly<Record<string, Body<Config>>>)[this.#name]!;
    return body.forward(inputIds, inputs);
  }
}
