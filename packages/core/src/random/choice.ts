import { checkArgument, checkOptionNames } from '../argument.ts';
import { ArgumentError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add, log } from '../ops/elementwise.ts';
import { gather, topK } from '../ops/indexing.ts';
import { slice } from '../ops/movement.ts';
import { expand, reshape } from '../ops/structural.ts';
import { formatShape, normalizeAxis, shapesEqual } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { checkDraw } from './bits.ts';
import { gumbel } from './continuous.ts';
import { categorical, randint } from './distributions.ts';
import { permutation } from './permutation.ts';

/** Settings of {@link choice}. */
export interface ChoiceOptions {
  /** Whether an index may be drawn again. Default true. */
  readonly replace?: boolean | undefined;
  /** `[n]`, how likely each index is, up to a factor. Default: all alike. */
  readonly p?: TensorLike | undefined;
}

/**
 * Random indices from `0 … n − 1`, with or without replacement; {@link gather} picks what they stand for.
 * @param key - Consumed.
 * @param n - How many there are to choose from.
 * @param shape - Any shape of fixed sizes.
 * @param options.replace - Whether an index may be drawn again. Default true.
 * @param options.p - `[n]`, how likely each index is, up to a factor. Default: all alike.
 * @returns dtype int32.
 * @throws {@link ArgumentError} if more are asked for without replacement than there are.
 * @example
 * await toArray(choice(key(0), 1, [3])); // => [0, 0, 0]
 * @category Random
 */
export function choice(key: Tensor, n: number, shape: readonly number[], options: ChoiceOptions = {}): Tensor {
  checkOptionNames('choice', options, ['replace', 'p']);
  const { replace = true, p } = options;
  checkDraw({ key, shape }, 'choice');
  const count = shape.reduce((product, size) => product * size, 1);
  if (!(Number.isInteger(n) && n > 0 && (replace || count <= n))) {
    throw new ArgumentError(
      `choice: not so many to choose from. Got n ${n} for ${formatShape(shape)} ${replace ? '' : 'different '}indices; ` +
        `expected a whole number of at least ${replace ? 1 : count}. Ask for fewer, or draw with replacement.`,
      { op: 'choice', details: { n, count } },
    );
  }
  if (p === undefined) {
    if (replace) return randint(key, shape, { max: n });
    return reshape(slice(permutation(key, n), [[0, count]]), shape);
  }
  const weights = asTensor(p, 'choice');
  const given = weights.shape;
  checkArgument(shapesEqual(given, [n]), formatShape(given), {
    op: 'choice',
    name: 'p',
    rule: `shape [${n}], as n is ${n}`,
  });
  const logits = log(weights);
  if (replace) return reshape(categorical(key, expand(logits, [count, n])), shape);
  return reshape(topK(add(logits, gumbel(key, [n])), count).indices, shape);
}

/**
 * The slices of a tensor along an axis in random order: a {@link permutation} of them.
 * @param key - Consumed.
 * @param options.axis - Default 0.
 * @throws {@link ShapeError} if x is a scalar.
 * @example
 * (await data(shuffle(key(0), tensor([1, 2, 3])))).toSorted(); // => new Float32Array([1, 2, 3])
 * @category Random
 */
export function shuffle(key: Tensor, x: TensorLike, options: { readonly axis?: number | undefined } = {}): Tensor {
  checkOptionNames('shuffle', options, ['axis']);
  const operand = asTensor(x, 'shuffle');
  const axis = normalizeAxis(options.axis ?? 0, operand.shape.length, 'shuffle');
  return gather(operand, permutation(key, operand.shape[axis]!), { axis });
}
