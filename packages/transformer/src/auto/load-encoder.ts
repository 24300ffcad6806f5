import type { Tensor } from '@gai/core';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { familyOf } from './family-of.ts';

/** A model that gives hidden states of token ids alone. */
export interface Encoder extends PretrainedModel {
  forward(
    inputIds: Tensor,
    inputs?: { readonly attentionMask?: Tensor | undefined; readonly tokenTypeIds?: Tensor | undefined },
  ): { readonly lastHiddenState: Tensor };
}

interface Loader {
  fromPretrained(folder: string, options: LoadingOptions): Promise<Encoder>;
}

/** Reads a model without head for its hidden states; of an encoder-decoder the encoder. */
export async function loadEncoder(folder: string, options: LoadingOptions): Promise<Encoder> {
  const storage = options.storage ?? defaultStorage('AutoModel');
  const family = await familyOf(storage, folder, 'base');
  return ((family.encoder ?? family.base) as Loader).fromPretrained(folder, { ...options, storage });
}
