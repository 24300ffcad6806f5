import { squeeze, split } from '@gai/core';
import type { Tensor } from '@gai/core';

/**
 * Where an answer may start and end.
 * @category Models
 */
export interface SpanLogits {
  /** `[batch, time]`: the score of each token to be the first of the answer. */
  readonly startLogits: Tensor;
  /** `[batch, time]`: the score of each token to be the last of the answer. */
  readonly endLogits: Tensor;
}

/** `[batch, time, 2]` → both scores. */
export function spanLogits(both: Tensor): SpanLogits {
  const [start, end] = split(both, [1, 1], { axis: -1 }) as [Tensor, Tensor];
  return { startLogits: squeeze(start, -1), endLogits: squeeze(end, -1) };
}
