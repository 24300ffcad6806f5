import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from '../env.ts';
import { stateError } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { Canvas } from '../render/canvas.ts';
import { presentFrame } from '../render/present.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { checkInteger } from '../tabular/errors.ts';
import { actionError, NO_INFO, resetGenerator } from './reset-options.ts';
import { loadNumbers, saveNumbers } from './saved-state.ts';

/** Settings of {@link PixelGrid}. */
export interface PixelGridOptions {
  /** Cells, and pixels, of each side. Default 8. */
  size?: number | undefined;
}

/** Rows and columns of each action: left, down, right, up. */
const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/** How large a cell is drawn. */
const CELL = 32;

/**
 * A square seen from above, one pixel a cell: the agent is red, the goal green, both anywhere at the beginning of an episode.
 *
 * Observation: an image `[size, size, 3]` of bytes. Actions 0 to 3 go left, down, right and up; walls stop. Reward 1 at the goal, which
 * ends the episode, and 0 before: the mean return is the share of goals reached. `make('gai/PixelGrid-v0')` truncates at 32 steps.
 *
 * @example
 * import { PixelGrid } from '@gai/rl';
 * const env = new PixelGrid({ size: 4 });
 * env.reset({ seed: 0 }).observation.length; // => 48
 * @category Environments
 * @since 0.1.0
 */
export class PixelGrid implements Env<Uint8Array, number> {
  readonly observationSpace: Box<'uint8'>;
  readonly actionSpace = new Discrete(4);
  readonly size: number;
  /** Row and column of the agent, then of the goal. */
  readonly #values = new Float64Array(4);
  #random: Generator | undefined;
  #started = false;

  constructor(options: PixelGridOptions = {}) {
    checkOptionNames('PixelGrid', options, ['size']);
    const { size = 8 } = options;
    checkInteger('PixelGrid', 'size', [size, 2, 1000]);
    this.size = size;
    this.observationSpace = new Box({ low: 0, high: 255, shape: [size, size, 3], dtype: 'uint8' });
  }

  getState(): EnvState {
    return saveNumbers(this.#values, this.#random);
  }

  setState(state: EnvState): void {
    this.#random = loadNumbers(this.#values, state);
    this.#started = true;
  }

  reset(options: ResetOptions = {}): ResetResult<Uint8Array> {
    this.#random = resetGenerator(this.#random, options);
    const cells = this.size ** 2;
    const agent = this.#random.integers(0, cells);
    // Any cell but the agent's.
    const goal = (agent + 1 + this.#random.integers(0, cells - 1)) % cells;
    this.#values.set([agent, goal].flatMap((cell) => [Math.floor(cell / this.size), cell % this.size]));
    this.#started = true;
    return { observation: this.#observe(), info: NO_INFO };
  }

  step(action: number): StepResult<Uint8Array> {
    const move = MOVES[action];
    if (move === undefined) throw actionError('PixelGrid.step', action, MOVES.length);
    if (!this.#started)
      throw stateError('PixelGrid.step', 'no episode has begun. Got step first; expected reset. Call reset().');
    const values = this.#values;
    move.forEach((by, axis) => {
      values[axis] = Math.min(Math.max(values[axis]! + by, 0), this.size - 1);
    });
    const terminated = values[0] === values[2] && values[1] === values[3];
    return { observation: this.#observe(), reward: Number(terminated), terminated, truncated: false, info: NO_INFO };
  }

  #observe(): Uint8Array {
    const image = new Uint8Array(this.size ** 2 * 3);
    const [row, column, goalRow, goalColumn] = this.#values;
    image[(row! * this.size + column!) * 3] = 255;
    image[(goalRow! * this.size + goalColumn!) * 3 + 1] = 255;
    return image;
  }

  render(mode: RenderMode = 'ansi'): string | RgbFrame {
    const [row, column, goalRow, goalColumn] = this.#values;
    const canvas = new Canvas(this.size * CELL, this.size * CELL, [20, 20, 20]);
    canvas.rectangle([goalColumn! * CELL, goalRow! * CELL, CELL, CELL], [0, 255, 0]);
    canvas.rectangle([column! * CELL, row! * CELL, CELL, CELL], [255, 0, 0]);
    return presentFrame(canvas, mode);
  }
}
