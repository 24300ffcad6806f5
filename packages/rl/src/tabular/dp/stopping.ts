import { checkInteger, checkNumber } from '../errors.ts';

/**
 * What a sweep over the states did, for `onSweep`.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface SweepReport {
  /** 1, 2, … */
  sweep: number;
  /** Largest change of a value in this sweep. */
  delta: number;
  /** Largest absolute value. */
  scale: number;
  /** The values after the sweep. Reused: copy to keep. */
  values: Float64Array;
}

/**
 * When to stop sweeping.
 *
 * @category Dynamic programming
 * @since 0.1.0
 */
export interface StoppingOptions {
  /**
   * Largest error of the returned values, in units of reward. Default 1e-10. For γ < 1 it is guaranteed by
   * `γ/(1−γ)·delta`; at γ = 1 it is estimated from the rate at which `delta` shrinks. Rounding is the floor.
   */
  readonly tolerance?: number | undefined;
  /** Instead of `tolerance`: stop once no value changed by `theta` or more (Sutton & Barto's rule). */
  readonly theta?: number | undefined;
  /** Most sweeps. Default 10,000,000. */
  readonly maxSweeps?: number | undefined;
  /** Called after every sweep. */
  readonly onSweep?: ((report: SweepReport) => void) | undefined;
}

/** How slowly the estimated rate of convergence may fall from sweep to sweep: one lucky sweep does not end a run. */
const RATE_MEMORY = 0.98;

/** The stopping rule of one run. */
export interface SweepRule {
  readonly theta: number | undefined;
  readonly tolerance: number;
  readonly gamma: number;
  readonly maxSweeps: number;
  previousDelta: number;
  rate: number;
}

/** The names of {@link StoppingOptions}. */
export const STOPPING_OPTIONS: readonly string[] = ['tolerance', 'theta', 'maxSweeps', 'onSweep'];

/** Checks the options and makes the rule. */
export function sweepRule(op: string, gamma: number, options: StoppingOptions): SweepRule {
  const tolerance = options.tolerance ?? 1e-10;
  const maxSweeps = options.maxSweeps ?? 10_000_000;
  checkNumber(op, 'tolerance', [tolerance, 0, Infinity]);
  if (options.theta !== undefined) checkNumber(op, 'theta', [options.theta, 0, Infinity]);
  checkInteger(op, 'maxSweeps', [maxSweeps, 1, Number.MAX_SAFE_INTEGER]);
  return { theta: options.theta, tolerance, gamma, maxSweeps, previousDelta: Infinity, rate: 1 };
}

/**
 * True once the rule is met. Without `theta` the error after a sweep is bounded by `delta·ρ/(1−ρ)`: ρ = γ is certain;
 * at γ = 1, ρ is the largest ratio of two deltas in the last sweeps, at least 1/2. A change of a few units in the last
 * place also ends it.
 */
export function isConverged(rule: SweepRule, { delta, scale }: SweepReport): boolean {
  const previous = rule.previousDelta;
  rule.previousDelta = delta;
  if (rule.theta !== undefined) return delta < rule.theta || delta === 0;
  if (delta <= 2 * Number.EPSILON * scale) return true;
  const ratio = previous === Infinity ? 1 : Math.min(delta / previous, 1);
  rule.rate = Math.max(ratio, 0.5, RATE_MEMORY * rule.rate);
  const rate = rule.gamma < 1 ? rule.gamma : rule.rate;
  return delta * rate <= rule.tolerance * (1 - rate);
}
