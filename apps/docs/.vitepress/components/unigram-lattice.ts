import type { Tokenizer } from '@gai/tokenizers';
import { modelOf } from './tokenizer-reading.ts';

/** A piece of the vocabulary that stands somewhere in a word. */
export interface LatticePiece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The logarithm of its probability. */
  readonly score: number;
}

/** A way to cut a word. */
export interface Way {
  readonly pieces: readonly LatticePiece[];
  /** The sum of the scores of its pieces. */
  readonly score: number;
}

/** All pieces in a word, and the most likely ways to cut it. */
export interface WordLattice {
  readonly characters: readonly string[];
  readonly pieces: readonly LatticePiece[];
  /** The most likely first; empty if a character is unknown. */
  readonly ways: readonly Way[];
  /** How many ways there are. */
  readonly count: number;
}

/** Ways that are shown. */
const SHOWN = 4;

/** What a Unigram model can make of a word: `▁` stands for the space before it. */
export function wordLattice(tokenizer: Tokenizer, word: string): WordLattice {
  const vocab = new Map(modelOf(tokenizer).vocab as readonly (readonly [string, number])[]);
  const special = new Set(tokenizer.addedTokens.map(({ content }) => content));
  const characters = [`▁`, ...word];
  const pieces: LatticePiece[] = [];
  for (let start = 0; start < characters.length; start++) {
    for (let end = start + 1; end <= characters.length; end++) {
      const text = characters.slice(start, end).join('');
      const score = special.has(text) ? undefined : vocab.get(text);
      if (score !== undefined) pieces.push({ text, start, end, score });
    }
  }
  return { characters, pieces, ...bestWays(pieces, characters.length) };
}

/** The best ways to every place are a best way to a place before it and one piece more. */
function bestWays(pieces: readonly LatticePiece[], length: number): { ways: Way[]; count: number } {
  const ways: Way[][] = Array.from({ length: length + 1 }, () => []);
  const counts = Array.from({ length: length + 1 }, () => 0);
  ways[0] = [{ pieces: [], score: 0 }];
  counts[0] = 1;
  for (let end = 1; end <= length; end++) {
    const last = pieces.filter((piece) => piece.end === end);
    counts[end] = last.reduce((sum, { start }) => sum + counts[start]!, 0);
    ways[end] = last
      .flatMap((piece) =>
        ways[piece.start]!.map((way) => ({ pieces: [...way.pieces, piece], score: way.score + piece.score })),
      )
      .sort((a, b) => b.score - a.score)
      .slice(0, SHOWN);
  }
  return { ways: ways[length]!, count: counts[length]! };
}
