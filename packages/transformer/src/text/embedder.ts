import { ArgumentError, compile, data, spec, tensor } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { quoted } from '@gai/core/io';
import { ProviderError, checkTexts } from '@gai/providers';
import type { EmbedOptions, Embedder, Embeddings } from '@gai/providers';
import type { Encoding } from '@gai/tokenizers';
import { LOADING_OPTIONS } from '../pretrained/check-changes.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { readModules } from '../sentence/read-modules.ts';
import { loadSentenceTransformer } from '../sentence/sentence-transformer.ts';
import { readTextSettings } from './read-text-settings.ts';
import { readTokenizer } from './read-tokenizer.ts';

/**
 * Options of {@link embedder}.
 * @category Sentence embeddings
 */
export interface EmbedderOptions extends LoadingOptions {
  /** Texts that are computed together; those of similar length are. Default 32. */
  readonly batchSize?: number | undefined;
  /** Texts are cut to so many tokens. Default: what the folder says. */
  readonly maxLength?: number | undefined;
}

/**
 * An {@link Embedder} that runs here; dispose of it to free its copy of the weights.
 * @category Sentence embeddings
 */
export interface TextEmbedder extends Embedder {
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Texts to vectors, with a folder of sentence-transformers: its tokenizer, its model, how hidden states become one vector, and the
 * prefixes it was trained with for queries and documents.
 * @param folder - With `modules.json`, a tokenizer (`tokenizer.json`, or the older files), `config.json` and safetensors files; or a `.gguf` file.
 * @throws {@link ArgumentError} if `batchSize` or `maxLength` is out of range.
 * @throws {@link DataError} if a file is missing, or asks for something that is not known here.
 * @example
 * await new BertModel({ vocabSize: 3, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 }).savePretrained('tiny');
 * const words = { type: 'WordLevel', vocab: { '[UNK]': 0, cat: 1, dog: 2 }, unk_token: '[UNK]' };
 * const file = JSON.stringify({ model: words, pre_tokenizer: { type: 'Whitespace' } });
 * await getDefaultBackend().storage!.writeAtomic('tiny/tokenizer.json', [new TextEncoder().encode(file)]);
 * await using texts = await embedder('tiny');
 * const { vectors } = await texts.embed(['cat', 'dog cat dog']);
 * vectors.map(({ length }) => length); // => [4, 4]
 * @see Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084
 * @category Sentence embeddings
 */
export async function embedder(folder: string, options: EmbedderOptions = {}): Promise<TextEmbedder> {
  checkOptionNames('embedder', options, ['batchSize', 'maxLength', ...LOADING_OPTIONS]);
  const { batchSize = 32, maxLength, ...loading } = options;
  checkCount('batchSize', batchSize);
  if (maxLength !== undefined) checkCount('maxLength', maxLength);
  const storage = loading.storage ?? defaultStorage('embedder');
  const modules = await readModules(storage, folder);
  const tokenizer = await readTokenizer(storage, modules.model, 'embedder');
  const settings = await readTextSettings(storage, folder, modules.model);
  const model = await loadSentenceTransformer(modules, { ...loading, storage });
  const config = model.transformer.config as TextConfig;
  const padding = paddingOf(config);
  const positions = config.maxPositionEmbeddings ?? config.nPositions ?? Infinity;
  const longest = Math.min(maxLength ?? settings.maxLength ?? Infinity, positions);
  const int32 = spec(['batch', 'time'], 'int32');
  // A model without segments may make something else of types: GPT-2 adds the embedding of a word.
  const hasTypes = config.typeVocabSize !== undefined;
  const inputs = { attentionMask: int32, pooledMask: int32, ...(hasTypes ? { tokenTypeIds: int32 } : {}) };
  const run = await compile(model, { ids: int32, inputs });
  const encode = (text: string): Encoding => {
    const truncation = longest === Infinity ? null : { maxLength: longest };
    return tokenizer.encode(settings.lowerCase ? text.toLowerCase() : text, { truncation, padding: null });
  };
  let dimensions: number | undefined;
  const embed = async (texts: readonly string[], given: EmbedOptions = {}): Promise<Embeddings> => {
    checkOptionNames('embed', given, ['purpose', 'signal']);
    const { purpose, signal } = given;
    checkTexts('embed', texts);
    const prefix = settings.prefixOf(purpose);
    const prompt = model.includesPrompt || prefix === '' ? 0 : promptLength(encode(prefix));
    const encoded = texts.map((text) => encode(prefix + text));
    const vectors: Float32Array[] = [];
    const order = [...encoded.keys()].sort((a, b) => encoded[a]!.ids.length - encoded[b]!.ids.length);
    for (let at = 0; at < order.length || at === 0; at += batchSize) {
      signal?.throwIfAborted();
      const part = order.slice(at, at + batchSize);
      const rows = await embedBatch(
        run,
        part.map((index) => encoded[index]!),
        { padding, prompt, hasTypes },
      );
      for (const [row, index] of part.entries()) vectors[index] = rows[row]!;
    }
    const odd = vectors.findIndex((vector) => !vector.every(Number.isFinite));
    if (odd >= 0) throw notFinite(texts[odd]!);
    dimensions ??= vectors[0]?.length;
    const inputTokens = encoded.reduce((count, { ids }) => count + ids.length, 0);
    return { vectors, usage: { inputTokens, outputTokens: undefined } };
  };
  const dispose = (): Promise<void> => run.dispose();
  return {
    model: folder,
    get dimensions() {
      return dimensions;
    },
    embed,
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** What some family says of texts. */
interface TextConfig {
  readonly maxPositionEmbeddings?: number;
  readonly nPositions?: number;
  readonly padTokenId?: number | null;
  readonly typeVocabSize?: number;
  readonly vocabSize: number;
}

/** Any token will do, since the mask leaves it out; what is none would be looked up outside of the table. */
function paddingOf({ padTokenId: pad = 0, vocabSize }: TextConfig): number {
  return pad !== null && pad >= 0 && pad < vocabSize ? pad : 0;
}

const notFinite = (text: string): ProviderError =>
  new ProviderError(
    'BAD_OUTPUT',
    `embed: a vector has numbers that are none. Got NaN or infinity for ${quoted(text, 40)}; expected finite numbers. The weights are ` +
      `damaged, or do not fit the configuration: gai models check compares their checksums.`,
    { op: 'embed' },
  );

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ArgumentError(
    `embedder: ${name} is out of range. Got ${value}; expected a whole number of at least 1. Change it.`,
    { op: 'embedder', details: { [name]: value } },
  );
}

/** The tokens of a prompt in front of a text: those of the prompt alone but for an end that is added. */
function promptLength({ ids, specialTokensMask }: Encoding): number {
  return specialTokensMask.at(-1) === 1 ? ids.length - 1 : ids.length;
}

/** Texts of one batch, filled up to the longest. */
async function embedBatch(
  run: Compiled<Tensor>,
  texts: readonly Encoding[],
  { padding, prompt, hasTypes }: { readonly padding: number; readonly prompt: number; readonly hasTypes: boolean },
): Promise<Float32Array[]> {
  if (texts.length === 0) return [];
  const shape = [texts.length, texts.reduce((most, { ids }) => Math.max(most, ids.length), 1)] as const;
  const filled = (value: number): Int32Array => new Int32Array(shape[0] * shape[1]).fill(value);
  const [ids, mask, types, pooled] = [filled(padding), filled(0), filled(0), filled(0)] as const;
  for (const [row, text] of texts.entries()) {
    const start = row * shape[1];
    const end = start + text.ids.length;
    ids.set(text.ids, start);
    types.set(text.typeIds, start);
    mask.fill(1, start, end);
    pooled.fill(1, Math.min(start + prompt, end), end);
  }
  const batch = (values: Int32Array): Tensor => tensor(values, { shape: [...shape] });
  const segments = hasTypes ? { tokenTypeIds: batch(types) } : {};
  const inputs = { attentionMask: batch(mask), pooledMask: batch(pooled), ...segments };
  const vectors = (await data(await run(batch(ids), inputs))) as Float32Array;
  const width = vectors.length / texts.length;
  return texts.map((_, row) => vectors.slice(row * width, (row + 1) * width));
}
