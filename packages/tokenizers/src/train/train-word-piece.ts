import { readNormalizer } from '../normalizers/read.ts';
import { readPreTokenizer } from '../pre-tokenizers/read.ts';
import { Tokenizer } from '../tokenizer.ts';
import { countWords } from './count-words.ts';
import { learnMerges } from './learn-merges.ts';
import { checkSpecialTokens, checkVocabSize, specialEntries, checkTrainingOptions } from './options.ts';
import type { TrainingOptions, TrainingTexts } from './options.ts';

/** Settings of {@link trainWordPiece}. */
export interface TrainWordPieceOptions extends TrainingOptions {
  /** Pairs that are rarer are not merged. Default 0. */
  readonly minFrequency?: number | undefined;
  /** Reads capital letters as small ones, and takes accents off. Default true. */
  readonly lowercase?: boolean | undefined;
  /** Characters that are rarer than so many are unknown. Default: all are known. */
  readonly limitAlphabet?: number | undefined;
}

const PREFIX = '##';
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/**
 * Learns a WordPiece vocabulary, BERT's kind. As Hugging Face's trainer does, it merges the most frequent pairs (not those of
 * the best likelihood); pieces inside words begin with `##`.
 * @param texts - What it learns from.
 * @param options.specialTokens - `[UNK]`, `[CLS]` and `[SEP]` must be among them. Default BERT's five.
 * @throws {@link TokenizerError} if one of these is missing, or vocabSize leaves no room for the characters and the special tokens.
 * @example
 * const tokenizer = await trainWordPiece('low low lower lowest', { vocabSize: 30 });
 * tokenizer.encode('Lowest').tokens; // => ['[CLS]', 'lowest', '[SEP]']
 * @category Training
 */
export async function trainWordPiece(texts: TrainingTexts, options: TrainWordPieceOptions): Promise<Tokenizer> {
  checkTrainingOptions('trainWordPiece', options, ['minFrequency', 'lowercase', 'limitAlphabet']);
  const { vocabSize, specialTokens = SPECIAL, minFrequency = 0, lowercase = true, limitAlphabet = Infinity } = options;
  checkSpecialTokens('trainWordPiece', specialTokens, ['[UNK]', '[CLS]', '[SEP]']);
  const normalizerJson = {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase,
  };
  const preTokenizer = readPreTokenizer({ type: 'BertPreTokenizer' });
  const normalizer = readNormalizer(normalizerJson);
  const counts = await countWords(texts, { normalizer, preTokenizer }, options.onProgress);
  const alphabet = alphabetOf(counts, limitAlphabet);
  const tokens = [...new Set([...specialTokens, ...alphabet, ...insidesOf(counts, alphabet)])];
  checkVocabSize('trainWordPiece', vocabSize, tokens.length);
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const words = Array.from(counts, ([word, count]) => {
    const symbols = Array.from(word, (character, index) => idOf.get(index === 0 ? character : PREFIX + character));
    return { count, symbols: Int32Array.from(symbols.filter((id) => id !== undefined)) };
  });
  learnMerges(words, tokens, {
    vocabSize,
    minFrequency,
    join: (left, right) => left + right.slice(right.startsWith(PREFIX) ? PREFIX.length : 0),
    report: options.onProgress,
  });
  return Tokenizer.fromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialEntries(specialTokens),
    normalizer: normalizerJson,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'BertProcessing',
      sep: ['[SEP]', specialTokens.indexOf('[SEP]')],
      cls: ['[CLS]', specialTokens.indexOf('[CLS]')],
    },
    decoder: { type: 'WordPiece', prefix: PREFIX, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: PREFIX,
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  });
}

/** The characters of all words, the most frequent ones if there is a limit, in the order of their code points. */
function alphabetOf(counts: ReadonlyMap<string, number>, limit: number): string[] {
  const characters = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) characters.set(character, (characters.get(character) ?? 0) + count);
  }
  const byCount = [...characters].sort(([a, m], [b, n]) => n - m || byCode(a, b)).slice(0, limit);
  return byCount.map(([character]) => character).sort(byCode);
}

const byCode = (a: string, b: string): number => a.codePointAt(0)! - b.codePointAt(0)!;

/** The characters that stand inside a word, marked so. */
function insidesOf(counts: ReadonlyMap<string, number>, alphabet: readonly string[]): string[] {
  const inside = new Set<string>();
  for (const word of counts.keys()) for (const character of [...word].slice(1)) inside.add(character);
  return alphabet.filter((character) => inside.has(character)).map((character) => PREFIX + character);
}
