import { readPreTokenizer } from '../pre-tokenizers/read.ts';
import { readPattern } from '../formats/read-pattern.ts';
import { characterOf, utf8 } from '../text/byte-characters.ts';
import { Tokenizer } from '../tokenizer.ts';
import { countWords } from './count-words.ts';
import { learnMerges } from './learn-merges.ts';
import { checkSpecialTokens, checkVocabSize, specialEntries, checkTrainingOptions } from './options.ts';
import type { TrainingOptions, TrainingTexts } from './options.ts';

/** Settings of {@link trainBPE}. */
export interface TrainBPEOptions extends TrainingOptions {
  /** Pairs that are rarer are not merged. Default 0. */
  readonly minFrequency?: number | undefined;
  /** How texts are cut into words: `gpt2`, `llama3`, `qwen2`, `smollm` …, or a regular expression. Default `gpt2`. */
  readonly pattern?: string | undefined;
}

/**
 * Learns a byte-level BPE, GPT-2's kind: every text can be written in it, and comes back as it was. Merges are those of
 * Hugging Face's trainer with the alphabet of all bytes; its tie rule is the same.
 * @param texts - What it learns from.
 * @throws {@link TokenizerError} if vocabSize leaves no room for the 256 bytes and the special tokens, or `pattern` is a name nobody knows.
 * @example
 * const tokenizer = await trainBPE('low low low lower lowest', { vocabSize: 260, specialTokens: ['<|end|>'] });
 * tokenizer.encode('lower').tokens; // => ['low', 'e', 'r']
 * @see Sennrich et al. 2016, https://arxiv.org/abs/1508.07909
 * @category Training
 */
export async function trainBPE(texts: TrainingTexts, options: TrainBPEOptions): Promise<Tokenizer> {
  checkTrainingOptions('trainBPE', options, ['minFrequency', 'pattern']);
  const { vocabSize, specialTokens = [], minFrequency = 0, pattern = 'gpt2', onProgress } = options;
  checkSpecialTokens('trainBPE', specialTokens);
  checkVocabSize('trainBPE', vocabSize, specialTokens.length + 256);
  const json = readPattern('trainBPE', pattern);
  const preTokenizer = readPreTokenizer(json);
  const counts = await countWords(texts, { normalizer: undefined, preTokenizer }, onProgress);
  const alphabet = Array.from({ length: 256 }, (_, byte) => characterOf(byte)).sort();
  const tokens = [...new Set([...specialTokens, ...alphabet])];
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const bytes = Int32Array.from({ length: 256 }, (_, byte) => idOf.get(characterOf(byte))!);
  const words = Array.from(counts, ([word, count]) => ({
    count,
    symbols: Int32Array.from(utf8(word), (byte) => bytes[byte]!),
  }));
  const merges = learnMerges(words, tokens, {
    vocabSize,
    minFrequency,
    join: (left, right) => left + right,
    report: onProgress,
  });
  return Tokenizer.fromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialEntries(specialTokens),
    normalizer: null,
    pre_tokenizer: json,
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  });
}
