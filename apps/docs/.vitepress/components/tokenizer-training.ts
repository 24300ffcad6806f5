import { characterTokenizer, trainBPE, trainUnigram, trainWordPiece } from '@gai/tokenizers';
import type { Tokenizer } from '@gai/tokenizers';
import { lineOf } from '../kit/latest.ts';

/** A tokenizer that was learned, or why there is none. */
export interface Learned {
  readonly name: string;
  /** How it works, in a line. */
  readonly about: string;
  readonly tokenizer: Tokenizer | undefined;
  readonly error: string;
}

/** More would keep the page waiting. */
export const MOST_CHARACTERS = 200_000;

const KINDS: readonly (Pick<Learned, 'name' | 'about'> & {
  readonly learn: (text: string, vocabSize: number) => Tokenizer | Promise<Tokenizer>;
})[] = [
  { name: 'Characters', about: 'every character it has seen is a token', learn: (text) => characterTokenizer(text) },
  {
    name: 'Bytes',
    about: 'the 256 bytes of UTF-8; nothing is learned',
    learn: () => trainBPE('', { vocabSize: 256 }),
  },
  {
    name: 'BPE',
    about: 'bytes, and the most frequent pairs merged (GPT-2, Llama 3)',
    learn: (text, vocabSize) => trainBPE(text, { vocabSize }),
  },
  {
    name: 'WordPiece',
    about: 'the longest piece that fits, ## inside words (BERT)',
    learn: (text, vocabSize) => trainWordPiece(text, { vocabSize }),
  },
  {
    name: 'Unigram',
    about: 'the most likely pieces, ▁ for spaces (T5, ALBERT)',
    learn: (text, vocabSize) => trainUnigram(text, { vocabSize }),
  },
];

/** What was learned last, oldest first: typing elsewhere, or another figure of the page, need not learn it again. */
const kept = new Map<string, Promise<Learned[]>>();
const MOST_KEPT = 3;

/** Learns one of each kind from a text. */
export function learnAll(text: string, vocabSize: number): Promise<Learned[]> {
  const key = `${vocabSize} ${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const learned = Promise.all(KINDS.map((kind) => learn(kind, text.slice(0, MOST_CHARACTERS), vocabSize)));
  kept.set(key, learned);
  for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
  return learned;
}

async function learn(
  { name, about, learn: run }: (typeof KINDS)[number],
  text: string,
  vocabSize: number,
): Promise<Learned> {
  try {
    return { name, about, tokenizer: await run(text, vocabSize), error: '' };
  } catch (error) {
    return { name, about, tokenizer: undefined, error: lineOf(error) };
  }
}
