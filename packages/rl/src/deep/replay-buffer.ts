import type { Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { argumentError } from '../errors.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import type { Random } from '../tabular/random.ts';
import { fitting } from './agent-checkpoint.ts';
import type { Kept } from './observation-codec.ts';

/** Sizes of a {@link ReplayBuffer}. */
export interface ReplaySizes {
  /** Steps of all envs together that are kept; the oldest are overwritten. */
  readonly bufferSize: number;
  readonly numEnvs: number;
  /** Numbers of an observation. */
  readonly observation: number;
  /** Default `'float32'`. */
  readonly observationDType?: 'float32' | 'uint8' | undefined;
  /** Numbers of an action. */
  readonly action: number;
  readonly actionDType: 'int32' | 'float32';
  /** How many an int32 action chooses from. Default any. */
  readonly choices?: number | undefined;
  /** Discount γ. */
  readonly gamma: number;
  /** Rewards that a row adds up before it goes on with a value. Default 1. */
  readonly nSteps?: number | undefined;
  /** What a reward counts when its row is drawn; rewards are kept as they were paid. Default: the same. */
  readonly worth?: ((reward: number) => number) | undefined;
}

/** What one step of all envs adds. */
export interface ReplayStep {
  readonly observations: Kept;
  readonly actions: TypedArray;
  readonly rewards: ArrayLike<number>;
  /** What was seen after the step: of an episode that ended its last observation, not the first of the next. */
  readonly nextObservations: Kept;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;
}

/** Rows that were drawn: the target of each is `reward + discount · value(nextObservation)`. */
export interface ReplayBatch {
  readonly observations: Kept;
  readonly actions: Int32Array | Float32Array;
  /** `Σ γⁱ rᵢ` over at most `nSteps` steps of the episode. */
  readonly rewards: Float32Array;
  readonly nextObservations: Kept;
  /** γ to the number of those steps; 0 where the episode terminated. One that was truncated goes on with its value. */
  readonly discounts: Float32Array;
  /** Which rows. */
  readonly rows: Int32Array;
}

const ARRAYS = ['observations', 'actions', 'rewards', 'nextObservations', 'terminations', 'truncations'] as const;
const DTYPES = { rewards: 'float32', terminations: 'uint8', truncations: 'uint8' } as const;

/**
 * The latest steps of several envs, to learn from many times: Stable-Baselines3's `ReplayBuffer`, and with `nSteps` its
 * `NStepReplayBuffer`. Row `t · numEnvs + env` holds one step; rows are drawn uniformly, with replacement.
 */
export class ReplayBuffer {
  readonly sizes: Required<{ readonly [Name in keyof ReplaySizes]: NonNullable<ReplaySizes[Name]> }>;
  /** Steps that each env has room for. */
  readonly capacity: number;
  /** Where the next step goes. */
  position = 0;
  /** Steps of each env that are there. */
  steps = 0;
  readonly observations: Kept;
  readonly actions: Int32Array | Float32Array;
  readonly rewards: Float32Array;
  readonly nextObservations: Kept;
  readonly terminations: Uint8Array;
  readonly truncations: Uint8Array;

  constructor(op: string, sizes: ReplaySizes) {
    const { bufferSize, numEnvs, gamma, nSteps = 1, choices = Infinity } = sizes;
    const { observationDType = 'float32', worth = asPaid } = sizes;
    checkInteger(op, 'bufferSize', [bufferSize, 1, Number.MAX_SAFE_INTEGER]);
    checkInteger(op, 'nSteps', [nSteps, 1, Number.MAX_SAFE_INTEGER]);
    checkNumber(op, 'gamma', [gamma, 0, 1]);
    this.sizes = { ...sizes, nSteps, choices, observationDType, worth };
    this.capacity = Math.max(1, Math.floor(bufferSize / numEnvs));
    const rows = this.capacity * numEnvs;
    const numbers = rows * Math.max(sizes.observation, sizes.action);
    if (numbers > MOST_NUMBERS) throw tooLarge(op, bufferSize, Math.floor((MOST_NUMBERS / numbers) * bufferSize));
    this.observations = this.#blank(rows);
    this.nextObservations = this.#blank(rows);
    const actions = rows * sizes.action;
    this.actions = sizes.actionDType === 'int32' ? new Int32Array(actions) : new Float32Array(actions);
    this.rewards = new Float32Array(rows);
    this.terminations = new Uint8Array(rows);
    this.truncations = new Uint8Array(rows);
  }

  /** Rows that are filled. */
  get rows(): number {
    return this.steps * this.sizes.numEnvs;
  }

  /** Takes in one step of all envs; everything is copied. */
  add(step: ReplayStep): void {
    const { numEnvs, observation, action } = this.sizes;
    const row = this.position * numEnvs;
    this.observations.set(step.observations, row * observation);
    this.nextObservations.set(step.nextObservations, row * observation);
    this.actions.set(step.actions as Int32Array, row * action);
    this.rewards.set(step.rewards, row);
    this.terminations.set(step.terminations, row);
    this.truncations.set(step.truncations, row);
    this.position = (this.position + 1) % this.capacity;
    this.steps = Math.min(this.steps + 1, this.capacity);
  }

  /** The envs begin anew: no row reaches beyond the latest step. */
  cut(): void {
    if (this.steps === 0) return;
    const { numEnvs } = this.sizes;
    this.truncations.fill(1, this.#newest * numEnvs, (this.#newest + 1) * numEnvs);
  }

  /** Draws rows: equal generators, equal rows. */
  sample(batchSize: number, random: Random): ReplayBatch {
    const rows = new Int32Array(batchSize);
    for (let index = 0; index < batchSize; index++) rows[index] = random.integer(this.rows);
    return this.take(rows);
  }

  /** Copies rows out. */
  take(rows: Int32Array): ReplayBatch {
    const { observation, action, actionDType, gamma, nSteps } = this.sizes;
    const actions = rows.length * action;
    const batch = {
      observations: this.#blank(rows.length),
      actions: actionDType === 'int32' ? new Int32Array(actions) : new Float32Array(actions),
      rewards: new Float32Array(rows.length),
      nextObservations: this.#blank(rows.length),
      discounts: new Float32Array(rows.length),
      rows,
    };
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      const { reward, last, discount } = nSteps === 1 ? this.#one(row, gamma) : this.#several(row);
      copyRow(this.observations, batch.observations, { row, index, size: observation });
      copyRow(this.nextObservations, batch.nextObservations, { row: last, index, size: observation });
      copyRow(this.actions, batch.actions, { row, index, size: action });
      batch.rewards[index] = reward;
      batch.discounts[index] = discount;
    }
    return batch;
  }

  clear(): void {
    this.position = 0;
    this.steps = 0;
  }

  /** What is filled, as tensors `buffer.…`. */
  tensors(): Record<string, Tensor> {
    if (this.steps === 0) return {};
    const tensors: Record<string, Tensor> = {};
    for (const name of ARRAYS) {
      const array = this[name].slice(0, (this[name].length / this.capacity) * this.steps);
      const dtype =
        name === 'actions'
          ? this.sizes.actionDType
          : name.endsWith('bservations')
            ? this.sizes.observationDType
            : DTYPES[name as 'rewards'];
      tensors[`buffer.${name}`] = hostLeaf(array, { dtype, shape: [array.length] }, false);
    }
    return tensors;
  }

  /** Checks what {@link tensors} gave, and returns what takes it over. */
  async saved(op: string, tensors: Readonly<Record<string, Tensor>>, at: ReplayPosition): Promise<() => void> {
    const { position, steps } = at;
    if (steps > this.capacity || position !== (steps < this.capacity ? steps : position % this.capacity)) {
      throw argumentError(
        `${op}.load`,
        `the replay buffer of the file does not fit. Got ${steps} steps of each env, the next at ${position}; expected at most ` +
          `${this.capacity}. Nothing was changed. Load it with the bufferSize that it was saved with.`,
      );
    }
    const arrays = new Map<(typeof ARRAYS)[number], TypedArray>();
    for (const name of steps === 0 ? [] : ARRAYS) {
      const like = this[name].subarray(0, (this[name].length / this.capacity) * steps);
      arrays.set(name, await fitting(op, `buffer.${name}`, { tensor: tensors[`buffer.${name}`], like }));
    }
    this.#checkRows(op, arrays);
    return () => {
      for (const [name, array] of arrays) this[name].set(array as Float32Array);
      this.position = position;
      this.steps = steps;
    };
  }

  /** Refuses rows that no env can have given: a loss of them would be wrong, or no number. */
  #checkRows(op: string, arrays: ReadonlyMap<string, TypedArray>): void {
    const reward = (arrays.get('rewards') as Float32Array | undefined)?.find((one) => !Number.isFinite(one));
    if (reward !== undefined) throw wrongNumber(op, 'buffer.rewards', { got: reward, expected: 'finite numbers' });
    const { choices, actionDType } = this.sizes;
    const isAction = (one: number): boolean =>
      actionDType === 'int32' ? one >= 0 && one < choices : Number.isFinite(one);
    const action = (arrays.get('actions') as Float32Array | undefined)?.find((one) => !isAction(one));
    const expected = actionDType === 'int32' ? `choices from 0 to ${choices - 1}` : 'finite numbers';
    if (action !== undefined) throw wrongNumber(op, 'buffer.actions', { got: action, expected });
  }

  /** Room for the observations of so many rows. */
  #blank(rows: number): Kept {
    const { observation, observationDType } = this.sizes;
    return observationDType === 'uint8' ? new Uint8Array(rows * observation) : new Float32Array(rows * observation);
  }

  get #newest(): number {
    return (this.position + this.capacity - 1) % this.capacity;
  }

  #one(row: number, gamma: number): Summed {
    return {
      reward: this.sizes.worth(this.rewards[row]!),
      last: row,
      discount: this.terminations[row] === 0 ? gamma : 0,
    };
  }

  /** Adds up rewards from a row on: to the end of the episode, the latest step, or `nSteps` of them. */
  #several(row: number): Summed {
    const { numEnvs, gamma, nSteps, worth } = this.sizes;
    const length = this.capacity * numEnvs;
    const newest = this.#newest;
    let last = row;
    let reward = worth(this.rewards[row]!);
    let discount = gamma;
    for (let step = 1; step < nSteps; step++) {
      if (this.terminations[last] !== 0 || this.truncations[last] !== 0 || Math.floor(last / numEnvs) === newest) break;
      last = (last + numEnvs) % length;
      reward += discount * worth(this.rewards[last]!);
      discount *= gamma;
    }
    return { reward, last, discount: this.terminations[last] === 0 ? discount : 0 };
  }
}

const asPaid = (reward: number): number => reward;

/** Where a buffer stands. */
export interface ReplayPosition {
  readonly position: number;
  readonly steps: number;
}

interface Summed {
  readonly reward: number;
  /** The row of the last step that was added. */
  readonly last: number;
  readonly discount: number;
}

/** Copies a row of `size` numbers. By hand: small copies by `set` and `subarray` cost ten times as much. */
function copyRow(from: TypedArray, to: TypedArray, place: { row: number; index: number; size: number }): void {
  const [source, target] = [from as Float32Array, to as Float32Array];
  const { row, index, size } = place;
  if (size > 64) {
    target.set(source.subarray(row * size, (row + 1) * size), index * size);
    return;
  }
  for (let at = 0; at < size; at++) target[index * size + at] = source[row * size + at]!;
}

/** Numbers of the largest typed array. */
const MOST_NUMBERS = 2 ** 31;

/** An error for a file that holds another number than there can be. */
export const wrongNumber = (op: string, name: string, { got, expected }: { got: number; expected: string }): Error =>
  argumentError(
    `${op}.load`,
    `the replay buffer of the file is damaged. Got ${got} in ${name}; expected ${expected}. Nothing was changed. Use another ` +
      'file.',
    { name },
  );

const tooLarge = (op: string, bufferSize: number, most: number): Error =>
  argumentError(
    op,
    `the replay buffer is too large. Got bufferSize ${bufferSize}; expected at most ${most} of such observations. Pass a ` +
      'smaller bufferSize.',
    { bufferSize },
  );
