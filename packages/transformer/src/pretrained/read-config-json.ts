import type { Storage } from '@gai/core/backend';
import { checkOptionNames } from '@gai/core/ops';
import type { ConfigJson } from '../config/fields.ts';
import { defaultStorage } from './folder.ts';
import { openModel } from './open-model.ts';

/**
 * What the configuration of a model says, under the names of Hugging Face's `config.json`: of a folder as it stands there, of a GGUF
 * file as its metadata say it. No weights are read.
 * @param path - A folder with `config.json`, or a `.gguf` file.
 * @param options.storage - Where it is. Default: the storage of the default backend.
 * @throws {@link DataError} if there is neither, or the file is of a family that is not known.
 * @example
 * await new BertModel({ vocabSize: 3, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 }).savePretrained('small');
 * (await readConfigJson('small')).hidden_size; // => 4
 * @category Pretrained
 */
export async function readConfigJson(
  path: string,
  options: { readonly storage?: Storage | undefined } = {},
): Promise<ConfigJson> {
  checkOptionNames('readConfigJson', options, ['storage']);
  const { storage = defaultStorage('readConfigJson') } = options;
  return (await openModel(storage, path)).configJson;
}
