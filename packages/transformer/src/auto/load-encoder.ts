import { DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { Tensor } from '@gai/core';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { openModel } from '../pretrained/open-model.ts';
import { families } from './registry.ts';

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
  const { model_type: type } = (await openModel(storage, folder)).configJson;
  const table: Readonly<Record<string, { readonly base: object; readonly encoder?: object }>> = families;
  const family = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
  if (family === undefined) {
    throw new DataError(
      `fromPretrained: no class for this kind of model. Got model_type ${quoted(type)}; expected one of ` +
        `${Object.keys(table).join(', ')}. Choose another model.`,
      { op: 'fromPretrained', details: { modelType: type } },
    );
  }
  return ((family.encoder ?? family.base) as Loader).fromPretrained(folder, { ...options, storage });
}
