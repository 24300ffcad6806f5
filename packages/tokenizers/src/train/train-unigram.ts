import { readNormalizer } from '../normalizers/read.ts';
import { readPreTokenizer } from '../pre-tokenizers/read.ts';
import { Tokenizer } from '../tokenizer.ts';
import { countWords } from './count-words.ts';
import { learnUnigram } from './learn-unigram.ts';
import { checkSpecialTokens, checkVocabSize, specialEntries, checkTrainingOptions } from './options.ts';
import type { TrainingOptions, TrainingTexts } from './options.ts';

/** Settings of {@link trainUnigram}. */
export interface TrainUnigramOptions extends TrainingOptions {
  /** Characters of the longest token. Default 16. */
  readonly maxPieceLength?: number | undefined;
  /** Candidates training begins with. Default 20 for each token, and at least 10,000. */
  readonly seedSize?: number | undefined;
}

const NORMALIZER = {
  type: 'Sequence',
  normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }],
};
const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };

/**
 * Learns a Unigram model, SentencePiece's kind: the tokens that together make the texts most likely. Unlike BPE it can tell
 * how likely each way to cut a word is.
 * @param texts - What it learns from.
 * @param options.specialTokens - `<unk>` must be among them. Default `<unk>`, `<s>` and `</s>`.
 * @throws {@link TokenizerError} if vocabSize leaves no room for the characters and the special tokens.
 * @example
 * const tokenizer = await trainUnigram('low low low lower lowest', { vocabSize: 13 });
 * tokenizer.encode('low').tokens; // => ['▁low']
 * @see Kudo 2018, https://arxiv.org/abs/1804.10959
 * @category Training
 */
export async function trainUnigram(texts: TrainingTexts, options: TrainUnigramOptions): Promise<Tokenizer> {
  checkTrainingOptions('trainUnigram', options, ['maxPieceLength', 'seedSize']);
  const { vocabSize, specialTokens = ['<unk>', '<s>', '</s>'], maxPieceLength = 16 } = options;
  const { seedSize = Math.max(10_000, 20 * vocabSize) } = options;
  checkSpecialTokens('trainUnigram', specialTokens, ['<unk>']);
  const parts = { normalizer: readNormalizer(NORMALIZER), preTokenizer: readPreTokenizer(METASPACE) };
  const counts = await countWords(texts, parts, options.onProgress);
  const characters = new Set(Array.from(counts.keys(), (word) => [...word]).flat());
  checkVocabSize('trainUnigram', vocabSize, specialTokens.length + Math.max(1, characters.size));
  const pieces = learnUnigram(counts, {
    size: vocabSize - specialTokens.length,
    maxPieceLength,
    seedSize,
    report: options.onProgress,
  });
  const special = new Set(specialTokens);
  return Tokenizer.fromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialEntries(specialTokens),
    normalizer: NORMALIZER,
    pre_tokenizer: METASPACE,
    post_processor: null,
    decoder: METASPACE,
    model: {
      type: 'Unigram',
      unk_id: specialTokens.indexOf('<unk>'),
      vocab: [
        ...specialTokens.map((token) => [token, 0]),
        ...pieces.filter(({ text }) => !special.has(text)).map(({ text, score }) => [text, rounded(score)]),
      ],
      byte_fallback: false,
    },
  });
}

/** To so many digits that every reader of JSON gets the same number. */
const rounded = (score: number): number => Number(score.toFixed(10));
