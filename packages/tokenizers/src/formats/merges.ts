import { refuse } from './refuse.ts';

/** Units of the longest token that is taken apart. */
const LONGEST = 512;

/**
 * The merges of a vocabulary that has none: every way to make a token of two others, in the order of the vocabulary.
 *
 * SentencePiece and tiktoken give all ways to make a token one rank, here one comes after the other. That makes no difference: a
 * stretch of a text is merged by the same steps wherever it stands, so that it comes to one pair only, and all pairs in a text that make
 * the same token are equal.
 * @param tokens - The tokens that are made, first those that are made first.
 * @param vocab - All tokens, with their ids.
 */
export function mergesOf(tokens: readonly string[], vocab: ReadonlyMap<string, number>): [string, string][] {
  const merges: [string, string][] = [];
  for (const token of tokens) {
    if (token.length > LONGEST) {
      throw refuse('a token is too long to be taken apart', `${token.length} characters`, `at most ${LONGEST}`);
    }
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      if (vocab.has(left) && vocab.has(right)) merges.push([left, right]);
    }
  }
  return merges;
}
