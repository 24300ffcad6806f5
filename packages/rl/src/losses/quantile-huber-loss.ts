import {
  ShapeError,
  abs,
  cast,
  formatShape,
  less,
  mean,
  mul,
  reshape,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';

/**
 * How far quantiles are from samples, row by row: `Σᵢ meanⱼ |τᵢ − [δᵢⱼ < 0]| · huber(δᵢⱼ)` with `δᵢⱼ = targetⱼ − quantileᵢ` and
 * `τᵢ = (i + ½) / n`, as QR-DQN has it.
 *
 * @param quantiles - `[batch, n]`.
 * @param targets - `[batch, m]`: samples, or quantiles, of what is to be predicted. No gradient flows there.
 * @returns `[batch]`.
 * @throws {@link ShapeError} if the batches differ.
 * @example
 * await toArray(quantileHuberLoss(tensor([[0]]), tensor([[2]]))); // => [0.75]
 * @see Dabney et al. 2018, Distributional reinforcement learning with quantile regression, https://arxiv.org/abs/1710.10044
 * @category Losses
 * @since 0.1.0
 */
export function quantileHuberLoss(quantiles: Tensor, targets: Tensor): Tensor {
  const [batch, n] = quantiles.shape;
  const [rows, m] = targets.shape;
  if (quantiles.shape.length !== 2 || targets.shape.length !== 2 || batch !== rows) throw misfit(quantiles, targets);
  const delta = sub(reshape(stopGradient(targets), [batch!, 1, m!]), reshape(quantiles, [batch!, n!, 1]));
  const size = abs(delta); // [batch, n, m]
  const huber = where(less(size, 1), mul(square(delta), 0.5), sub(size, 0.5));
  const levels = Float32Array.from({ length: Number(n) }, (_, index) => (index + 0.5) / Number(n));
  const isBelow = cast(less(stopGradient(delta), 0), delta.dtype);
  const errors = mul(abs(sub(reshape(tensor(levels), [1, n!, 1]), isBelow)), huber);
  return sum(mean(errors, { axis: 2 }), { axis: 1 });
}

const misfit = (quantiles: Tensor, targets: Tensor): Error =>
  new ShapeError(
    `quantileHuberLoss: the batches differ. Got quantiles ${formatShape(quantiles.shape)} and targets ` +
      `${formatShape(targets.shape)}; expected [batch, n] and [batch, m]. Reshape them.`,
    { op: 'quantileHuberLoss' },
  );
