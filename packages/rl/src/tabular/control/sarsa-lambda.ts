import { checkOptionNames } from '@gai/core/errors';
import { checkNumber, refusal } from '../errors.ts';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * How an eligibility trace grows on a visit: by 1, to 1, or to `1 − α` of itself plus 1.
 *
 * @category Learning
 * @since 0.1.0
 */
export type TraceKind = 'accumulating' | 'replacing' | 'dutch';

/**
 * Options of {@link sarsaLambda} and {@link watkinsQLambda}.
 *
 * @category Control
 * @since 0.1.0
 */
export interface LambdaControlOptions extends ControlOptions {
  /** λ, from 0 (one step) to 1 (Monte Carlo). Default 0.9. */
  readonly lambda?: number | undefined;
  /** Default `'replacing'`. */
  readonly traces?: TraceKind | undefined;
}

/** Throws unless `kind` names a trace. */
export function checkTraces(op: string, kind: string): void {
  if (kind === 'accumulating' || kind === 'replacing' || kind === 'dutch') return;
  throw refusal('ARGUMENT', {
    op,
    problem: 'no such trace',
    got: `traces '${kind}'`,
    expected: "'accumulating', 'replacing' or 'dutch'",
    fix: 'Pass one of the three.',
  });
}

/** Traces smaller than this are dropped: they no longer change a double of similar size. */
const NEGLIGIBLE = 1e-12;

/** Eligibility traces of which only the nonzero ones are visited. */
export class SparseTraces {
  readonly #trace: Float64Array;
  #active: number[] = [];
  readonly #kind: TraceKind;

  constructor(size: number, kind: TraceKind) {
    this.#trace = new Float64Array(size);
    this.#kind = kind;
  }

  /** Marks a visit of entry `i`. */
  visit(i: number, alpha: number): void {
    const old = this.#trace[i]!;
    if (old === 0) this.#active.push(i);
    if (this.#kind === 'replacing') this.#trace[i] = 1;
    else this.#trace[i] = (this.#kind === 'dutch' ? 1 - alpha : 1) * old + 1;
  }

  /** `table += step · trace`, then `trace *= decay`. */
  update(table: Float64Array, step: number, decay: number): void {
    let kept = 0;
    for (const i of this.#active) {
      table[i]! += step * this.#trace[i]!;
      this.#trace[i]! *= decay;
      if (this.#trace[i]! > NEGLIGIBLE) this.#active[kept++] = i;
      else this.#trace[i] = 0;
    }
    this.#active.length = kept;
  }

  /** Forgets all visits. */
  clear(): void {
    for (const i of this.#active) this.#trace[i] = 0;
    this.#active = [];
  }
}

/**
 * SARSA(λ): the TD error of {@link sarsa} goes to all recently visited pairs, in proportion to traces that fade by γλ.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.lambda - Default 0.9. 0 is SARSA.
 * @param options.traces - `'accumulating'`, `'replacing'` (default) or `'dutch'`.
 * @example
 * import { mdpEnv, sarsaLambda, windyGridWorld } from '@gai/rl/tabular';
 * const { lengths } = sarsaLambda(mdpEnv(windyGridWorld()), { episodes: 200, alpha: 0.2, gamma: 1, seed: 0 });
 * lengths[199]! < 100; // => true
 * @see Sutton & Barto 2018, section 12.7
 * @category Control
 * @since 0.1.0
 */
export function sarsaLambda(env: TabularEnv, options: LambdaControlOptions): ControlResult {
  checkOptionNames('sarsaLambda', options, ['lambda', 'traces', ...CONTROL_OPTIONS]);
  return learnWithTraces('sarsaLambda', env, { ...options, isOffPolicy: false });
}

/**
 * Watkins's Q(λ): Q-learning with traces that are cut whenever an exploring action is taken.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options - As for {@link sarsaLambda}. λ = 0 is Q-learning.
 * @example
 * import { cliffWalking, mdpEnv, watkinsQLambda } from '@gai/rl/tabular';
 * const options = { episodes: 2000, alpha: 0.2, epsilon: 0.5, gamma: 1, lambda: 0.5, seed: 0 };
 * watkinsQLambda(mdpEnv(cliffWalking()), options).values[36]!.toFixed(0); // => '-13'
 * @see Sutton & Barto 2018, section 12.10
 * @category Control
 * @since 0.1.0
 */
export function watkinsQLambda(env: TabularEnv, options: LambdaControlOptions): ControlResult {
  checkOptionNames('watkinsQLambda', options, ['lambda', 'traces', ...CONTROL_OPTIONS]);
  return learnWithTraces('watkinsQLambda', env, { ...options, isOffPolicy: true });
}

function learnWithTraces(
  op: string,
  env: TabularEnv,
  options: LambdaControlOptions & { readonly isOffPolicy: boolean },
): ControlResult {
  const run = new ControlRun(op, env, options);
  const { lambda = 0.9, traces: kind = 'replacing', isOffPolicy } = options;
  checkNumber(op, 'lambda', [lambda, 0, 1]);
  checkTraces(op, kind);
  const { q, gamma, actions } = run;
  const traces = new SparseTraces(q.length, kind);
  while (run.next()) {
    let state = run.reset();
    let action = run.act(state);
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const { observation, reward, terminated, truncated } = run.step(action);
      const i = state * actions.numActions + action;
      let target = reward;
      let isCut = false;
      if (!terminated) {
        action = run.act(observation);
        const taken = q[observation * actions.numActions + action]!;
        const next = isOffPolicy ? actions.max(q, observation) : taken;
        isCut = isOffPolicy && taken < next;
        target += gamma * next;
      }
      traces.visit(i, run.alpha);
      traces.update(q, run.alpha * (target - q[i]!), gamma * lambda);
      if (isCut) traces.clear();
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    traces.clear();
    run.end(sum, length);
  }
  return run.result();
}
