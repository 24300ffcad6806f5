import { checkOptionNames } from '@gai/core/ops';
import type { Storage } from '@gai/core/backend';
import type { Tokenizer } from '@gai/tokenizers';
import { defaultStorage } from '../pretrained/folder.ts';
import { modelFolder } from '../sentence/read-modules.ts';
import { readTokenizer } from './read-tokenizer.ts';

const OP = 'AutoTokenizer.fromPretrained';

/**
 * Reads the tokenizer that belongs to a model, whichever files the folder has.
 * @example
 * const words = { type: 'WordLevel', vocab: { '[UNK]': 0, cat: 1, dog: 2 }, unk_token: '[UNK]' };
 * const file = JSON.stringify({ model: words, pre_tokenizer: { type: 'Whitespace' } });
 * await getDefaultBackend().storage!.writeAtomic('pets/tokenizer.json', [new TextEncoder().encode(file)]);
 * const tokenizer = await AutoTokenizer.fromPretrained('pets');
 * tokenizer.encode('dog cat dog').ids; // => [2, 1, 2]
 * @category Pretrained
 */
export class AutoTokenizer {
  /**
   * Reads the tokenizer of a folder of Hugging Face, or the one inside a `.gguf` file. In a folder of sentence-transformers it is where
   * `modules.json` has the model.
   * @param folder - With `tokenizer.json`, or the older files; or a `.gguf` file.
   * @param options.storage - Where the files are. Default: the storage of the default backend.
   * @throws {@link DataError} if there is no such file.
   * @throws {@link TokenizerError} if a file cannot be used.
   */
  static async fromPretrained(
    folder: string,
    options: { readonly storage?: Storage | undefined } = {},
  ): Promise<Tokenizer> {
    checkOptionNames(OP, options, ['storage']);
    const storage = options.storage ?? defaultStorage(OP);
    const inside = folder.endsWith('.gguf') ? folder : await modelFolder(storage, folder);
    return readTokenizer(storage, inside, OP);
  }
}
