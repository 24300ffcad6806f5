import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Dataset } from './dataset.ts';
import { isHostArray } from './host-array.ts';
import { CounterRandom, checkSeed, iota } from './random.ts';
import { groupPositions } from './split.ts';

/** Settings of {@link kFold}. */
export interface KFoldOptions<Row> {
  /** Number of folds, 2 … rows. */
  readonly k: number;
  /** Draw the rows of each fold at random; `false` cuts in the given order. Default `true`. */
  readonly shuffle?: boolean;
  /** A safe integer that fixes the draw. Default 0. */
  readonly seed?: number;
  /** A column with the class of each row: every fold then gets the same share of every class. Default: none. */
  readonly stratify?: keyof Row & string;
}

/** One fold: `test` is a k-th of the rows, `train` the others. */
export interface Fold<Row extends object> {
  readonly train: Dataset<Row>;
  readonly test: Dataset<Row>;
}

/** The stream of the seed, apart from those of `Dataset`'s splits. */
const K_FOLD = 4;

/**
 * Cuts a data set into `k` folds for cross-validation: every row is in `test` of exactly one fold and in `train` of all
 * others. The parts are views; rows keep their order.
 *
 * Fold sizes differ by at most one row, and with `stratify` so do the counts of every class. Like scikit-learn's `KFold`
 * and `StratifiedKFold`.
 *
 * **Differs from scikit-learn**: rows are drawn at random by default; pass `shuffle: false` for the given order.
 *
 * @param data - The rows.
 * @param options.k - Number of folds, 2 … rows.
 * @param options.shuffle - Draw at random. Default `true`.
 * @param options.seed - A safe integer; the same seed gives the same folds. Default 0.
 * @param options.stratify - A column with the class of each row. Default: none.
 * @throws {@link DataError} if `k` is out of range, or `stratify` is no column of single values.
 * @example
 * const folds = kFold(dataset({ y: [1, 2, 3, 4, 5] }), { k: 5, shuffle: false });
 * folds.map(({ train, test }) => [train.size, test.size]); // => [[4, 1], [4, 1], [4, 1], [4, 1], [4, 1]]
 * folds[1]!.test.get(0).y; // => 2
 * @category Datasets
 */
export function kFold<Row extends object>(data: Dataset<Row>, options: KFoldOptions<Row>): Fold<Row>[] {
  checkOptionNames('kFold', options, ['k', 'shuffle', 'seed', 'stratify']);
  const { k, shuffle = true, seed = 0, stratify } = options;
  checkSeed('kFold', seed);
  if (!Number.isInteger(k) || k < 2 || k > data.size) throw wrongCount(k, data.size);
  const order = stratify === undefined ? randomOrder(data.size, seed, shuffle) : byClass(data, options);
  const fold = new Uint32Array(data.size);
  // Places in turn for classes, in blocks for plain rows: both give every fold ⌊n / k⌋ or one more.
  const foldOf = stratify === undefined ? blocks(data.size, k) : (place: number) => place % k;
  order.forEach((row, place) => (fold[row] = foldOf(place)));
  const rows = iota(data.size);
  return Array.from({ length: k }, (_, index) => ({
    train: data.select(rows.filter((row) => fold[row] !== index)),
    test: data.select(rows.filter((row) => fold[row] === index)),
  }));
}

function randomOrder(size: number, seed: number, shuffle: boolean): Uint32Array {
  return shuffle ? new CounterRandom(seed, [K_FOLD]).permutation(size) : iota(size);
}

/** The fold of each place when the first `n mod k` folds get one row more than the others. */
function blocks(size: number, k: number): (place: number) => number {
  const small = Math.floor(size / k);
  const larger = size % k;
  const ends = larger * (small + 1);
  return (place) => (place < ends ? Math.floor(place / (small + 1)) : larger + Math.floor((place - ends) / small));
}

/** The rows class by class, each class in random order. */
function byClass<Row extends object>(
  data: Dataset<Row>,
  { stratify, seed = 0, shuffle = true }: KFoldOptions<Row>,
): Uint32Array {
  const column: unknown = data.column(stratify!);
  if (isHostArray(column) && column.shape.length > 1) throw noClass(stratify!, column.shape);
  const groups = groupPositions(isHostArray(column) ? column.data : (column as unknown[]));
  const ordered = groups.map((rows, group) =>
    shuffle ? [...new CounterRandom(seed, [K_FOLD, group]).shuffle(Uint32Array.from(rows))] : rows,
  );
  return Uint32Array.from(ordered.flat());
}

function wrongCount(k: number, size: number): DataError {
  return new DataError(
    `kFold: the number of folds does not fit. Got k ${k} for ${size} rows; expected an integer in 2 … ${size}. Pass ` +
      `{ k: 5 }.`,
    { op: 'kFold', details: { k, size } },
  );
}

function noClass(column: string, shape: readonly number[]): DataError {
  return new DataError(
    `kFold: column '${column}' holds no class. Got rows of shape [${shape.slice(1).join(',')}]; expected one value per ` +
      `row. Name the label column: { stratify: 'y' }.`,
    { op: 'kFold', details: { column } },
  );
}
