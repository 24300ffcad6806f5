import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';

/** A batch: inputs `x`, targets `y` (both with one row per example), and whatever else. */
export interface Batch {
  readonly [name: string]: unknown;
}

/** Where a loader stands; equal states give equal batches from there on. */
export interface SourceState {
  readonly epoch: number;
  readonly position: number;
  readonly seed: number;
}

/** Batches of one epoch per loop, with a position that can be saved: `@gai/data`'s DataLoader is one. */
export interface BatchLoader<B> extends AsyncIterable<B> {
  /** Batches per epoch. */
  readonly length?: number;
  state?(): SourceState;
  load?(state: SourceState): void;
}

/** Something batches can be made of: `@gai/data`'s Dataset is one. */
export interface BatchSource<B> {
  loader(options: { readonly batchSize: number; readonly shuffle: boolean; readonly seed: number }): BatchLoader<B>;
}

/** What `fit`, `evaluate` and `predict` read from: a data set, a loader, or any iterable of batches. */
export type Batches<B> = BatchSource<B> | BatchLoader<B> | Iterable<B>;

/** A loader over whatever was given. */
export function toLoader<B>(
  source: Batches<B>,
  options: { readonly batchSize: number; readonly shuffle: boolean; readonly seed: number },
): BatchLoader<B> {
  if ('loader' in source) return source.loader(options);
  if (Symbol.asyncIterator in source) return source;
  if (!(Symbol.iterator in source)) throw notBatches(source);
  return {
    async *[Symbol.asyncIterator]() {
      yield* source;
    },
  };
}

const notBatches = (source: object): ArgumentError =>
  new ArgumentError(
    `batches: not a source of batches. Got an object with { ${Object.keys(source).join(', ')} }; expected a data set, a loader, ` +
      `or an iterable of batches. Put a single batch in an array.`,
    { op: 'batches' },
  );

/** How a batch is taken apart. */
export interface BatchLayout<B, T = Tensor> {
  /** The model's inputs. Default `[batch.x]`. */
  readonly inputs?: ((batch: B) => readonly Tensor[]) | undefined;
  /** What the loss gets besides the outputs: any tree. Default `batch.y`, or the batch itself where it has no `y`. */
  readonly targets?: ((batch: B) => T) | undefined;
}

/** How a batch is taken apart, with the defaults filled in. */
export interface Layout<B, T> {
  readonly inputs: (batch: B) => readonly Tensor[];
  readonly targets: (batch: B) => T;
}

/** The layout with its defaults. */
export function layoutOf<B, T>(layout: BatchLayout<B, T>): Layout<B, T> {
  return {
    inputs: layout.inputs ?? ((batch) => [(batch as { x: Tensor }).x]),
    targets: layout.targets ?? ((batch) => ((batch as { y?: unknown }).y ?? batch) as T),
  };
}
