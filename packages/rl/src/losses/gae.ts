import { add, at, cast, greater, mul, scan, sub, where, zerosLike } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { checkNumber } from '../tabular/errors.ts';
import { checkShapes } from './shapes.ts';

/** What {@link gae} looks at, `[steps, …]` each. */
export interface GaeInputs<Numbers> {
  readonly rewards: Numbers;
  /** V of the observation before each step. */
  readonly values: Numbers;
  /** V of the observation after each step; where an episode was truncated, of its final observation. */
  readonly nextValues: Numbers;
  /** 1 where the episode terminated: what follows is worth 0. */
  readonly terminations: Numbers;
  /** 1 where it was truncated: what follows is worth `nextValues`, but belongs to another episode. Default none. */
  readonly truncations?: Numbers | undefined;
}

/** Settings of {@link gae}. */
export interface GaeOptions {
  /** Discount γ per step, from 0 to 1. Default 0.99. */
  readonly gamma?: number | undefined;
  /** λ, from 0 (one step, least variance) to 1 (Monte Carlo, least bias). Default 0.95. */
  readonly lambda?: number | undefined;
}

/** What {@link gae} gives, `[steps, …]` each. */
export interface GaeResult<Numbers> {
  readonly advantages: Numbers;
  /** Targets of the value function: `advantages + values`. */
  readonly returns: Numbers;
}

/** γ and λ with their defaults, Stable-Baselines3's; throws if one is out of range, or an option is none of these or of `others`. */
export function gaeSettings(
  op: string,
  options: GaeOptions,
  others: readonly string[] = [],
): [gamma: number, lambda: number] {
  checkOptionNames(op, options, ['gamma', 'lambda', ...others]);
  const { gamma = 0.99, lambda = 0.95 } = options;
  checkNumber(op, 'gamma', [gamma, 0, 1]);
  checkNumber(op, 'lambda', [lambda, 0, 1]);
  return [gamma, lambda];
}

/**
 * Generalised advantage estimation: `Aₜ = δₜ + γλ Aₜ₊₁` within an episode, with `δₜ = rₜ + γ V(sₜ₊₁) − V(sₜ)`.
 *
 * The value after a terminated step counts 0, after a truncated one `nextValues`; neither passes on the advantages of the
 * next episode. One backward scan, of any number of steps. On the host, in float64: {@link hostGae}.
 *
 * @param inputs - `[steps, …]`, floats of one shape; `terminations` and `truncations` of any dtype, 0 or 1.
 * @param options.gamma - Default 0.99.
 * @param options.lambda - Default 0.95.
 * @throws {@link ShapeError} if the shapes differ. ArgumentError for γ or λ outside [0, 1].
 * @example
 * const column = (...numbers: number[]) => tensor(numbers);
 * const { advantages } = gae(
 *   { rewards: column(1, 1), values: column(0, 0), nextValues: column(0, 0), terminations: column(0, 1) },
 *   { gamma: 0.5, lambda: 1 },
 * );
 * await toArray(advantages); // => [1.5, 1]
 * @see Schulman et al. 2016, https://arxiv.org/abs/1506.02438
 * @category Losses
 * @since 0.1.0
 */
export function gae(inputs: GaeInputs<Tensor>, options: GaeOptions = {}): GaeResult<Tensor> {
  const [gamma, lambda] = gaeSettings('gae', options);
  const { rewards, values, nextValues, terminations, truncations } = inputs;
  checkShapes('gae', { rewards, values, nextValues, terminations, truncations });
  const goesOn = sub(1, cast(terminations, rewards.dtype));
  // Not a product: the value after the end may be no number.
  const next = where(greater(goesOn, 0), mul(gamma, nextValues), 0);
  const delta = sub(add(rewards, next), values);
  const isSame = truncations === undefined ? goesOn : mul(goesOn, sub(1, cast(truncations, rewards.dtype)));
  const step = (after: Tensor, [error, keep]: readonly [Tensor, Tensor]): [Tensor, Tensor] => {
    const advantage = add(error, mul(keep, after));
    return [advantage, advantage];
  };
  const last = zerosLike(at(rewards, 0));
  const [, advantages] = scan(step, last, [delta, mul(gamma * lambda, isSame)] as const, { reverse: true }) as [
    Tensor,
    Tensor,
  ];
  return { advantages, returns: add(advantages, values) };
}
