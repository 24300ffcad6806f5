import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { argumentError } from '../errors.ts';
import { allocate, Box, type BoxArrays, type BoxDType } from '../spaces/box.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { Wrapper } from './wrapper.ts';

/** Settings of {@link FrameStack}. */
export interface FrameStackOptions {
  /** How many observations to stack. */
  stackSize: number;
  /** What fills the stack at a reset: the first observation or zeros. Default `'reset'`. */
  padding?: 'reset' | 'zero' | undefined;
}

/**
 * Gives the last `stackSize` observations as one array, oldest first; the shape gains a first axis.
 *
 * @throws ArgumentError if the observation space is not a `Box` or the size not a positive integer.
 * @example
 * import { FrameStack, MountainCar } from '@gai/rl';
 * const env = new FrameStack(new MountainCar(), { stackSize: 4 });
 * env.observationSpace.shape; // => [4, 2]
 * @category Wrappers
 * @since 0.1.0
 */
export class FrameStack<Action, D extends BoxDType = 'float32'> extends Wrapper<BoxArrays[D], Action> {
  readonly #size: number;
  readonly #padding: 'reset' | 'zero';
  readonly #dtype: D;
  #frames: BoxArrays[D];

  constructor(env: Env<BoxArrays[D], Action>, options: FrameStackOptions) {
    checkOptionNames('FrameStack', options, ['stackSize', 'padding']);
    const { stackSize, padding = 'reset' } = options;
    checkCount('FrameStack', 'stackSize', stackSize);
    const space: unknown = env.observationSpace;
    if (!(space instanceof Box)) {
      throw argumentError(
        'FrameStack',
        `observations are not arrays. Got ${String(space)}; expected a Box. Flatten them first.`,
      );
    }
    const inner = space as Box<D>;
    const repeat = (bounds: ArrayLike<number>): number[] =>
      Array.from({ length: stackSize }, () => Array.from(bounds)).flat();
    const observationSpace = new Box<D>({
      low: repeat(inner.low),
      high: repeat(inner.high),
      shape: [stackSize, ...inner.shape],
      dtype: inner.dtype,
    });
    super(env, { observationSpace, actionSpace: env.actionSpace });
    this.#size = inner.flatSize;
    this.#padding = padding;
    this.#dtype = inner.dtype;
    this.#frames = allocate(inner.dtype, stackSize * this.#size);
  }

  /** A new array with the newest observation at its end. */
  #push(observation: BoxArrays[D]): BoxArrays[D] {
    const next = allocate(this.#dtype, this.#frames.length);
    next.set(this.#frames.subarray(this.#size));
    next.set(observation, next.length - this.#size);
    this.#frames = next;
    return next;
  }

  reset(options?: ResetOptions): ResetResult<BoxArrays[D]> {
    const { observation, info } = this.env.reset(options);
    this.#frames = allocate(this.#dtype, this.#frames.length);
    if (this.#padding === 'reset') {
      for (let offset = 0; offset < this.#frames.length; offset += this.#size) this.#frames.set(observation, offset);
    }
    return { observation: this.#push(observation), info };
  }

  step(action: Action): StepResult<BoxArrays[D]> {
    const inner = this.env.step(action);
    return this.forward(inner, this.#push(inner.observation));
  }
}
