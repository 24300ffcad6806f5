import { ArgumentError, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe } from '../describe.ts';

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
  op: string,
): BatchLoader<B> {
  if (typeof source !== 'object' || source === null) throw notBatches(op, source);
  if ('loader' in source) return source.loader(options);
  if (Symbol.asyncIterator in source) return source;
  if (!(Symbol.iterator in source)) throw notBatches(op, source);
  return {
    async *[Symbol.asyncIterator]() {
      yield* source;
    },
  };
}

const notBatches = (op: string, source: unknown): ArgumentError =>
  new ArgumentError(
    `${op}: not a source of batches. Got ${describe(source)}; expected a data set, a loader, or an iterable of batches. ` +
      (isTensor(source) ? `Put it in a batch: [{ x }].` : `Put a single batch in an array.`),
    { op },
  );

/** An argument of a model: a tensor, or a record of them (masks and positions besides token ids). */
export type ModelInput = Tensor | Readonly<Record<string, Tensor>>;

/** How a batch is taken apart. */
export interface BatchLayout<B, T = Tensor> {
  /** What the model is called with, one argument each. Default `[batch.x]`. */
  readonly inputs?: ((batch: B) => readonly ModelInput[]) | undefined;
  /** What the loss gets besides the outputs: any tree. Default `batch.y`, or the batch itself where it has no `y`. */
  readonly targets?: ((batch: B) => T) | undefined;
}

/** How a batch is taken apart, with the defaults filled in. */
export interface Layout<B, T> {
  readonly inputs: (batch: B) => readonly ModelInput[];
  readonly targets: (batch: B) => T;
}

/** The layout with its defaults. */
export function layoutOf<B, T>(layout: BatchLayout<B, T>, op: string): Layout<B, T> {
  return {
    inputs: layout.inputs ?? ((batch) => [inputOf(batch, op)]),
    targets: layout.targets ?? ((batch) => ((batch as { y?: unknown }).y ?? batch) as T),
  };
}

/** Says of a batch whose columns have other names how to name them. */
function checkColumns(batch: unknown, op: string): void {
  if (typeof batch !== 'object' || batch === null || isTensor(batch)) return;
  const columns = Object.keys(batch);
  const [first, second = 'label'] = columns.filter((name) => name !== 'y');
  if (Array.isArray(batch) || first === undefined) return;
  const targets = 'y' in batch ? '' : `, targets: ({ ${second} }) => ${second}`;
  throw new ArgumentError(
    `${op}: a batch has no column x. Got ${columns.join(', ')}; expected x, which the model is given. Rename the columns, or ` +
      `say which are meant: inputs: ({ ${first} }) => [${first}]${targets}.`,
    { op, details: { columns } },
  );
}

function inputOf(batch: unknown, op: string): Tensor {
  const { x } = (batch ?? {}) as { readonly x?: unknown };
  if (isTensor(x)) return x;
  const isField = typeof batch === 'object' && batch !== null && 'x' in batch;
  if (!isField) checkColumns(batch, op);
  throw new ArgumentError(
    `${op}: a batch has no inputs. Got ${isField ? `x: ${describe(x)}` : describe(batch)} in place of a batch; expected ` +
      `{ x: tensor }. Make each batch an object of tensors, or pass inputs: (batch) => [tensor].`,
    { op },
  );
}
