import { checkOptionNames } from './check-option-names.ts';
import { checkTexts } from './check-texts.ts';
import { ProviderError } from './errors.ts';
import type { Embedder } from './embedder.ts';

/** Numbers of the longest vector. */
const LONGEST = 2 ** 24;

/**
 * An {@link Embedder} without a model: each word adds ±1 at a place its hash names, and the vector is scaled to length 1
 * (feature hashing). Texts that share words are near each other; it knows nothing of meaning. For tests, and as the
 * weakest baseline.
 * @param options.dimensions - Length of the vectors. Default 256.
 * @example
 * const { vectors } = await hashingEmbedder({ dimensions: 8 }).embed(['red fish', 'fish, red!']);
 * String(vectors[0]) === String(vectors[1]); // => true
 * @see Weinberger et al. 2009, Feature Hashing for Large Scale Multitask Learning, https://arxiv.org/abs/0902.2206
 * @category Embedding
 */
export function hashingEmbedder(options: { readonly dimensions?: number | undefined } = {}): Embedder {
  checkOptionNames('hashingEmbedder', options, ['dimensions']);
  const { dimensions = 256 } = options;
  if (!Number.isSafeInteger(dimensions) || dimensions < 1 || dimensions > LONGEST) {
    throw new ProviderError(
      'ARGUMENT',
      `hashingEmbedder: dimensions is out of range. Got ${dimensions}; expected a whole number from 1 to ${LONGEST}.`,
      { op: 'hashingEmbedder' },
    );
  }
  return {
    model: `hashing-${dimensions}`,
    dimensions,
    async embed(texts, given = {}) {
      checkOptionNames('embed', given, ['purpose', 'signal']);
      const { signal } = given;
      signal?.throwIfAborted();
      checkTexts('embed', texts);
      const words = texts.map((text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
      const inputTokens = words.reduce((count, list) => count + list.length, 0);
      return {
        vectors: words.map((list) => project(list, dimensions)),
        usage: { inputTokens, outputTokens: undefined },
      };
    },
  };
}

function project(words: readonly string[], dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of words) {
    const hash = fnv1a(word);
    vector[hash % dimensions]! += hash >>> 31 === 0 ? 1 : -1;
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The hash of Fowler, Noll and Vo over UTF-16 units, with its bits mixed once more so that the sign is independent. */
function fnv1a(word: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < word.length; index++) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
