import { ArgumentError } from '@gai/core';
import { summary } from '@gai/nn';
import type { Tokenizer } from '@gai/tokenizers';
import { AutoModelForCausalLM } from '@gai/transformer';
import type { DecoderLanguageModel } from '@gai/transformer';
import { AutoTokenizer } from '@gai/transformer/text';
import { BlobStorage } from '../kit/blob-storage.ts';
import { visible } from './tokenizer-reading.ts';

/** A language model with its tokenizer. */
export interface LanguageModel {
  readonly name: string;
  readonly model: DecoderLanguageModel;
  readonly tokenizer: Tokenizer;
  /** What its texts began with in training. */
  readonly begin: number | undefined;
}

/** What the page says of a model. */
export interface ModelFacts {
  readonly name: string;
  readonly kind: string;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly parameters: number;
}

/** A model in files: a folder of Hugging Face's format, or a `.gguf` file, with what stands beside it. */
export async function languageModelOf(files: ReadonlyMap<string, Blob>, name: string): Promise<LanguageModel> {
  const gguf = [...files.keys()].find((each) => each.endsWith('.gguf'));
  if (gguf === undefined && !files.has('config.json')) throw noModel([...files.keys()]);
  const storage = new BlobStorage(files);
  const path = gguf === undefined ? BlobStorage.folder : `${BlobStorage.folder}/${gguf}`;
  const tokenizer = await AutoTokenizer.fromPretrained(path, { storage });
  const model = await AutoModelForCausalLM.fromPretrained(path, { storage });
  return { name, model, tokenizer, begin: beginOf(model, tokenizer) };
}

export function factsOf({ name, model }: LanguageModel): ModelFacts {
  const { parameters } = summary(model);
  const { layers, vocabulary } = model.decoding;
  // The class has another name once the page is built and minified.
  const { architecture: kind } = model.constructor as unknown as { readonly architecture: string };
  return { name, kind, layers, heads: model.queryHeads, vocabulary, parameters };
}

/**
 * What the tokenizer puts in front of a text; else, where texts begin and end with one and the same token, that one, which the model has
 * seen in front of every text.
 */
function beginOf({ origin }: DecoderLanguageModel, tokenizer: Tokenizer): number | undefined {
  const own = tokenizer.encode('a', { addSpecialTokens: false }).ids[0];
  const first = tokenizer.encode('a').ids[0];
  if (first !== own) return first;
  const json = JSON.parse(origin?.generationConfig ?? '{}') as { bos_token_id?: unknown; eos_token_id?: unknown };
  return typeof json.bos_token_id === 'number' && json.bos_token_id === json.eos_token_id
    ? json.bos_token_id
    : undefined;
}

/** A token as a reader sees it: spaces and ends of lines made visible, what is only a part of a character as its name. */
export function shownToken(tokenizer: Tokenizer, id: number): string {
  const text = tokenizer.decode([id], { skipSpecialTokens: false });
  const isPart = text === '' || text.includes('\uFFFD');
  const shown = isPart ? (tokenizer.idToToken(id) ?? `#${id}`) : text;
  return visible(shown).replaceAll(
    /[\p{C}\p{Z}]/gu,
    (hidden) => `<${hidden.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** What a token adds to the text of `ids`; nothing if it is only a part of a character. */
export function addedText(tokenizer: Tokenizer, ids: readonly number[], id: number): string {
  const [before, after] = [tokenizer.decode(ids), tokenizer.decode([...ids, id])];
  const added = after.startsWith(before) ? after.slice(before.length) : '';
  return added.includes('\uFFFD') ? '' : added;
}

const noModel = (names: readonly string[]): ArgumentError =>
  new ArgumentError(
    `There is no model among these files (${names.length === 0 ? 'none' : names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}). ` +
      `Open a folder with config.json, model.safetensors and tokenizer.json, or a .gguf file.`,
  );
