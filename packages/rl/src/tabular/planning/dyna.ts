import { checkOptionNames } from '@gai/core/errors';
import { checkInteger, checkNumber } from '../errors.ts';
import { CONTROL_OPTIONS, ControlRun } from '../learning/control.ts';
import type { ControlOptions, ControlResult } from '../learning/control.ts';
import { PriorityQueue } from '../dp/priority-queue.ts';
import type { TabularEnv } from '../tabular-env.ts';

/**
 * Options of {@link dynaQ} and {@link prioritizedSweeping}.
 *
 * @category Planning
 * @since 0.1.0
 */
export interface DynaOptions extends ControlOptions {
  /** Updates from the model after every real step. Default 10. */
  readonly planningSteps?: number | undefined;
}

/**
 * Options of {@link dynaQPlus}.
 *
 * @category Planning
 * @since 0.1.0
 */
export interface DynaQPlusOptions extends DynaOptions {
  /** κ: a pair untried for τ steps is imagined to pay `κ√τ` more. Default 1e-3. */
  readonly kappa?: number | undefined;
}

/** What each pair led to the last time: a deterministic model, learned. */
class Model {
  readonly next: Int32Array;
  readonly rewards: Float64Array;
  readonly ends: Uint8Array;
  readonly lastTried: Float64Array;
  /** The pairs that planning may draw. */
  readonly known: number[] = [];
  readonly #isKnown: Uint8Array;

  constructor(size: number) {
    this.next = new Int32Array(size);
    this.rewards = new Float64Array(size);
    this.ends = new Uint8Array(size);
    this.lastTried = new Float64Array(size);
    this.#isKnown = new Uint8Array(size);
  }

  learn(pair: number, [next, reward, terminated]: readonly [number, number, boolean], time: number): void {
    this.next[pair] = next;
    this.rewards[pair] = reward;
    this.ends[pair] = terminated ? 1 : 0;
    this.lastTried[pair] = time;
    this.#add(pair);
  }

  /** Lets planning draw a pair that was never tried: it is imagined to stay where it is and pay nothing. */
  imagine(pair: number, state: number): void {
    if (this.#isKnown[pair] === 1) return;
    this.next[pair] = state;
    this.#add(pair);
  }

  #add(pair: number): void {
    if (this.#isKnown[pair] === 1) return;
    this.#isKnown[pair] = 1;
    this.known.push(pair);
  }
}

/**
 * Dyna-Q: Q-learning plus `planningSteps` updates per step on remembered transitions, drawn uniformly.
 *
 * Reaches good policies in far fewer real steps. The model remembers the last outcome of each pair, so it suits
 * deterministic envs.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.planningSteps - Default 10.
 * @example
 * import { dynaMaze, dynaQ, mdpEnv } from '@gai/rl/tabular';
 * const { lengths } = dynaQ(mdpEnv(dynaMaze()), { episodes: 20, planningSteps: 50, gamma: 0.95, seed: 0 });
 * lengths[19]! < 30; // => true
 * @see Sutton & Barto 2018, section 8.2
 * @category Planning
 * @since 0.1.0
 */
export function dynaQ(env: TabularEnv, options: DynaOptions): ControlResult {
  checkOptionNames('dynaQ', options, ['planningSteps', ...CONTROL_OPTIONS]);
  return learnDyna('dynaQ', env, { ...options, kappa: null });
}

/**
 * Dyna-Q+: {@link dynaQ} that also imagines a bonus of `κ√τ` for pairs untried for τ steps, and actions never tried.
 *
 * Notices when the world has changed for the better, as in the shortcut maze.
 *
 * @param env - Discrete observations and actions. Reseeded from `seed` at the first reset.
 * @param options.kappa - Default 1e-3.
 * @example
 * import { dynaMaze, dynaQPlus, mdpEnv } from '@gai/rl/tabular';
 * dynaQPlus(mdpEnv(dynaMaze()), { episodes: 20, gamma: 0.95, kappa: 1e-4, seed: 0 }).lengths[19]! < 40; // => true
 * @see Sutton & Barto 2018, section 8.3
 * @category Planning
 * @since 0.1.0
 */
export function dynaQPlus(env: TabularEnv, options: DynaQPlusOptions): ControlResult {
  checkOptionNames('dynaQPlus', options, ['kappa', 'planningSteps', ...CONTROL_OPTIONS]);
  return learnDyna('dynaQPlus', env, { ...options, kappa: options.kappa ?? 1e-3 });
}

function learnDyna(
  op: string,
  env: TabularEnv,
  options: DynaOptions & { readonly kappa: number | null },
): ControlResult {
  const run = new ControlRun(op, env, options);
  const { planningSteps = 10, kappa } = options;
  checkInteger(op, 'planningSteps', [planningSteps, 0, 1e9]);
  if (kappa !== null) checkNumber(op, 'kappa', [kappa, 0, Infinity]);
  const { q, gamma, actions, random } = run;
  const { numActions } = actions;
  const model = new Model(q.length);
  let time = 0;
  const update = (pair: number, reward: number): void => {
    const target = model.ends[pair] === 1 ? reward : reward + gamma * actions.max(q, model.next[pair]!);
    q[pair]! += run.alpha * (target - q[pair]!);
  };
  while (run.next()) {
    let state = run.reset();
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const action = run.act(state);
      const { observation, reward, terminated, truncated } = run.step(action);
      const pair = state * numActions + action;
      time++;
      model.learn(pair, [observation, reward, terminated], time);
      if (kappa !== null) {
        for (let i = actions.offsets[state]!; i < actions.offsets[state + 1]!; i++) {
          model.imagine(state * numActions + actions.list[i]!, state);
        }
      }
      update(pair, reward);
      for (let n = 0; n < planningSteps; n++) {
        const known = model.known[random.integer(model.known.length)]!;
        const bonus = kappa === null ? 0 : kappa * Math.sqrt(time - model.lastTried[known]!);
        update(known, model.rewards[known]! + bonus);
      }
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    run.end(sum, length);
  }
  return run.result();
}

/**
 * Options of {@link prioritizedSweeping}.
 *
 * @category Planning
 * @since 0.1.0
 */
export interface PrioritizedSweepingOptions extends DynaOptions {
  /** Changes of at most this size are not propagated, in units of reward. Default 1e-4. */
  readonly theta?: number | undefined;
}

/**
 * Prioritised sweeping with a learned model (Moore & Atkeson 1993): plans where values change most, backwards from
 * there.
 *
 * @param env - Discrete observations and actions, deterministic. Reseeded from `seed` at the first reset.
 * @param options.planningSteps - Most updates per real step. Default 10.
 * @param options.theta - Default 1e-4.
 * @example
 * import { dynaMaze, mdpEnv, prioritizedSweeping } from '@gai/rl/tabular';
 * const { lengths } = prioritizedSweeping(mdpEnv(dynaMaze()), { episodes: 20, alpha: 0.5, gamma: 0.95, seed: 0 });
 * lengths[19]! < 30; // => true
 * @see Sutton & Barto 2018, section 8.4
 * @category Planning
 * @since 0.1.0
 */
export function prioritizedSweeping(env: TabularEnv, options: PrioritizedSweepingOptions): ControlResult {
  checkOptionNames('prioritizedSweeping', options, ['theta', 'planningSteps', ...CONTROL_OPTIONS]);
  const op = 'prioritizedSweeping';
  const run = new ControlRun(op, env, options);
  const { planningSteps = 10, theta = 1e-4 } = options;
  checkInteger(op, 'planningSteps', [planningSteps, 0, 1e9]);
  checkNumber(op, 'theta', [theta, 0, Infinity]);
  const { q, gamma, actions } = run;
  const { numActions } = actions;
  const model = new Model(q.length);
  const queue = new PriorityQueue(q.length);
  const leadingTo: (Set<number> | undefined)[] = [];
  const error = (pair: number): number => {
    const after = model.ends[pair] === 1 ? 0 : gamma * actions.max(q, model.next[pair]!);
    return model.rewards[pair]! + after - q[pair]!;
  };
  const enqueue = (pair: number): void => {
    const priority = Math.abs(error(pair));
    if (priority > theta) queue.raise(pair, priority);
  };
  while (run.next()) {
    let state = run.reset();
    let sum = 0;
    let length = 0;
    for (let isOver = false; !isOver;) {
      const action = run.act(state);
      const { observation, reward, terminated, truncated } = run.step(action);
      const pair = state * numActions + action;
      model.learn(pair, [observation, reward, terminated], 0);
      if (!terminated) (leadingTo[observation] ??= new Set<number>()).add(pair);
      enqueue(pair);
      for (let n = 0; n < planningSteps && queue.size > 0; n++) {
        const worst = queue.pop();
        q[worst]! += run.alpha * error(worst);
        for (const before of leadingTo[Math.floor(worst / numActions)] ?? []) enqueue(before);
      }
      state = observation;
      sum += reward;
      length++;
      isOver = terminated || truncated;
    }
    run.end(sum, length);
  }
  return run.result();
}
