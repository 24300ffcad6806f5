import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import { Generator } from '../random/generator.ts';
import type { Space } from '../spaces/space.ts';

/** The spaces of a wrapped env, where they differ from the inner one's. */
export interface WrapperSpaces<Observation, Action> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
}

/**
 * The base of envs around an env. A wrapper overrides what it changes: `reset`, `step` or the spaces.
 *
 * `wrapper.env` is the env inside, `wrapper.unwrapped` the innermost one. A wrapper has its own result object: it never
 * writes to the inner env's.
 *
 * @category Wrappers
 * @since 0.1.0
 */
export abstract class Wrapper<Observation, Action, InnerObservation = Observation, InnerAction = Action> implements Env<
  Observation,
  Action
> {
  /** The env inside. */
  readonly env: Env<InnerObservation, InnerAction>;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  #result: StepResult<Observation> | undefined;

  constructor(env: Env<InnerObservation, InnerAction>, spaces: WrapperSpaces<Observation, Action>) {
    this.env = env;
    this.observationSpace = spaces.observationSpace;
    this.actionSpace = spaces.actionSpace;
  }

  /** The env that is no wrapper. */
  get unwrapped(): Env {
    return unwrap(this);
  }

  abstract reset(options?: ResetOptions): ResetResult<Observation>;
  abstract step(action: Action): StepResult<Observation>;

  /** The wrapper's own result with the inner one's fields and another observation. */
  protected forward(inner: StepResult<InnerObservation>, observation: Observation): StepResult<Observation> {
    const result = this.#result;
    if (result === undefined) return (this.#result = { ...inner, observation });
    result.observation = observation;
    result.reward = inner.reward;
    result.terminated = inner.terminated;
    result.truncated = inner.truncated;
    result.info = inner.info;
    return result;
  }

  /** The actions a state offers: the inner env's answer if the wrapper keeps its spaces, else all of them. */
  availableActions(state: number): ArrayLike<number> {
    const inner = this.env as { availableActions?: (state: number) => ArrayLike<number> };
    const keepsSpaces = Object.is(this.observationSpace, this.env.observationSpace);
    if (inner.availableActions !== undefined && keepsSpaces && Object.is(this.actionSpace, this.env.actionSpace)) {
      return inner.availableActions(state);
    }
    const { n = 0, start = 0 } = this.actionSpace as { n?: number; start?: number };
    return Array.from({ length: n }, (_, index) => start + index);
  }

  render(mode?: RenderMode): string | RgbFrame {
    if (this.env.render === undefined) {
      throw stateError(
        'render',
        'the env inside does not draw itself. Got an env without render; expected one. Add render to it.',
      );
    }
    return this.env.render(mode);
  }

  close(): void {
    this.env.close?.();
  }
}

/** The state of the env inside a wrapper, for the wrapper's own. */
export function saveInner({ env }: { readonly env: object }): EnvState {
  const { getState } = env as Partial<Env>;
  if (getState !== undefined) return getState.call(env as Env);
  throw stateError(
    'getState',
    'the env inside cannot be saved. Got an env without getState; expected one. Add getState and setState to it.',
  );
}

/** Hands its part of a wrapper's state to the env inside. */
export function loadInner({ env }: { readonly env: object }, state: EnvState): void {
  (env as Env).setState!(state['env'] as EnvState);
}

/** The env inside an env, if it is a wrapper. */
export function innerEnv(env: object): Env | undefined {
  return env instanceof Wrapper ? (env.env as Env) : undefined;
}

/**
 * The generator of a wrapper that draws: a stream of the seed that belongs to its place in the stack. With the seed itself
 * it would draw the numbers of the env inside, or of another wrapper.
 */
export function ownGenerator(wrapper: { readonly env: object }, seed?: number): Generator {
  let depth = 0;
  for (let inner: { readonly env?: unknown } = wrapper; isEnv(inner.env); inner = inner.env) depth++;
  return new Generator(seed, [depth]);
}

/** Wrappers made without {@link Wrapper} count too. */
function isEnv(value: unknown): value is { readonly env?: unknown } {
  return typeof value === 'object' && value !== null && 'step' in value;
}

/**
 * The innermost env: what remains when every wrapper is taken off.
 *
 * @example
 * import { CartPole, make, unwrap } from '@gai/rl';
 * unwrap(make('CartPole-v1')) instanceof CartPole; // => true
 * @category Wrappers
 * @since 0.1.0
 */
export function unwrap(env: object): Env {
  let current = env as Env;
  for (let inner = innerEnv(current); inner !== undefined; inner = innerEnv(current)) current = inner;
  return current;
}
