import type { Info } from '../env.ts';
import { NO_INFO } from '../envs/reset-options.ts';
import { Box } from '../spaces/box.ts';
import { checkNarrow, concatenate, type Batched } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';
import { copyValue } from '../tabular/copy-value.ts';
import { ArrayPool } from './array-pool.ts';
import type { EnvRecord } from './env-slice.ts';
import type { VectorResetResult, VectorStepResult } from './vector-env.ts';

type Batch = (records: readonly EnvRecord[]) => unknown;

/** Puts what the envs gave together into the results of a vector env; all that is handed out is a copy. */
export class Assembler<Observation> {
  readonly #pool = new ArrayPool();
  readonly #batch: Batch;
  /** The infos of a step in which no env had anything to say: one list for all of them. */
  readonly #nothing: readonly Info[];

  constructor(space: Space<Observation>, numEnvs: number) {
    this.#batch = batcher(space, this.#pool);
    this.#nothing = Object.freeze(new Array<Info>(numEnvs).fill(NO_INFO));
  }

  /** The envs' records as one reset result. */
  reset(records: readonly EnvRecord[]): VectorResetResult<Observation> {
    return { observations: this.#observations(records), infos: this.#infos(records) };
  }

  /** The envs' records as one step result. */
  step(records: readonly EnvRecord[]): VectorStepResult<Observation> {
    const rewards = this.#pool.float64(records.length);
    const terminations = this.#pool.uint8(records.length);
    const truncations = this.#pool.uint8(records.length);
    for (let index = 0; index < records.length; index++) {
      const record = records[index]!;
      rewards[index] = record.reward;
      if (record.terminated) terminations[index] = 1;
      if (record.truncated) truncations[index] = 1;
    }
    const observations = this.#observations(records);
    return { observations, rewards, terminations, truncations, infos: this.#infos(records) };
  }

  #observations(records: readonly EnvRecord[]): Batched<Observation> {
    return this.#batch(records) as Batched<Observation>;
  }

  #infos(records: readonly EnvRecord[]): readonly Info[] {
    for (let index = 0; index < records.length; index++) {
      if (isEmpty(records[index]!.info)) continue;
      return records.map(({ info }) => (isEmpty(info) ? NO_INFO : copyValue(info)));
    }
    return this.#nothing;
  }
}

function isEmpty(info: Info): boolean {
  if (info === NO_INFO) return true;
  for (const _key in info) return false;
  return true;
}

/** How the observations of a space are batched; boxes and choices, the common ones, without anything in between. */
function batcher(space: Space, pool: ArrayPool): Batch {
  if (space instanceof Box) return boxBatcher(space as Box, pool);
  if (space.kind === 'Discrete') return discreteBatcher(space, pool);
  return (records) =>
    concatenate(
      space,
      records.map(({ observation }) => observation),
    );
}

function boxBatcher({ dtype, flatSize }: Box, pool: ArrayPool): Batch {
  return (records) => {
    const batch = pool.take(dtype, records.length * flatSize);
    let at = 0;
    for (let index = 0; index < records.length; index++) {
      const observation = records[index]!.observation as ArrayLike<number>;
      for (let i = 0; i < flatSize; i++) batch[at++] = observation[i]!;
    }
    return batch;
  };
}

function discreteBatcher(space: Space, pool: ArrayPool): Batch {
  checkNarrow(space);
  return (records) => {
    const batch = pool.take('int32', records.length);
    for (let index = 0; index < records.length; index++) batch[index] = records[index]!.observation as number;
    return batch;
  };
}
