import {
  ShapeError,
  add,
  batchNorm,
  cast,
  div,
  formatShape,
  full,
  maximum,
  mul,
  stopGradient,
  sub,
  sum,
  tensor,
} from '@gai/core';
import type { Shape, Tensor } from '@gai/core';
import { isSymbolic } from '@gai/core/ops';
import { ones, zeros } from '../init/constant.ts';
import { Module } from '../module.ts';
import { ModuleBuffer, Parameter } from '../parameter.ts';
import { checkInput, checkSizes } from './check.ts';

/** Options of {@link BatchNorm1d} and {@link BatchNorm2d}. */
export interface BatchNormLayerOptions {
  /** Number of channels: the size of axis 1. */
  readonly numFeatures: number;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number | undefined;
  /** Share of the new batch in the running statistics; null: the mean of all batches. Default 0.1. */
  readonly momentum?: number | null | undefined;
  /** Whether there are weight and bias. Default true. */
  readonly affine?: boolean | undefined;
  /** Whether running statistics are kept, for evaluation; without them the batch's are always used. Default true. */
  readonly trackRunningStats?: boolean | undefined;
}

/** What a kind of batch norm is called and what its input looks like, for messages. */
export interface BatchNormKind {
  readonly name: string;
  /** The input's axes in words. */
  readonly layout: string;
  /** The numbers of axes it may have. */
  readonly ranks: readonly number[];
}

/**
 * What {@link BatchNorm1d} and {@link BatchNorm2d} share: batch normalisation of channels along axis 1.
 * @category Layers
 */
export abstract class BatchNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  // PyTorch's names in a state dict; the getters below have ours.
  readonly running_mean: ModuleBuffer | null;
  readonly running_var: ModuleBuffer | null;
  readonly num_batches_tracked: ModuleBuffer | null;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly #kind: BatchNormKind;

  constructor(options: BatchNormLayerOptions, kind: BatchNormKind) {
    super();
    const { numFeatures, eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    checkSizes(kind.name, { numFeatures });
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.#kind = kind;
    this.weight = affine ? new Parameter(ones()([numFeatures])) : null;
    this.bias = affine ? new Parameter(zeros()([numFeatures])) : null;
    this.running_mean = trackRunningStats ? new ModuleBuffer(zeros()([numFeatures])) : null;
    this.running_var = trackRunningStats ? new ModuleBuffer(ones()([numFeatures])) : null;
    this.num_batches_tracked = trackRunningStats ? new ModuleBuffer(tensor(0, { dtype: 'int32' })) : null;
  }

  /** Mean of the batches seen in training, `[numFeatures]`; starts at 0. */
  get runningMean(): ModuleBuffer | null {
    return this.running_mean;
  }

  /** Unbiased variance of the batches seen in training, `[numFeatures]`; starts at 1. */
  get runningVar(): ModuleBuffer | null {
    return this.running_var;
  }

  /** Batches seen in training, a scalar of dtype int32. */
  get numBatchesTracked(): ModuleBuffer | null {
    return this.num_batches_tracked;
  }

  /** `[batch, numFeatures, ...]` → the same shape. In training the running statistics are updated. */
  forward(x: Tensor): Tensor {
    const { name, layout, ranks } = this.#kind;
    checkInput(name, x, { layout, ranks, axis: { at: 1, size: this.numFeatures, option: 'numFeatures' } });
    const { eps, running_mean: mean, running_var: variance } = this;
    const options = { weight: this.weight ?? undefined, bias: this.bias ?? undefined, eps };
    if (!this.training && mean !== null && variance !== null) {
      return batchNorm(x, { ...options, statistics: { mean, variance } }).y;
    }
    const count = elementsPerChannel(x.shape);
    if (count === 1 && this.training) throw oneValue(name, x);
    const batch = batchNorm(x, options);
    if (this.training) this.#track(stopGradient(batch.mean), stopGradient(unbiased(batch.variance, count)));
    return batch.y;
  }

  /** `running ← (1 − momentum) · running + momentum · batch`. */
  #track(mean: Tensor, variance: Tensor): void {
    const { running_mean: runningMean, running_var: runningVar, num_batches_tracked: seen } = this;
    if (runningMean === null || runningVar === null || seen === null) return;
    seen.assign(add(seen, 1));
    const share = this.momentum ?? div(1, cast(seen, 'float32'));
    for (const [running, batch] of [
      [runningMean, mean],
      [runningVar, variance],
    ] as const) {
      const next = add(mul(running, sub(1, share)), mul(batch, share));
      running.assign(cast(next, running.dtype)); // Of a float16 batch the statistics are float32.
    }
  }
}

/** How many values of a batch there are per channel; counted in the graph where a size is symbolic. */
function elementsPerChannel(shape: Shape): number | Tensor {
  const sizes = shape.filter((_, axis) => axis !== 1);
  const known = sizes.reduce<number>((product, size) => (isSymbolic(size) ? product : product * size), 1);
  const counted = sizes.filter(isSymbolic).map((size) => sum(full([size], 1)));
  return counted.length === 0 ? known : counted.reduce((product, count) => mul(product, count), tensor(known));
}

/** `variance · n / (n − 1)`. */
function unbiased(variance: Tensor, count: number | Tensor): Tensor {
  if (typeof count === 'number') return mul(variance, count / (count - 1));
  return mul(variance, div(count, maximum(sub(count, 1), 1)));
}

function oneValue(name: string, x: Tensor): ShapeError {
  return new ShapeError(
    `${name}: one value per channel has no variance. Got x ${formatShape(x.shape)} in training; expected a larger batch ` +
      `or image. Drop the last batch of one example, or call model.eval().`,
    { op: name, details: { shape: formatShape(x.shape) } },
  );
}
