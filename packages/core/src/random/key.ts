import { ArgumentError, DTypeError } from '../errors.ts';
import { isInteger } from '../dtype.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add, mul } from '../ops/elementwise.ts';
import { split as splitAxis } from '../ops/movement.ts';
import { cast } from '../ops/structural.ts';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { bits, checkKey } from './bits.ts';
import { SPLIT, SPREAD, addWords, dataWords, hashWords, nextWords, randomWord } from './generator.ts';
import type { KeyWords } from './generator.ts';

const fromWords = (words: KeyWords): Tensor => tensor(Uint32Array.of(...words), { dtype: 'uint32' });

/** The words of a key whose value is in memory; undefined for one that is computed, or given when a graph runs. */
function wordsOf(key: Tensor): KeyWords | undefined {
  const leaf = key.leaf;
  return leaf?.kind === 'host' ? [leaf.data[0] as number, leaf.data[1] as number] : undefined;
}

/**
 * A random key from a seed: the root of everything random in a program. Equal seeds, equal keys, on every backend.
 *
 * Every random function takes a key and consumes it: the same key gives the same numbers again. Derive as many keys
 * as needed with {@link split} and {@link foldIn}.
 * @param seed - A whole number, or text.
 * @returns uint32 `[2]`.
 * @throws {@link ArgumentError} if the seed is a fraction or larger than 2^53.
 * @example
 * const [forWeights, forDropout] = split(key(42));
 * key(42).shape; // => [2]
 * @category Random
 */
export function key(seed: number | string): Tensor {
  return fromWords(hashWords(seed, 'key'));
}

/**
 * Independent keys from one.
 * @param parent - Consumed: draw from the children instead.
 * @param count - How many. Default 2.
 * @throws {@link ArgumentError} if `count` is not a whole number above 0.
 * @example
 * const [a, b, c] = split(key(0), 3);
 * @category Random
 */
export function split(parent: Tensor, count = 2): Tensor[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`split: not a number of keys. Got ${count}; expected a whole number from 1.`, {
      op: 'split',
    });
  }
  const given = checkKey(parent, 'split');
  const words = wordsOf(given);
  if (words === undefined) {
    const drawn = bits(add(given, fromWords(SPLIT)), [2 * count]);
    return splitAxis(drawn, count);
  }
  const shifted = addWords(words, SPLIT);
  return Array.from({ length: count }, (_, child) =>
    fromWords([randomWord(shifted, 2 * child), randomWord(shifted, 2 * child + 1)]),
  );
}

/**
 * The key that belongs to `data` under a parent: for the key of a step, a layer or a worker without counting splits.
 *
 * A number and a tensor of the same whole number give the same key, so a step counter may live in the graph.
 * @param parent - Not consumed: it may be folded with other data, but not drawn from.
 * @param data - A whole number, text, or an integer tensor of one element.
 * @throws {@link DTypeError} if a tensor is not an integer of one element.
 * @example
 * const step = foldIn(key(0), 17);
 * const layer = foldIn(step, 'encoder.dropout');
 * @category Random
 */
export function foldIn(parent: Tensor, data: number | string | Tensor): Tensor {
  const given = checkKey(parent, 'foldIn');
  if (isTensor(data)) return bits(add(given, mul(asWord(data), fromWords(SPREAD))), [2]);
  const change = dataWords(data, 'foldIn');
  const words = wordsOf(given);
  if (words !== undefined) return fromWords(nextWords(addWords(words, change)));
  return bits(add(given, fromWords(change)), [2]);
}

function asWord(data: Tensor): Tensor {
  const isOne = data.shape.every((size) => size === 1) && data.shape.length <= 1;
  if (isInteger(data.dtype) && data.dtype !== 'int64' && isOne) return cast(data, 'uint32');
  throw new DTypeError(
    `foldIn: not a whole number. Got ${data.dtype} ${formatShape(data.shape)}; expected int32 or uint32 of one element.`,
    { op: 'foldIn' },
  );
}
