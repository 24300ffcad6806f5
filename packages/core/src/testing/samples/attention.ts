import type { Tensor } from '../../ir/tensor.ts';
import type * as attention from '../../ops/attention-op.ts';
import { attentionOp } from '../../ops/attention-op.ts';
import { attentionWeights, scaledDotProductAttention } from '../../ops/attention.ts';
import type { AttentionOptions } from '../../ops/attention.ts';
import { dimSub } from '../../dim.ts';
import { bindAll } from '../../trace/bind.ts';
import { tensor } from '../../trace/literal.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

type Settings = Omit<AttentionOptions, 'mask' | 'offset'> & {
  /** A number; one per entry of the first axis; or the difference of the lengths, as a size. */
  readonly offset?: number | readonly number[] | 'size' | undefined;
};

/** The settings as the function takes them. */
function optionsOf({ offset, ...rest }: Settings, [q, k]: readonly (Tensor | undefined)[]): AttentionOptions {
  if (offset === 'size') return { ...rest, offset: dimSub(k!.shape.at(-2)!, q!.shape.at(-2)!) };
  return { ...rest, offset: typeof offset === 'object' ? tensor([...offset], { dtype: 'int32' }) : offset };
}

/** Whether query i of a row reaches key j. */
function reaches(
  settings: Settings,
  row: readonly number[],
  [j, queries, keys]: readonly [number, number, number],
): boolean {
  const { offset = 0, window = Infinity, isCausal = false } = settings;
  const start = offset === 'size' ? keys - queries : typeof offset === 'number' ? offset : offset[row[0]!]!;
  const ahead = j - (start + row.at(-1)!);
  return Math.abs(ahead) < window && !(isCausal && ahead > 0);
}

/** The weights by their definition; `q` decides the batch, others broadcast to it. */
export function weightsOf(q: Plain, k: Plain, mask: Plain | undefined, options: Settings): Plain {
  const [queries, keys, depth] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
  const scale = options.scale ?? 1 / Math.sqrt(depth);
  const score = (row: readonly number[], j: number, [a, b]: readonly [number, number]): number => {
    if (!reaches(options, row, [j, queries, keys])) return -Infinity;
    const place = [...row, j];
    if (mask?.dtype === 'bool' && at(mask, place) === 0) return -Infinity;
    let sum = 0;
    for (let d = 0; d < depth; d += 1) sum += q.values[a + d]! * k.values[b + j * depth + d]!;
    return sum * scale + (mask === undefined || mask.dtype === 'bool' ? 0 : at(mask, place));
  };
  const values = indicesOf(q.shape.slice(0, -1)).flatMap((row) => {
    const starts = [matrixAt(q, row) + row.at(-1)! * depth, matrixAt(k, row)] as const;
    return normalized(Array.from({ length: keys }, (_, j) => score(row, j, starts)));
  });
  return plain([...q.shape.slice(0, -2), queries, keys], values, q.dtype);
}

/** Where the matrix begins to which a row belongs; leading axes broadcast. */
function matrixAt(x: Plain, row: readonly number[]): number {
  const skipped = row.length - 1 - (x.shape.length - 2);
  const number = x.shape
    .slice(0, -2)
    .reduce((flat, size, axis) => flat * size + (size === 1 ? 0 : row[axis + skipped]!), 0);
  return number * x.shape.at(-2)! * x.shape.at(-1)!;
}

/** Softmax; zeros where all are −∞. */
function normalized(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  if (largest === -Infinity) return scores.map(() => 0);
  const powers = scores.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

export function outputOf(p: Plain, v: Plain): Plain {
  const [keys, depth] = [v.shape.at(-2)!, v.shape.at(-1)!];
  const values = indicesOf(p.shape.slice(0, -1)).flatMap((row) => {
    const [weights, start] = [matrixAt(p, row) + row.at(-1)! * keys, matrixAt(v, row)];
    return Array.from({ length: depth }, (_, d) => {
      let sum = 0;
      for (let j = 0; j < keys; j += 1) sum += p.values[weights + j]! * v.values[start + j * depth + d]!;
      return sum;
    });
  });
  return plain([...p.shape.slice(0, -1), depth], values, v.dtype);
}

/** Heads (axis -3) repeated for the queries that share them. */
export const repeated = (x: Plain, heads: number): Plain => {
  const group = heads / x.shape.at(-3)!;
  return fillPlain(
    [...x.shape.slice(0, -3), heads, ...x.shape.slice(-2)],
    (index) => at(x, [...index.slice(0, -3), Math.floor(index.at(-3)! / group), ...index.slice(-2)]),
    x.dtype,
  );
};

const attended = (
  name: string,
  [q, k, v, mask]: readonly [Plain, Plain, Plain, Plain?],
  options: Settings = {},
  extra: Partial<Sample> = {},
): Sample => ({
  name,
  inputs: mask === undefined ? [q, k, v] : [q, k, v, mask],
  // oxlint-disable-next-line max-params -- the operands of a sample.
  run: (a, b, c, m) => scaledDotProductAttention(a!, b!, c!, { ...optionsOf(options, [a, b]), mask: m }),
  // oxlint-disable-next-line max-params -- the operands of a sample.
  reference: (a, b, c, m) => {
    const share = (x: Plain): Plain => (options.enableGqa === true ? repeated(x, a!.shape.at(-3)!) : x);
    return outputOf(weightsOf(a!, share(b!), m, options), share(c!));
  },
  ...extra,
});

const weighed = (name: string, [q, k, mask]: readonly [Plain, Plain, Plain?], options: Settings = {}): Sample => ({
  name,
  inputs: mask === undefined ? [q, k] : [q, k, mask],
  run: (a, b, m) => attentionWeights(a!, b!, { ...optionsOf(options, [a, b]), mask: m }),
  reference: (a, b, m) => weightsOf(a!, b!, m, options),
});

const matrices = (shape: readonly number[], count = 3): [Plain, Plain, Plain] =>
  [1, 2, 3].slice(0, count).map((seed) => randomPlain(shape, { seed })) as [Plain, Plain, Plain];

/** Of depth 8, one head. */
const fewer = (queries: number, keys: number): [Plain, Plain, Plain] => heads([queries, 8], keys);

/** Queries of a shape, with so many keys and values. */
const heads = (shape: readonly number[], keys: number): [Plain, Plain, Plain] => {
  const other = [...shape.slice(0, -2), keys, shape.at(-1)!];
  return [randomPlain(shape), randomPlain(other, { seed: 2 }), randomPlain(other, { seed: 3 })];
};

/** As {@link heads}, with two heads of keys and values. */
const grouped = (shape: readonly number[], keys: number): [Plain, Plain, Plain] => {
  const [, k, v] = heads([...shape.slice(0, -3), 2, ...shape.slice(-2)], keys);
  return [randomPlain(shape), k, v];
};

const some = plain([3, 3], [1, 0, 1, 0, 1, 0, 1, 1, 1], 'bool');
/** The middle query may attend to nothing. */
const none = plain([3, 3], [1, 0, 1, 0, 0, 0, 1, 1, 1], 'bool');

/** Samples of the ops in `ops/attention.ts`. */
export const attentionSamples: SamplesOf<typeof attention> = {
  attention: [
    attended('one head', matrices([3, 2])),
    attended('causal', matrices([3, 2]), { isCausal: true }),
    attended('heads', matrices([2, 2, 3, 2]), {}, { symbolic: [0, 1, 2] }),
    attended('causal heads', matrices([2, 2, 3, 2]), { isCausal: true }, { symbolic: [0, 1, 2] }),
    attended(
      'causal heads of a depth that kernels take',
      matrices([2, 3, 8]),
      { isCausal: true },
      { symbolic: [0, 1, 2] },
    ),
    attended('causal, depth 16, longer', matrices([7, 16]), { isCausal: true, scale: 0.3 }),
    attended('causal, one query', matrices([2, 1, 8]), { isCausal: true }),
    attended('scale', matrices([2, 3, 2]), { scale: -0.7 }),
    attended('fewer queries than keys', [randomPlain([2, 2, 3]), ...matrices([2, 4, 3]).slice(1)] as [
      Plain,
      Plain,
      Plain,
    ]),
    attended('fewer queries than keys, causal, from the first key on', fewer(2, 4), { isCausal: true, offset: 0 }),
    attended('fewer queries than keys, causal, to the last key', fewer(2, 4), { isCausal: true, offset: 2 }),
    attended('one query against four keys, causal', fewer(1, 4), { isCausal: true, offset: 3 }),
    attended('more queries than keys, causal, from the first key on', fewer(4, 3), { isCausal: true, offset: 0 }),
    attended('queries before the first key attend to nothing', fewer(4, 3), { isCausal: true, offset: -2 }),
    attended('an offset per row', heads([2, 2, 2, 4], 4), { isCausal: true, offset: [3, 1] }),
    {
      name: 'an offset per row, as an input',
      inputs: [...heads([2, 2, 2, 4], 4), plain([2], [3, 1], 'int32')],
      symbolic: [0, 1, 2, 3],
      // oxlint-disable-next-line max-params -- the operands of a sample.
      run: (q, k, v, offset) => scaledDotProductAttention(q!, k!, v!, { isCausal: true, offset: offset! }),
      // oxlint-disable-next-line max-params -- the operands of a sample.
      reference: (q, k, v, offset) =>
        outputOf(weightsOf(q!, k!, undefined, { isCausal: true, offset: offset!.values }), v!),
    },
    attended('an offset per row, which leaves a row nothing', heads([2, 1, 2, 4], 3), {
      isCausal: true,
      offset: [1, -2],
    }),
    attended(
      'an offset that is a size',
      [randomPlain([2, 8]), randomPlain([4, 8], { seed: 2 }), randomPlain([4, 8], { seed: 3 })],
      { isCausal: true, offset: 'size' },
      { symbolic: [1, 2] },
    ),
    attended('window, causal', matrices([2, 5, 2]), { isCausal: true, window: 2 }, { symbolic: [0, 1, 2] }),
    attended('window, causal, of a depth that kernels take', matrices([2, 7, 8]), { isCausal: true, window: 3 }),
    attended('window of one key, causal', matrices([2, 4, 8]), { isCausal: true, window: 1 }),
    attended('window as long as the keys, causal', matrices([2, 4, 8]), { isCausal: true, window: 4 }),
    attended('window to both sides', matrices([2, 5, 2]), { window: 2 }),
    attended('window, causal, offset', fewer(2, 6), { isCausal: true, window: 3, offset: 4 }),
    attended('window, causal, an offset beyond the keys', fewer(4, 3), { isCausal: true, window: 2, offset: 2 }),
    attended('window to both sides, an offset per row', heads([2, 1, 2, 4], 5), { window: 2, offset: [4, 1] }),
    attended('window, causal, mask', [...matrices([2, 4, 2]), plain([2, 1, 4], [0, 1, 1, 1, 1, 1, 0, 1], 'bool')], {
      isCausal: true,
      window: 2,
    }),
    attended('float mask, causal, offset', [...fewer(2, 4), randomPlain([2, 4], { seed: 5 })], {
      isCausal: true,
      offset: 2,
    }),
    attended('values of another depth', [
      randomPlain([2, 3]),
      randomPlain([4, 3], { seed: 2 }),
      randomPlain([4, 5], { seed: 3 }),
    ]),
    attended('bool mask', [...matrices([2, 3, 2]), some]),
    attended(
      'bool mask per batch',
      [...matrices([2, 3, 2]), plain([2, 1, 3], [1, 1, 0, 0, 1, 1], 'bool')],
      {},
      { symbolic: [0, 1, 2, 3] },
    ),
    attended('a query that attends to nothing', [...matrices([2, 3, 2]), none]),
    attended('bool mask, causal', [...matrices([2, 3, 2]), plain([2, 1, 3], [0, 1, 1, 1, 1, 0], 'bool')], {
      isCausal: true,
    }),
    attended('float mask, with its gradient', [...matrices([2, 3, 2]), randomPlain([3, 3], { seed: 5 })]),
    attended('float mask, causal', [...matrices([3, 2]), randomPlain([3, 3], { seed: 5 })], { isCausal: true }),
    attended(
      'float mask with −∞, in one row everywhere',
      [...matrices([2, 3, 2]), plain([3, 3], [0, -Infinity, 1, -Infinity, -Infinity, -Infinity, 0.5, 0, 0])],
      {},
      { gradients: [0, 1, 2] },
    ),
    attended('batch that broadcasts', [
      randomPlain([2, 2, 3, 4]),
      randomPlain([2, 1, 3, 4], { seed: 2 }),
      randomPlain([3, 4], { seed: 3 }),
    ]),
    attended(
      'grouped heads',
      [randomPlain([2, 4, 3, 2]), randomPlain([2, 2, 3, 2], { seed: 2 }), randomPlain([2, 2, 3, 2], { seed: 3 })],
      { enableGqa: true },
      { symbolic: [0, 1, 2] },
    ),
    attended('grouped heads, causal', grouped([4, 3, 2], 3), { enableGqa: true, isCausal: true }),
    attended(
      'grouped heads, causal, of a depth that kernels take',
      grouped([1, 4, 3, 8], 3),
      { enableGqa: true, isCausal: true },
      { symbolic: [0, 1, 2] },
    ),
    attended('grouped heads, causal, window', grouped([4, 3, 8], 3), { enableGqa: true, isCausal: true, window: 2 }),
    attended('grouped heads, causal, offset per row', grouped([2, 4, 2, 2], 3), {
      enableGqa: true,
      isCausal: true,
      offset: [3, 0],
    }),
    attended('grouped heads, mask per head', [...grouped([1, 4, 3, 2], 3), randomPlain([4, 3, 3], { seed: 5 })], {
      enableGqa: true,
    }),
    attended(
      'one head of keys for all',
      [randomPlain([2, 3, 3, 4]), randomPlain([2, 1, 3, 4], { seed: 2 }), randomPlain([2, 1, 3, 4], { seed: 3 })],
      {
        enableGqa: true,
        isCausal: true,
      },
    ),
    attended(
      'values with more heads than keys',
      [randomPlain([4, 3, 2]), randomPlain([2, 3, 2], { seed: 2 }), randomPlain([4, 3, 2], { seed: 3 })],
      {
        enableGqa: true,
      },
    ),
    attended('large scores', [plain([2, 1], [300, -300]), plain([2, 1], [3, -1]), plain([2, 1], [1, 2])], { scale: 1 }),
    attended('one key', [randomPlain([3, 2]), randomPlain([1, 2], { seed: 2 }), randomPlain([1, 2], { seed: 3 })]),
    attended('no queries', [plain([0, 2], []), randomPlain([3, 2]), randomPlain([3, 2])]),
    attended('no queries, causal', [plain([2, 0, 8], []), plain([2, 0, 8], []), plain([2, 0, 8], [])], {
      isCausal: true,
    }),
    attended('float64', matrices([2, 3, 8]).map((x) => ({ ...x, dtype: 'float64' })) as [Plain, Plain, Plain], {
      isCausal: true,
    }),
    weighed('weights', [randomPlain([2, 3, 2]), randomPlain([2, 3, 2], { seed: 2 })]),
    weighed('causal weights', [randomPlain([2, 3, 8]), randomPlain([2, 3, 8], { seed: 2 })], { isCausal: true }),
    weighed('masked weights', [randomPlain([2, 3, 2]), randomPlain([2, 3, 2], { seed: 2 }), none]),
    {
      name: 'gradients through the result and the weights',
      inputs: matrices([2, 2]),
      run: (q, k, v) => bindAll(attentionOp, [q!, k!, v!], { scale: 0.5, causal: true }),
      reference: (q, k, v) => {
        const p = weightsOf(q!, k!, undefined, { scale: 0.5, isCausal: true });
        return [outputOf(p, v!), p];
      },
    },
  ],
};
