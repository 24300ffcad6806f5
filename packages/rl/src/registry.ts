import type { Env } from './env.ts';
import { argumentError, show } from './errors.ts';
import type { BlackjackObservation } from './envs/blackjack-env.ts';
import { BUILT_IN, type EnvOptions, type EnvSpec } from './envs/specs.ts';
import type { ContinuousEnv } from './envs/torque.ts';
import { checkCount } from './spaces/seeded-space.ts';
import { TimeLimit } from './wrappers/time-limit.ts';

/**
 * Types of the envs by id, so that `make('CartPole-v1')` knows its observations and actions. Extend it by declaration
 * merging (`declare module '@gai/rl' { interface EnvTypes { 'Mine-v0': Env<number, number> } }`) for your own ids.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface EnvTypes {
  'CartPole-v0': Env<Float32Array, number>;
  'CartPole-v1': Env<Float32Array, number>;
  'Acrobot-v1': Env<Float32Array, number>;
  'MountainCar-v0': Env<Float32Array, number>;
  'MountainCarContinuous-v0': ContinuousEnv;
  'Pendulum-v1': ContinuousEnv;
  'PixelCar-v0': Env<Uint8Array, number>;
  'FrozenLake-v1': Env<number, number>;
  'FrozenLake8x8-v1': Env<number, number>;
  'CliffWalking-v0': Env<number, number>;
  'CliffWalking-v1': Env<number, number>;
  'CliffWalkingSlippery-v1': Env<number, number>;
  'Taxi-v3': Env<number, number>;
  'Taxi-v4': Env<number, number>;
  'Blackjack-v1': Env<BlackjackObservation, number>;
}

const added = new Map<string, EnvSpec>();

function builtIn(id: string): EnvSpec | undefined {
  return BUILT_IN.find((spec) => spec.id === id);
}

/**
 * Adds an env of your own to the registry, or replaces one you added before.
 *
 * @throws ArgumentError if the id belongs to an env of this package or the step limit is not a positive integer.
 * @example
 * import { CartPole, make, register } from '@gai/rl';
 * register({ id: 'ShortCartPole-v0', create: () => new CartPole(), maxEpisodeSteps: 20 });
 * make('ShortCartPole-v0').actionSpace.toString(); // => 'Discrete(2)'
 * @category Environments
 * @since 0.1.0
 */
export function register(spec: EnvSpec): void {
  if (builtIn(spec.id) !== undefined) {
    throw argumentError(
      'register',
      `the id is taken. Got id ${show(spec.id)}; expected a new one. Change its name or version.`,
    );
  }
  if (spec.maxEpisodeSteps !== undefined) checkCount('register', 'maxEpisodeSteps', spec.maxEpisodeSteps);
  added.set(spec.id, spec);
}

/** The registry's entry of an id. Throws ArgumentError with the nearest ids if there is none. */
export function envSpec(id: string): EnvSpec {
  const spec = added.get(id) ?? builtIn(id);
  if (spec !== undefined) return spec;
  const name = id
    .toLowerCase()
    .replace(/-v\d+$/, '')
    .replace(/[^a-z0-9]/g, '');
  const near = envIds().filter(
    (known) =>
      name.length > 2 &&
      known
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '')
        .includes(name),
  );
  throw argumentError(
    'make',
    `unknown env. Got id ${show(id)}; expected one of ${(near.length > 0 ? near : envIds()).join(', ')}. ` +
      'Check the spelling and version, or register it.',
    { id },
  );
}

/** Every id that `make` knows. */
export function envIds(): string[] {
  return [...BUILT_IN, ...added.values()].map(({ id }) => id);
}

/** Settings of {@link make}: the env's own, and the step limit. */
export interface MakeOptions extends EnvOptions {
  /** Overrides the registered step limit; null removes it. */
  readonly maxEpisodeSteps?: number | null | undefined;
}

/**
 * Makes an env from the registry, with its step limit (`TimeLimit`) around it.
 *
 * @param id - Such as `CartPole-v1`; `envIds()` lists them.
 * @param options - The env's own settings (`{ slippery: false }`) and `maxEpisodeSteps`.
 * @throws ArgumentError for an unknown id.
 * @example
 * import { make } from '@gai/rl';
 * const env = make('FrozenLake-v1', { slippery: false });
 * env.reset({ seed: 0 }).observation; // => 0
 * env.step(2).observation;            // => 1
 * @category Environments
 * @since 0.1.0
 */
export function make<Id extends keyof EnvTypes>(id: Id, options?: MakeOptions): EnvTypes[Id];
export function make(id: string, options?: MakeOptions): Env;
export function make(id: string, options: MakeOptions = {}): Env {
  const spec = envSpec(id);
  const { maxEpisodeSteps = spec.maxEpisodeSteps ?? null, ...rest } = options;
  // Envs refuse names they do not have; a setting that is undefined was not made, as for the options of each.
  const own = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  checkOptions(spec, own);
  const env = spec.create(own) as Env;
  return maxEpisodeSteps === null ? env : new TimeLimit(env, maxEpisodeSteps);
}

function checkOptions({ id, options: known }: EnvSpec, own: EnvOptions): void {
  const unknown = Object.keys(own).find((name) => known?.includes(name) === false);
  if (unknown === undefined || known === undefined) return;
  throw argumentError(
    'make',
    `${id} has no such setting. Got ${unknown}; expected ${['maxEpisodeSteps', ...known].join(', ')}. Remove or rename it.`,
    { id, unknown },
  );
}
