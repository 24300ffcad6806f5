import { refuse } from './refuse.ts';

/** Units of the longest token that is taken apart. */
const LONGEST = 512;

/**
 * The merges of a vocabulary that has none: every way to make a token of two others. Tokens are merged in the order of the
 * vocabulary, so that all ways to make a token have its rank.
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
