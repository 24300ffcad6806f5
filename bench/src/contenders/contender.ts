import type { HostArray, HostBatch } from '../data.ts';
import type { BenchModel } from '../models/model.ts';

/** Adam with the defaults of Kingma & Ba: what every contender trains with. */
export const ADAM = { learningRate: 1e-3, b1: 0.9, b2: 0.999, eps: 1e-8 } as const;

/** A model in training. */
export interface Training {
  /** Makes one update, waits until it is done, and gives the loss before it. */
  step(batch: HostBatch): Promise<number>;
}

/** A library, or one way to use it. */
export interface Contender {
  readonly name: string;
  /** False where it has no form of its own for the model. */
  supports(model: BenchModel): boolean;
  /** @param weights - First values of the parameters by name, see `parametersOf`. */
  prepare(model: BenchModel, weights: ReadonlyMap<string, HostArray>): Promise<Training>;
}
