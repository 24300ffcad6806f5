import { ShapeError, abs, add, clip, formatShape, mul, reshape, sub, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkInteger, refusal } from '../tabular/errors.ts';

/** The atoms of a categorical distribution of returns: `nAtoms` values from `vMin` to `vMax`, evenly spaced. */
export interface Support {
  /** Default −10. */
  readonly vMin?: number | undefined;
  /** Default 10. */
  readonly vMax?: number | undefined;
  /** Default 51. */
  readonly nAtoms?: number | undefined;
}

/** What {@link categoricalProjection} projects. */
export interface ProjectionInputs {
  /** `[batch, nAtoms]`: probabilities of the returns from the next observation on. */
  readonly probabilities: Tensor;
  /** `[batch]`: rewards up to there. */
  readonly rewards: Tensor;
  /** `[batch]`: `γⁿ`, 0 where the episode has ended. */
  readonly discounts: Tensor;
}

/** Values of the atoms, float32. */
export function supportOf(op: string, support: Support): Float32Array {
  const { vMin = -10, vMax = 10, nAtoms = 51 } = support;
  checkInteger(op, 'nAtoms', [nAtoms, 2, 1_000_000]);
  if (!(Number.isFinite(vMin) && Number.isFinite(vMax) && vMin < vMax)) {
    throw refusal('ARGUMENT', {
      op,
      problem: 'the support is empty',
      got: `vMin ${vMin} and vMax ${vMax}`,
      expected: 'finite numbers, vMin below vMax',
      fix: 'Pass the least and the largest return there is.',
    });
  }
  return Float32Array.from({ length: nAtoms }, (_, atom) => vMin + (atom * (vMax - vMin)) / (nAtoms - 1));
}

/**
 * The distribution of `r + γⁿ Z` on the atoms of Z, as C51 has it: each atom moves, is kept within `[vMin, vMax]`, and is
 * shared by its two neighbours: `mᵢ = Σⱼ pⱼ · [1 − |clip(r + γⁿzⱼ) − zᵢ| / Δz]₀¹`.
 *
 * @param inputs - Floats.
 * @param options - Default {@link Support}'s own.
 * @returns `[batch, nAtoms]`, probabilities.
 * @throws {@link ShapeError} if the sizes differ.
 * @throws {@link ArgumentError} if `vMin` is not below `vMax`, or there are fewer than two atoms.
 * @example
 * const inputs = { probabilities: tensor([[0, 1, 0]]), rewards: tensor([0.25]), discounts: tensor([0.5]) };
 * await toArray(categoricalProjection(inputs, { vMin: 0, vMax: 1, nAtoms: 3 })); // => [[0, 1, 0]]
 * @see Bellemare et al. 2017, A distributional perspective on reinforcement learning, https://arxiv.org/abs/1707.06887
 * @category Losses
 * @since 0.1.0
 */
export function categoricalProjection(inputs: ProjectionInputs, options: Support = {}): Tensor {
  checkOptionNames('categoricalProjection', options, ['vMin', 'vMax', 'nAtoms']);
  const { probabilities, rewards, discounts } = inputs;
  const atoms = supportOf('categoricalProjection', options);
  const [least, most, count] = [atoms[0]!, atoms.at(-1)!, atoms.length];
  const batch = probabilities.shape[0]!;
  const fits = [rewards, discounts].every(({ shape }) => shape.length === 1 && shape[0] === batch);
  if (probabilities.shape.length !== 2 || probabilities.shape[1] !== count || !fits) throw misfit(inputs, count);
  const column = (x: Tensor): Tensor => reshape(x, [batch, 1]);
  const moved = clip(add(column(rewards), mul(column(discounts), tensor(atoms))), least, most); // [batch, from]
  const distance = abs(sub(reshape(moved, [batch, count, 1]), tensor(atoms))); // [batch, from, to]
  const share = clip(sub(1, mul(distance, (count - 1) / (most - least))), 0, 1);
  return sum(mul(reshape(probabilities, [batch, count, 1]), share), { axis: 1 });
}

const misfit = ({ probabilities, rewards, discounts }: ProjectionInputs, count: number): Error =>
  new ShapeError(
    `categoricalProjection: the sizes differ. Got probabilities ${formatShape(probabilities.shape)}, rewards ` +
      `${formatShape(rewards.shape)} and discounts ${formatShape(discounts.shape)}; expected [batch, ${count}], [batch] and ` +
      '[batch]. Reshape them.',
    { op: 'categoricalProjection' },
  );
