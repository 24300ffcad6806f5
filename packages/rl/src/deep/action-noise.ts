import type { Json, ProgressReader } from '@gai/nn/train';
import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { checkNumber } from '../tabular/errors.ts';
import type { Random } from '../tabular/random.ts';

/** A number for all parts of an action, or one for each. */
export type PerAction = number | readonly number[];

/** Settings of {@link normalActionNoise}. */
export interface NormalActionNoise {
  readonly kind: 'normal';
  readonly mean: PerAction;
  readonly sigma: PerAction;
}

/** Settings of {@link ornsteinUhlenbeckActionNoise}. */
export interface OrnsteinUhlenbeckActionNoise {
  readonly kind: 'ornstein-uhlenbeck';
  readonly mean: PerAction;
  readonly sigma: PerAction;
  readonly theta: number;
  readonly dt: number;
  readonly initialNoise: PerAction;
}

/** What is added to the actions of {@link SAC} and {@link TD3} while they learn, in units of actions scaled to [−1, 1]. */
export type ActionNoise = NormalActionNoise | OrnsteinUhlenbeckActionNoise;

/**
 * Independent normal numbers, new at every step: Stable-Baselines3's `NormalActionNoise`.
 *
 * @param options.sigma - Standard deviation, where actions run from −1 to 1.
 * @param options.mean - Default 0.
 * @example
 * import { normalActionNoise } from '@gai/rl/deep';
 * normalActionNoise({ sigma: 0.1 }).kind; // => 'normal'
 * @category Deep agents
 * @since 0.1.0
 */
export function normalActionNoise(options: {
  readonly sigma: PerAction;
  readonly mean?: PerAction | undefined;
}): NormalActionNoise {
  checkOptionNames('normalActionNoise', options, ['sigma', 'mean']);
  const { sigma, mean = 0 } = options;
  return checked('normalActionNoise', { kind: 'normal', mean, sigma });
}

/**
 * Normal numbers that remember: `x ← x + θ(μ − x)·dt + σ·√dt·N(0, 1)`, from the beginning of each episode. Stable-Baselines3's
 * `OrnsteinUhlenbeckActionNoise`.
 *
 * @param options.sigma - Where actions run from −1 to 1.
 * @param options.mean - μ. Default 0.
 * @param options.theta - θ: how fast it comes back. Default 0.15.
 * @param options.dt - Default 0.01.
 * @param options.initialNoise - Default 0.
 * @example
 * import { ornsteinUhlenbeckActionNoise } from '@gai/rl/deep';
 * ornsteinUhlenbeckActionNoise({ sigma: 0.5 }).theta; // => 0.15
 * @category Deep agents
 * @since 0.1.0
 */
export function ornsteinUhlenbeckActionNoise(options: {
  readonly sigma: PerAction;
  readonly mean?: PerAction | undefined;
  readonly theta?: number | undefined;
  readonly dt?: number | undefined;
  readonly initialNoise?: PerAction | undefined;
}): OrnsteinUhlenbeckActionNoise {
  const op = 'ornsteinUhlenbeckActionNoise';
  checkOptionNames(op, options, ['sigma', 'mean', 'theta', 'dt', 'initialNoise']);
  const { sigma, mean = 0, theta = 0.15, dt = 0.01, initialNoise = 0 } = options;
  return checked(op, { kind: 'ornstein-uhlenbeck', mean, sigma, theta, dt, initialNoise });
}

function checked<Noise extends ActionNoise>(op: string, noise: Noise): Noise {
  for (const [name, value] of Object.entries(noise)) {
    if (name === 'kind') continue;
    const least = name === 'mean' || name === 'initialNoise' ? -Infinity : 0;
    for (const one of Array.isArray(value) ? (value as readonly number[]) : [value as number]) {
      checkNumber(op, name, [one, least, Infinity]);
    }
  }
  return noise;
}

/** The noise of several envs while they are stepped. */
export class NoiseProcess {
  readonly #noise: ActionNoise;
  readonly #size: number;
  /** The latest numbers of each env, for noise that remembers. */
  readonly #previous: Float64Array;

  /** @param size - Numbers of one action. */
  constructor(op: string, noise: ActionNoise, { numEnvs, size }: { readonly numEnvs: number; readonly size: number }) {
    if (noise.kind !== 'normal' && noise.kind !== 'ornstein-uhlenbeck') throw unknownNoise(op, noise);
    checked(op, noise);
    for (const [name, value] of Object.entries(noise) as [string, PerAction][]) {
      if (Array.isArray(value) && value.length !== size) throw wrongSize(op, name, { value, size });
    }
    this.#noise = noise;
    this.#size = size;
    this.#previous = new Float64Array(numEnvs * size);
    for (let env = 0; env < numEnvs; env++) this.reset(env);
  }

  /** Actions with the noise of one step of all envs, within [−1, 1]. */
  added(actions: ArrayLike<number>, random: Random): Float32Array {
    return Float32Array.from(actions, (action, index) => Math.max(-1, Math.min(1, action + this.#next(index, random))));
  }

  /** An episode of that env is over. */
  reset(env: number): void {
    if (this.#noise.kind === 'normal') return;
    for (let at = 0; at < this.#size; at++) this.#previous[env * this.#size + at] = part(this.#noise.initialNoise, at);
  }

  /** What it goes on from, as JSON. */
  state(): Json {
    return [...this.#previous];
  }

  /** Checks what {@link state} gave, and returns what takes it over. */
  loading(read: ProgressReader, saved: unknown): () => void {
    const numbers = read.numbers(saved, 'replay.noise', this.#previous.length);
    return () => this.#previous.set(numbers);
  }

  #next(index: number, random: Random): number {
    const noise = this.#noise;
    const at = index % this.#size;
    const [mean, sigma] = [part(noise.mean, at), part(noise.sigma, at)];
    if (noise.kind === 'normal') return mean + sigma * random.normal();
    const before = this.#previous[index]!;
    const next = before + noise.theta * (mean - before) * noise.dt + sigma * Math.sqrt(noise.dt) * random.normal();
    this.#previous[index] = next;
    return next;
  }
}

const part = (value: PerAction, at: number): number => (typeof value === 'number' ? value : value[at]!);

const unknownNoise = (op: string, noise: unknown): Error =>
  argumentError(
    op,
    `actionNoise is no noise. Got ${show(noise)}; expected normalActionNoise({ sigma }) or ornsteinUhlenbeckActionNoise({ sigma ` +
      '}). Pass one of them.',
  );

const wrongSize = (op: string, name: string, { value, size }: { value: readonly number[]; size: number }): Error =>
  argumentError(
    op,
    `actionNoise does not fit the actions. Got ${value.length} numbers as ${name}; expected ${size}, or one for all. Pass as ` +
      'many as an action has.',
    { [name]: value },
  );
