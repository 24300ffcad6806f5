import {
  DataError,
  cast,
  clip,
  gather,
  less,
  mul,
  notEqual,
  squeeze,
  sub,
  takeAlongAxis,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { currentScope } from '@gai/core/ops';
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
  const { ignoreIndex = -100 } = options;
  checkKnownLabels(loss, { outputs, targets }, ignoreIndex);
  const kept = notEqual(targets, ignoreIndex);
  const labels = refusable(where(kept, targets, 0));
  const counted = cast(kept, outputs.dtype);
  if (options.weight === undefined) return { labels, kept, weights: counted };
  checkWeight(loss, options.weight, outputs);
  return { labels, kept, weights: mul(gather(options.weight, labels), counted) };
}

/** An index that no class has. */
const NO_CLASS = 2 ** 31 - 1;

/**
 * Labels as int32, with an index that no class has for those below 0: kernels count a negative index from the end, and
 * would take -1 for the last class.
 */
function refusable(labels: Tensor): Tensor {
  // What does not fit in 32 bits would come out of the cast as another label.
  const narrow = cast(labels.dtype === 'int64' ? clip(labels, -1, NO_CLASS) : labels, 'int32');
  return labels.dtype === 'uint8' ? narrow : where(less(narrow, 0), NO_CLASS, narrow);
}

/** Refuses labels out of range where they can be looked at now; others are found when the graph runs. */
function checkKnownLabels(loss: string, { outputs, targets }: OutputsAndTargets, ignoreIndex: number): void {
  const { leaf } = targets;
  const classes = outputs.shape[1];
  if (leaf?.kind !== 'host' || typeof classes !== 'number' || currentScope() !== null) return;
  for (let index = 0; index < leaf.data.length; index++) {
    const label = Number(leaf.data[index]);
    if ((label >= 0 && label < classes) || label === ignoreIndex) continue;
    throw new DataError(
      `${loss}: a label is out of range. Got ${label} at element ${index}; expected 0 … ${classes - 1}, or ignoreIndex ` +
        `(${ignoreIndex}) for a target that counts nothing. Number the classes from 0.`,
      { op: loss, details: { label, index, classes } },
    );
  }
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
