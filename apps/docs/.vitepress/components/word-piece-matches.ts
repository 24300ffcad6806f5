import type { Tokenizer } from '@gai/tokenizers';

/** One piece of a word, and what was tried before it. */
export interface Match {
  /** Longer pieces that are not in the vocabulary, longest first. */
  readonly tried: readonly string[];
  /** The piece that is; undefined if not even a character was. */
  readonly taken: string | undefined;
}

/** WordPiece on a word as its vocabulary spells it: the longest piece at the front, then the longest at the rest, and so on. */
export function longestMatches(tokenizer: Tokenizer, word: string): Match[] {
  const matches: Match[] = [];
  const characters = [...word];
  for (let start = 0; start < characters.length;) {
    const tried: string[] = [];
    let end = characters.length;
    let taken: string | undefined;
    for (; end > start && taken === undefined; end--) {
      const piece = (start > 0 ? '##' : '') + characters.slice(start, end).join('');
      if (tokenizer.tokenToId(piece) === undefined) tried.push(piece);
      else taken = piece;
    }
    matches.push({ tried, taken });
    if (taken === undefined) break;
    start = end + 1;
  }
  return matches;
}

/** A word as the normalizer of the page's WordPiece leaves it: small letters without accents; the first word only. */
export function plainWord(text: string): string {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
  return /[\p{L}\p{N}]+/u.exec(plain)?.[0] ?? '';
}
