import { Tokenizer } from '@gai/tokenizers';
import { modelIn, readText } from './tokenizer-reading.ts';
import type { Reading } from './tokenizer-reading.ts';

/** Two neighbours, and how often they stand side by side. */
export interface CountedPair {
  readonly left: string;
  readonly right: string;
  readonly count: number;
}

/** Where learning stands after some merges. */
export interface MergeStep {
  readonly done: number;
  /** Merges that were learned in all. */
  readonly total: number;
  /** The merge to come; undefined after the last. */
  readonly next: CountedPair | undefined;
  /** The most frequent pairs, the next one first. */
  readonly pairs: readonly CountedPair[];
  /** The reader's text with the merges so far. */
  readonly reading: Reading;
}

/** Pairs that are shown. */
const SHOWN = 5;

/** A byte-level BPE as it was after its first `done` merges, on the text it learns from and on another. */
export function mergeStep(
  tokenizer: Tokenizer,
  done: number,
  { corpus, text }: { corpus: string; text: string },
): MergeStep {
  const json = tokenizer.toJSON();
  const model = modelIn(json);
  const merges = (model.merges ?? []) as readonly (readonly [string, string])[];
  const partial = Tokenizer.fromJSON({ ...json, model: { ...model, merges: merges.slice(0, done) } });
  const counts = countPairs(partial, corpus);
  const counted = (left: string, right: string): CountedPair => ({
    left,
    right,
    count: counts.get(`${left} ${right}`) ?? 0,
  });
  const next = merges[done];
  const others = [...counts.keys()]
    .map((pair) => counted(...(pair.split(' ') as [string, string])))
    .filter(({ left, right }) => left !== next?.[0] || right !== next[1])
    .sort((a, b) => b.count - a.count);
  const first = next && counted(...next);
  return {
    done,
    total: merges.length,
    next: first,
    pairs: [...(first === undefined ? [] : [first]), ...others].slice(0, SHOWN),
    reading: readText(partial, text),
  };
}

/** How often two tokens are neighbours within a word; tokens hold no space, which they write as another letter. */
function countPairs(tokenizer: Tokenizer, corpus: string): Map<string, number> {
  const { tokens, wordIds } = tokenizer.encode(corpus, { addSpecialTokens: false });
  const counts = new Map<string, number>();
  for (let at = 1; at < tokens.length; at++) {
    if (wordIds[at] !== wordIds[at - 1]) continue;
    const pair = `${tokens[at - 1]!} ${tokens[at]!}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}
