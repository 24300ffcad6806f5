import { checkOptionNames } from '../check-option-names.ts';
import { TokenizerError } from '../errors.ts';

/** What a tokenizer learns from: a text, or texts one after the other, which may come from a file or the network. */
export type TrainingTexts = string | Iterable<string> | AsyncIterable<string>;

/** How far training is. */
export interface TrainingProgress {
  /** `reading` counts words in the texts, `learning` makes tokens of them. */
  readonly phase: 'reading' | 'learning';
  /** Texts that were read, or tokens there are. */
  readonly done: number;
  /** How many there will be, if known. */
  readonly total: number | undefined;
}

/** Told how far training is, now and then. */
export type ReportTraining = (progress: TrainingProgress) => void;

/** What all trainers take. */
export interface TrainingOptions {
  /** Number of tokens at most, special tokens included. */
  readonly vocabSize: number;
  /** Tokens that are never made of text, with the first ids. Default none. */
  readonly specialTokens?: readonly string[] | undefined;
  /** Called now and then with how far training is. */
  readonly onProgress?: ReportTraining | undefined;
}

const COMMON = ['vocabSize', 'specialTokens', 'onProgress'];

/** @throws {@link TokenizerError} if an option is none: `special_tokens` would leave them out silently. */
export function checkTrainingOptions(op: string, options: unknown, own: readonly string[]): void {
  checkOptionNames(op, options, [...COMMON, ...own]);
}

/** @throws {@link TokenizerError} if a size is no whole number, or there is no room for what must be in the vocabulary. */
export function checkVocabSize(op: string, vocabSize: number, least: number): void {
  if (Number.isSafeInteger(vocabSize) && vocabSize >= least && vocabSize < 2 ** 24) return;
  throw new TokenizerError(
    'ARGUMENT',
    `${op}: vocabSize is out of range. Got ${vocabSize}; expected a whole number from ${least}, for special tokens and single ` +
      `characters, to ${2 ** 24}. Raise vocabSize.`,
    { op, details: { vocabSize, least } },
  );
}

/** @throws {@link TokenizerError} if a special token is empty or there twice, or one that is needed is missing. */
export function checkSpecialTokens(op: string, tokens: readonly string[], needed: readonly string[] = []): void {
  const missing = needed.filter((token) => !tokens.includes(token));
  if (missing.length > 0) {
    throw new TokenizerError(
      'ARGUMENT',
      `${op}: special tokens are missing. Got ${JSON.stringify(tokens)}; expected ${missing.join(', ')} among them. Add them.`,
      { op },
    );
  }
  const wrong = tokens.find((token, index) => token === '' || tokens.indexOf(token) !== index);
  if (wrong === undefined) return;
  throw new TokenizerError(
    'ARGUMENT',
    `${op}: special tokens must differ. Got ${JSON.stringify(wrong)}; expected texts that are not empty, each once.`,
    { op },
  );
}

/** Special tokens as a tokenizer.json has them. */
export const specialEntries = (tokens: readonly string[]): readonly object[] =>
  tokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
