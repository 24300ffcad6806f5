import { cast, gather, mul, notEqual, squeeze, sub, takeAlongAxis, unsqueeze, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkWeight } from './check.ts';
import type { ClassLossOptions } from './nll.ts';

/** Index targets `[batch, ...]`, taken apart. */
export interface Labels {
  /** The classes, 0 where ignored, int32. */
  readonly labels: Tensor;
  /** Where a target counts. */
  readonly kept: Tensor;
  /** How much each target counts: its class's weight, 0 where ignored. */
  readonly weights: Tensor;
}

/** Class indices, which of them count and how much. */
export function takeLabels(loss: string, { outputs, targets }: OutputsAndTargets, options: ClassLossOptions): Labels {
  const kept = notEqual(targets, options.ignoreIndex ?? -100);
  const labels = cast(where(kept, targets, 0), 'int32');
  const counted = cast(kept, outputs.dtype);
  if (options.weight === undefined) return { labels, kept, weights: counted };
  checkWeight(loss, options.weight, outputs);
  return { labels, kept, weights: mul(gather(options.weight, labels), counted) };
}

/** What a loss compares. */
export interface OutputsAndTargets {
  readonly outputs: Tensor;
  readonly targets: Tensor;
}

/** `[batch, classes, ...]` at the labels: `[batch, ...]`. */
export function atLabels(values: Tensor, labels: Tensor): Tensor {
  return squeeze(takeAlongAxis(values, unsqueeze(labels, 1), { axis: 1 }), 1);
}

/** `−logProbability · weight` of each label, 0 where ignored: `[batch, ...]`. */
export function labelLosses(chosen: Tensor, { kept, weights }: Labels, { weight }: ClassLossOptions): Tensor {
  // The choice comes first, so that an ignored label of probability 0 gives 0 and not 0 · ∞.
  const picked = where(kept, sub(0, chosen), 0);
  return weight === undefined ? picked : mul(picked, weights);
}
