import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { fileIn, readJson } from '../pretrained/folder.ts';
import type { SentenceModules } from '../sentence/read-modules.ts';

/** What a folder of sentence-transformers says about its texts. */
export interface TextSettings {
  readonly maxLength: number | undefined;
  readonly lowerCase: boolean;
  readonly prefixOf: (purpose: 'document' | 'query' | undefined) => string;
}

/**
 * Reads `sentence_bert_config.json` beside the model, and the prompts of `config_sentence_transformers.json`.
 * @throws {@link DataError} for what is not known here.
 */
export async function readTextSettings(
  storage: Storage,
  folder: string,
  { model, includesPrompt }: SentenceModules,
): Promise<TextSettings> {
  const own = (await readJson(storage, fileIn(model, 'sentence_bert_config.json'))) ?? {};
  const { prompts, default_prompt_name: standard } =
    (await readJson(storage, fileIn(folder, 'config_sentence_transformers.json'))) ?? {};
  const table = (typeof prompts === 'object' && prompts !== null ? prompts : {}) as Readonly<Record<string, unknown>>;
  if (!includesPrompt && Object.values(table).some((prompt) => prompt !== '')) {
    throw notKnown(folder, 'include_prompt false, with prompts', 'prompts whose tokens count');
  }
  const longest = own.max_seq_length ?? undefined;
  if (longest !== undefined && !(Number.isSafeInteger(longest) && (longest as number) >= 1)) {
    throw notKnown(model, `max_seq_length ${quoted(longest)}`, 'a whole number of at least 1');
  }
  const named = (name: unknown): string | undefined => {
    const prefix = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
    return typeof prefix === 'string' ? prefix : undefined;
  };
  return {
    maxLength: longest as number | undefined,
    lowerCase: own.do_lower_case === true,
    prefixOf: (purpose) => named(purpose) ?? named(standard) ?? '',
  };
}

const notKnown = (folder: string, got: string, expected: string): DataError =>
  new DataError(
    `embedder: this folder of sentence-transformers is not supported. Got ${got} in '${folder}'; expected ${expected}. Load the model with ` +
      `SentenceTransformer, and write the rest.`,
    { op: 'embedder', details: { folder } },
  );
