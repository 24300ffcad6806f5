import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { fileIn, readJson } from '../pretrained/folder.ts';
import { checkFields } from '../sentence/refuse.ts';

/** What a folder of sentence-transformers says about its texts. */
export interface TextSettings {
  readonly maxLength: number | undefined;
  readonly lowerCase: boolean;
  readonly prefixOf: (purpose: 'document' | 'query' | undefined) => string;
}

/** What the settings of the model's texts may be called: the newest and the oldest names. */
const FILES: readonly string[] = ['bert', 'roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet'];

/** Fields that are read, or say nothing about the vectors of texts. */
const SETTLED: readonly string[] = [
  'max_seq_length',
  'do_lower_case',
  'modality_config',
  'unpad_inputs',
  'config_args',
];

/** What is so here anyway. */
const FIXED: Readonly<Record<string, unknown>> = {
  transformer_task: 'feature-extraction',
  module_output_name: 'token_embeddings',
};

/**
 * Reads `sentence_bert_config.json` beside the model, the longest text of its tokenizer, and the prompts of
 * `config_sentence_transformers.json`.
 * @param model - The folder of the model itself.
 * @throws {@link DataError} for what is not known here.
 */
export async function readTextSettings(storage: Storage, folder: string, model: string): Promise<TextSettings> {
  const files = await Promise.all(
    FILES.map((name) => readJson(storage, fileIn(model, `sentence_${name}_config.json`))),
  );
  const own = files.find((file) => file !== undefined) ?? {};
  const others = Object.entries(own).filter(([name, value]) => FIXED[name] !== value);
  checkFields(model, Object.fromEntries(others), SETTLED);
  return {
    maxLength: await longest(storage, model, own.max_seq_length ?? undefined),
    lowerCase: own.do_lower_case === true,
    prefixOf: await readPrompts(storage, folder),
  };
}

/** What the settings say, or else the tokenizer: its longest text may be a number too large for anything, which means none. */
async function longest(storage: Storage, model: string, given: unknown): Promise<number | undefined> {
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
  if (isCount(given)) return given;
  if (given !== undefined) throw notKnown(model, `max_seq_length ${quoted(given)}`, 'a whole number of at least 1');
  const { model_max_length: most } = (await readJson(storage, fileIn(model, 'tokenizer_config.json'))) ?? {};
  return isCount(most) ? most : undefined;
}

/** What is written before texts. */
async function readPrompts(storage: Storage, folder: string): Promise<TextSettings['prefixOf']> {
  const { prompts, default_prompt_name: standard } =
    (await readJson(storage, fileIn(folder, 'config_sentence_transformers.json'))) ?? {};
  const table = (typeof prompts === 'object' && prompts !== null ? prompts : {}) as Readonly<Record<string, unknown>>;
  const named = (name: unknown): string | undefined => {
    const prefix = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
    return typeof prefix === 'string' ? prefix : undefined;
  };
  const names = { query: ['query'], document: ['document', 'passage', 'corpus'] } as const;
  return (purpose) => {
    const own = purpose === undefined ? [] : names[purpose].map(named);
    return own.find((prefix) => prefix !== undefined) ?? named(standard) ?? '';
  };
}

const notKnown = (folder: string, got: string, expected: string): DataError =>
  new DataError(
    `embedder: this folder of sentence-transformers is not supported. Got ${got} in '${folder}'; expected ${expected}. Load the model with ` +
      `SentenceTransformer, and write the rest.`,
    { op: 'embedder', details: { folder } },
  );
