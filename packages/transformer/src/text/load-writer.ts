import type { Storage } from '@gai/core/backend';
import { loadAuto } from '../auto/load-auto.ts';
import { families } from '../auto/registry.ts';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { openModel } from '../pretrained/open-model.ts';

/** Reads a language model: of a family with an encoder, the one that turns a text into another. */
export async function loadWriter(
  folder: string,
  { storage, ...loading }: LoadingOptions & { readonly storage: Storage },
): Promise<CausalLanguageModel | Seq2SeqLanguageModel> {
  const { model_type: type } = (await openModel(storage, folder)).configJson;
  const family = (families as Readonly<Record<string, object>>)[String(type)] ?? {};
  const options = { ...loading, storage };
  return 'seq2SeqLM' in family ? loadAuto('seq2SeqLM', folder, options) : loadAuto('causalLM', folder, options);
}
