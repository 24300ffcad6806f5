import type { DType, Tensor, TypedArray } from '@gai/core';
import type { HostArray } from './host-array.ts';

/** Numbers nested to any depth, as in `[[1, 2], [3, 4]]`. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** A numeric column: flat values, the shape of the whole column (rows first), and a dtype. */
export interface ArrayColumnSource {
  readonly data: TypedArray | readonly number[];
  /** Rows first. Default `[data.length]`: one number per row. */
  readonly shape?: readonly number[];
  /** Default: that of the typed array; `float32` for plain numbers. */
  readonly dtype?: DType;
}

/** What a column can be made of: numbers in one of three forms, or a list of any values (strings, objects). */
export type ColumnSource = ArrayColumnSource | TypedArray | readonly unknown[];

/** The value one row has in a column made of `C`: a number, a {@link HostArray} view, a boolean or the list's item. */
export type Cell<C> = C extends TypedArray
  ? number
  : C extends { readonly shape: readonly [number] }
    ? number
    : C extends { readonly shape: readonly [number, number, ...number[]] }
      ? HostArray
      : C extends { readonly data: unknown; readonly shape: unknown }
        ? number | HostArray
        : C extends { readonly data: unknown }
          ? number
          : C extends readonly (infer V)[]
            ? CellOfItem<V>
            : never;

/** The value one row has when the rows come as objects with a field of type `V`. */
export type CellOfItem<V> = V extends number | boolean | string
  ? V extends number
    ? number
    : V extends boolean
      ? boolean
      : string
  : V extends TypedArray | HostArray | NestedNumbers
    ? HostArray
    : V;

/** A row of a data set made of columns `S`. */
export type RowOfColumns<S> = { -readonly [K in keyof S]: Cell<S[K]> };

/** A row of a data set made of objects `R`. */
export type RowOfObjects<R> = { -readonly [K in keyof R]: CellOfItem<R[K]> };

/** Several rows on the host: numeric columns as one array each (rows first), other columns as lists; either where only the data says. */
export type HostBatch<Row> = {
  [K in keyof Row]: [Row[K]] extends [number | boolean | HostArray]
    ? HostArray
    : unknown extends Row[K]
      ? HostArray | unknown[]
      : Row[K][];
};

/** Several rows ready for a model: numeric columns as tensors (rows first), other columns as lists; either where only the data says. */
export type Batch<Row> = {
  [K in keyof Row]: [Row[K]] extends [number | boolean | HostArray]
    ? Tensor
    : unknown extends Row[K]
      ? Tensor | unknown[]
      : Row[K][];
};

/** Settings of {@link dataset}. */
export interface DatasetOptions {
  /** Refuse NaN and infinite numbers. Default `true`. */
  readonly validate?: boolean;
  /** Number of classes of label columns; a number is meant for the column `y`. Labels must be 0 … classes − 1. */
  readonly numClasses?: number | Readonly<Record<string, number>>;
  /** Dtypes of columns given as plain numbers. Default `float32`. */
  readonly dtypes?: Readonly<Record<string, DType>>;
}

/** Where an epoch of a {@link DataLoader} stands. Plain JSON. */
export interface LoaderState {
  /** Passes over the data that are complete. */
  readonly epoch: number;
  /** Rows of the current pass that were handed out. */
  readonly position: number;
  readonly seed: number;
}
