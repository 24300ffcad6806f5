import type { HostArray, HostBatch } from '../data.ts';
import type { Block } from '../interleave.ts';
import type { BenchModel } from '../models/model.ts';

/** Adam with the defaults of Kingma & Ba: what every contender trains with. */
export const ADAM = { learningRate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8 } as const;

/** AdamW's weight decay, that of PyTorch, on every parameter. */
export const ADAMW_DECAY = 0.01;

/** First values of the parameters by name, see `parametersOf`. */
export type Weights = ReadonlyMap<string, HostArray>;

/** A model in training. */
export interface Training {
  /** Makes one update, waits until it is done, and gives the loss before it. */
  step(batch: HostBatch): Promise<number>;
  /** Makes an update per batch, all in one run, where the library can; gives the losses. */
  steps?(batches: readonly HostBatch[]): Promise<readonly number[]>;
  /** Times steps by itself, where that is done in another process. */
  time?(count: number): Promise<Block>;
  /** Ends what was started for it. */
  close?(): void;
}

/** A library, or one way to use it. */
export interface Contender {
  readonly name: string;
  /** Threads it was given; undefined: it has no say, and one in Node. */
  readonly threads?: number;
  /** Why it does not train the model; undefined if it does. */
  without(model: BenchModel): string | undefined;
  /** Gets ready to train; the batches are those that `step` will get. */
  prepare(model: BenchModel, weights: Weights, batches: readonly HostBatch[]): Promise<Training>;
}
