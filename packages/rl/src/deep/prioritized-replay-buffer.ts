import type { Tensor } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import type { Random } from '../tabular/random.ts';
import { fitting } from './agent-checkpoint.ts';
import { ReplayBuffer, wrongNumber } from './replay-buffer.ts';
import type { ReplayBatch, ReplayPosition, ReplaySizes, ReplayStep } from './replay-buffer.ts';
import { SumTree } from './sum-tree.ts';

/** Settings of a {@link PrioritizedReplayBuffer}. */
export interface Priorities {
  /** How much they count: 0 draws uniformly, 1 in proportion. */
  readonly alpha: number;
  /** Added to every error, so that none is forgotten. */
  readonly eps: number;
}

/** Rows that were drawn, each with its importance weight. */
export interface WeightedBatch extends ReplayBatch {
  readonly weights: Float32Array;
}

/**
 * Draws row i with probability `pᵢ^α / Σ p^α`, where p is its last error, and weighs it with `(N P(i))^−β` over the largest
 * weight of the batch. A row that is new has the largest priority so far.
 *
 * @see Schaul et al. 2016, Prioritized experience replay, https://arxiv.org/abs/1511.05952
 */
export class PrioritizedReplayBuffer extends ReplayBuffer {
  readonly #settings: Priorities;
  /** `p^α`. */
  readonly #tree: SumTree;
  #largest = 1;

  constructor(op: string, sizes: ReplaySizes, settings: Priorities) {
    super(op, sizes);
    this.#settings = settings;
    this.#tree = new SumTree(this.capacity * sizes.numEnvs);
  }

  override add(step: ReplayStep): void {
    const { numEnvs } = this.sizes;
    const row = this.position * numEnvs;
    super.add(step);
    const priority = this.#largest ** this.#settings.alpha;
    for (let env = 0; env < numEnvs; env++) this.#tree.set(row + env, priority);
  }

  /** Draws one row in each of `batchSize` equal parts of the total priority. */
  draw(batchSize: number, random: Random, beta: number): WeightedBatch {
    const { total } = this.#tree;
    const rows = Int32Array.from({ length: batchSize }, (_, part) =>
      this.#tree.find(((part + random.uniform()) / batchSize) * total),
    );
    const raw = Float64Array.from(rows, (row) => ((this.rows * this.#tree.get(row)) / total) ** -beta);
    const largest = raw.reduce((most, weight) => Math.max(most, weight), 0);
    return { ...this.take(rows), weights: Float32Array.from(raw, (weight) => weight / largest) };
  }

  /** What an update has found: the error of each row. */
  prioritize(rows: Int32Array, errors: ArrayLike<number>): void {
    const { alpha, eps } = this.#settings;
    for (let index = 0; index < rows.length; index++) {
      const priority = Math.abs(errors[index]!) + eps;
      this.#largest = Math.max(this.#largest, priority);
      this.#tree.set(rows[index]!, priority ** alpha);
    }
  }

  override clear(): void {
    super.clear();
    this.#tree.clear();
    this.#largest = 1;
  }

  override tensors(): Record<string, Tensor> {
    const priorities = Float64Array.from({ length: this.rows + 1 }, (_, row) =>
      row === this.rows ? this.#largest : this.#tree.get(row),
    );
    const shape = [priorities.length];
    return { ...super.tensors(), 'buffer.priorities': hostLeaf(priorities, { dtype: 'float64', shape }, false) };
  }

  override async saved(op: string, tensors: Readonly<Record<string, Tensor>>, at: ReplayPosition): Promise<() => void> {
    const fill = await super.saved(op, tensors, at);
    const like = new Float64Array(at.steps * this.sizes.numEnvs + 1);
    const priorities = await fitting(op, 'buffer.priorities', { tensor: tensors['buffer.priorities'], like });
    const wrong = priorities.find((one) => !(one > 0 && one < Infinity));
    if (wrong !== undefined) throw wrongNumber(op, 'buffer.priorities', { got: wrong, expected: 'numbers above 0' });
    return () => {
      fill();
      this.#largest = priorities.at(-1)!;
      priorities.subarray(0, -1).forEach((priority, row) => this.#tree.set(row, priority));
    };
  }
}
