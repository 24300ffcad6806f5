import { DataError } from '@gai/core';
import type { DType } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { makeColumn } from './column.ts';
import type { Column } from './column.ts';
import { concatColumns } from './concat.ts';
import { DataLoader } from './data-loader.ts';
import type { DataLoaderOptions } from './data-loader.ts';
import { columnsOfRows } from './columns-of-rows.ts';
import { cellOf, gatherColumn } from './gather.ts';
import { CounterRandom, checkSeed, iota } from './random.ts';
import { checkFractions, checkParts, collect, deal, groupPositions } from './split.ts';
import type { ColumnSource, DatasetOptions, HostBatch, RowOfColumns, RowOfObjects } from './types.ts';
import { validateColumns } from './validate.ts';

/** As many data sets as there are fractions. */
export type Parts<Row extends object, F extends readonly number[]> = { -readonly [K in keyof F]: Dataset<Row> };

/**
 * Rows in memory, stored as named columns; it never changes.
 *
 * Numeric columns (one number or one array of a fixed shape per row) are typed arrays and become tensors in batches;
 * any other column is a list. `take`, `skip`, `filter`, `shuffle` and the splits are views that hold row numbers and
 * copy no data. Make one with {@link dataset}.
 * @example
 * const points = dataset({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) });
 * points.size; // => 4
 * points.get(2).y; // => 1
 * points.filter((row) => row.y === 1).size; // => 2
 * @category Datasets
 */
export class Dataset<Row extends object = Record<string, unknown>> {
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #index: Uint32Array;

  private constructor(columns: ReadonlyMap<string, Column>, index: Uint32Array) {
    this.#columns = columns;
    this.#index = index;
  }

  /** A data set of columns or of objects; the same as {@link dataset}. */
  static from<R extends object>(rows: readonly R[], options?: DatasetOptions): Dataset<RowOfObjects<R>>;
  static from<const S extends Readonly<Record<string, ColumnSource>>>(
    columns: S,
    options?: DatasetOptions,
  ): Dataset<RowOfColumns<S>>;
  static from(source: object, options: DatasetOptions = {}): Dataset<Record<string, unknown>> {
    checkOptionNames('dataset', options, DATASET_OPTIONS);
    const sources = Array.isArray(source) ? columnsOfRows(source) : (source as Record<string, ColumnSource>);
    const columns = new Map<string, Column>();
    for (const [name, column] of Object.entries(sources)) {
      columns.set(name, makeColumn(name, column, options.dtypes?.[name]));
    }
    validateColumns(columns, options);
    return new Dataset(columns, iota([...columns.values()][0]!.length));
  }

  /** Number of rows. */
  get size(): number {
    return this.#index.length;
  }

  /** Names of the columns, in order. */
  get names(): (keyof Row & string)[] {
    return [...this.#columns.keys()] as (keyof Row & string)[];
  }

  /**
   * Row `i`: numbers, views into the columns (nothing is copied) and list items.
   * @throws {@link DataError} if `i` is not in 0 … size − 1.
   */
  get(i: number): Row {
    return this.#row(this.#checked(i, 'Dataset.get'));
  }

  #checked(i: number, op = 'Dataset.select'): number {
    if (Number.isInteger(i) && i >= 0 && i < this.size) return i;
    throw new DataError(
      `${op}: there is no such row. Got ${i}; expected an integer in 0 … ${this.size - 1}. Check the index.`,
      { op, details: { index: i, size: this.size } },
    );
  }

  #row(i: number): Row {
    const entries = Array.from(this.#columns, ([name, column]) => [name, cellOf(column, this.#index[i]!)] as const);
    return Object.fromEntries(entries) as Row;
  }

  /** Every row in order. */
  *rows(): Generator<Row, void, undefined> {
    for (let i = 0; i < this.size; i++) yield this.#row(i);
  }

  /**
   * Copies rows into one array per numeric column (rows first) and one list per other column.
   * @param positions - Row numbers, 0 … size − 1. Default: every row in order.
   * @returns Host arrays; a {@link DataLoader} turns them into tensors.
   * @throws {@link DataError} if a position is out of range.
   */
  gather(positions?: Uint32Array): HostBatch<Row> {
    const index = positions ? this.#resolve(positions) : this.#index;
    const batch: Record<string, unknown> = {};
    for (const [name, column] of this.#columns) batch[name] = gatherColumn(column, index);
    return batch as HostBatch<Row>;
  }

  #resolve(positions: Uint32Array): Uint32Array {
    const index = new Uint32Array(positions.length);
    for (let i = 0; i < positions.length; i++) {
      const row = this.#index[positions[i]!];
      if (row === undefined) this.get(positions[i]!);
      else index[i] = row;
    }
    return index;
  }

  /**
   * One column, copied in row order.
   * @throws {@link DataError} if there is no such column.
   */
  column<K extends keyof Row & string>(name: K): HostBatch<Row>[K] {
    return gatherColumn(this.#column('Dataset.column', name), this.#index) as HostBatch<Row>[K];
  }

  #column(op: string, name: string): Column {
    const column = this.#columns.get(name);
    if (column) return column;
    throw new DataError(
      `${op}: there is no such column. Got '${name}'; expected one of ${this.names.join(', ')}. Check the name.`,
      { op, details: { column: name } },
    );
  }

  #view(index: Uint32Array): Dataset<Row> {
    return new Dataset<Row>(this.#columns, index);
  }

  /** The first `count` rows (all, if there are fewer), as a view. */
  take(count: number): Dataset<Row> {
    return this.#view(this.#index.subarray(0, checkCount('Dataset.take', count)));
  }

  /** All rows but the first `count`, as a view. */
  skip(count: number): Dataset<Row> {
    return this.#view(this.#index.subarray(checkCount('Dataset.skip', count)));
  }

  /**
   * The rows at these positions, in this order, as a view; a position may occur more than once.
   * @param positions - Row numbers, 0 … size − 1.
   * @throws {@link DataError} if a position is out of range.
   */
  select(positions: Iterable<number>): Dataset<Row> {
    return this.#view(this.#resolve(Uint32Array.from(positions, (position) => this.#checked(position))));
  }

  /** The rows for which `keep` is true, as a view. It may be empty; a loader then refuses it. */
  filter(keep: (row: Row, i: number) => boolean): Dataset<Row> {
    return this.#view(this.#index.filter((_, i) => keep(this.#row(i), i)));
  }

  /**
   * A new data set of what `change` returns for every row, computed now. For random augmentation use the loader's
   * `map`, which runs again in every epoch.
   *
   * Plain numbers keep the dtype that the column of the same name has here, unless `options.dtypes` says otherwise.
   */
  map<R extends object>(change: (row: Row, i: number) => R, options: DatasetOptions = {}): Dataset<RowOfObjects<R>> {
    checkOptionNames('Dataset.map', options, DATASET_OPTIONS);
    const dtypes: Record<string, DType> = {};
    for (const [name, column] of this.#columns) if (column.kind === 'array') dtypes[name] = column.dtype;
    const merged = { ...options, dtypes: { ...dtypes, ...options.dtypes } };
    return Dataset.from(Array.from(this.rows(), change), merged);
  }

  /**
   * The rows of this and then those of the others, which must have the same columns. Copies, unless all are views of
   * one data set.
   * @throws {@link DataError} if names, shapes or dtypes of the columns differ.
   */
  concat(...others: readonly Dataset<Row>[]): Dataset<Row> {
    const all = [this, ...others];
    if (all.every((other) => other.#columns === this.#columns)) {
      return this.#view(Uint32Array.from(all.flatMap((part) => [...part.#index])));
    }
    const columns = concatColumns(all.map((part) => ({ columns: part.#columns, index: part.#index })));
    return new Dataset<Row>(columns, iota(all.reduce((sum, part) => sum + part.size, 0)));
  }

  /**
   * The rows in an order that depends only on `seed`, as a view.
   * @param options.seed - A safe integer. Default 0.
   */
  shuffle(options: { readonly seed?: number } = {}): Dataset<Row> {
    checkOptionNames('Dataset.shuffle', options, ['seed']);
    return this.#view(this.#pick(new CounterRandom(options.seed ?? 0, [SHUFFLE]).permutation(this.size)));
  }

  /**
   * Shares the rows out at random: part k gets `fractions[k]` of them (rounded), no row is in two parts.
   * @param fractions - Positive, with a sum of at most 1; rows beyond the sum are in no part.
   * @param options.seed - A safe integer; the same seed gives the same parts. Default 0.
   * @param options.shuffle - `false` cuts in the given order (time series). Default `true`.
   * @throws {@link DataError} if the fractions are wrong or a part would be empty.
   * @example
   * const [train, test] = dataset({ y: [1, 2, 3, 4, 5] }).split([0.8, 0.2], { seed: 1 });
   * train.size; // => 4
   * test.size; // => 1
   */
  split<const F extends readonly number[]>(
    fractions: F,
    options: { readonly seed?: number; readonly shuffle?: boolean } = {},
  ): Parts<Row, F> {
    checkOptionNames('Dataset.split', options, ['seed', 'shuffle']);
    checkFractions('Dataset.split', fractions);
    const { seed = 0, shuffle = true } = options;
    const order = shuffle ? new CounterRandom(seed, [SPLIT]).permutation(this.size) : iota(this.size);
    let share = 0;
    const ends = fractions.map((fraction) => Math.round((share += fraction) * this.size));
    const parts = ends.map((end, part) => order.subarray(ends[part - 1] ?? 0, end));
    checkParts('Dataset.split', parts, fractions);
    return parts.map((part) => this.#view(this.#pick(part))) as Parts<Row, F>;
  }

  /**
   * Like {@link Dataset.split}, and every class is shared out in the same fractions (to within one row for two parts).
   * Totals are exact where `fraction · size` is an integer; each part comes in random order.
   * @param options.by - The column that holds the class.
   * @param options.seed - A safe integer. Default 0.
   * @throws {@link DataError} if the fractions are wrong, a part would be empty or `by` is no column of single values.
   */
  stratifiedSplit<const F extends readonly number[]>(
    fractions: F,
    options: { readonly by: keyof Row & string; readonly seed?: number },
  ): Parts<Row, F> {
    const op = 'Dataset.stratifiedSplit';
    checkOptionNames(op, options, ['by', 'seed']);
    checkFractions(op, fractions);
    const { by, seed = 0 } = options;
    checkSeed(op, seed);
    const groups = groupPositions(this.#classes(op, by));
    const sorted = groups.flatMap((rows, group) => [
      ...new CounterRandom(seed, [STRATIFIED, group]).shuffle(Uint32Array.from(rows)),
    ]);
    const parts = collect(deal(this.size, fractions), Uint32Array.from(sorted), fractions.length);
    checkParts(op, parts, fractions);
    parts.forEach((part, k) => new CounterRandom(seed, [STRATIFIED, -1, k]).shuffle(part));
    return parts.map((part) => this.#view(this.#pick(part))) as Parts<Row, F>;
  }

  #classes(op: string, by: string): Iterable<unknown> {
    const column = this.#column(op, by);
    if (column.kind === 'list' || column.rowShape.length === 0) {
      return Array.from(this.#index, (row) => cellOf(column, row));
    }
    throw new DataError(
      `${op}: column '${by}' holds no class. Got rows of shape [${column.rowShape.join(',')}]; expected one value per ` +
        `row. Name the label column: { by: 'y' }.`,
      { op, details: { column: by } },
    );
  }

  #pick(positions: Uint32Array): Uint32Array {
    return positions.map((position) => this.#index[position]!);
  }

  /** Batches of `size` rows in order; the same as `loader({ batchSize: size })`. */
  batch(size: number): DataLoader<Row> {
    return this.loader({ batchSize: size });
  }

  /** A {@link DataLoader} over this data set; name the new row type if `map` changes the columns. */
  loader(options?: DataLoaderOptions<Row>): DataLoader<Row>;
  loader<Out extends object>(options: DataLoaderOptions<Row, Out>): DataLoader<Row, Out>;
  loader<Out extends object>(options: DataLoaderOptions<Row, Out> = {}): DataLoader<Row, Out> {
    return new DataLoader<Row, Out>(this, options);
  }
}

const DATASET_OPTIONS: readonly (keyof DatasetOptions)[] = ['validate', 'numClasses', 'dtypes'];

/** Stream numbers that keep the random choices of different methods independent. */
const SHUFFLE = 1;
const SPLIT = 2;
const STRATIFIED = 3;

function checkCount(op: string, count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new DataError(`${op}: the count is no number of rows. Got ${count}; expected an integer ≥ 0. Round it.`, {
    op,
    details: { count },
  });
}

/**
 * Makes a {@link Dataset} from named columns or from a list of objects.
 *
 * A column is a typed array, `{ data, shape, dtype }` with the rows first, or an array with one value per row:
 * numbers and nested arrays of numbers are stored as `float32` (or as `options.dtypes` says), booleans as `bool`,
 * anything else stays a list. Typed arrays are used as they are, not copied: do not change them afterwards.
 *
 * @param source - `{ x, y, … }` columns, or `[{ x, y, … }, …]` rows.
 * @param options.validate - Refuse NaN and infinite numbers. Default `true`.
 * @param options.numClasses - Refuse labels outside 0 … classes − 1; a number is meant for column `y`.
 * @param options.dtypes - Dtypes of columns given as plain numbers, for example `{ y: 'int32' }`.
 * @throws {@link DataError} if there are no rows, lengths differ, or a value is not finite or out of range.
 * @throws {@link ShapeError} if data does not fill its shape or rows differ in shape.
 * @throws {@link DTypeError} if a dtype is not stored (`float16`, `bfloat16`, `int64`) or does not fit the array.
 * @example
 * const images = dataset(
 *   { x: { data: new Float32Array(2 * 784), shape: [2, 1, 28, 28] }, y: Int32Array.of(3, 7) },
 *   { numClasses: 10 },
 * );
 * images.get(0).x.shape; // => [1, 28, 28]
 * @category Datasets
 */
export function dataset<R extends object>(source: readonly R[], options?: DatasetOptions): Dataset<RowOfObjects<R>>;
export function dataset<const S extends Readonly<Record<string, ColumnSource>>>(
  source: S,
  options?: DatasetOptions,
): Dataset<RowOfColumns<S>>;
export function dataset(source: object, options?: DatasetOptions): unknown {
  checkOptionNames('dataset', options ?? {}, DATASET_OPTIONS);
  return Dataset.from(source as Record<string, ColumnSource>, options);
}
