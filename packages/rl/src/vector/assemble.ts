import { concatenate } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';
import type { EnvRecord } from './env-slice.ts';
import type { VectorResetResult, VectorStepResult } from './vector-env.ts';

/** The envs' records as one reset result. */
export function assembleReset<Observation>(
  space: Space<Observation>,
  records: readonly EnvRecord[],
): VectorResetResult<Observation> {
  return {
    observations: concatenate(
      space,
      records.map(({ observation }) => observation as Observation),
    ),
    infos: records.map(({ info }) => info),
  };
}

/** The envs' records as one step result. */
export function assembleStep<Observation>(
  space: Space<Observation>,
  records: readonly EnvRecord[],
): VectorStepResult<Observation> {
  return {
    ...assembleReset(space, records),
    rewards: Float64Array.from(records, ({ reward }) => reward),
    terminations: Uint8Array.from(records, ({ terminated }) => Number(terminated)),
    truncations: Uint8Array.from(records, ({ truncated }) => Number(truncated)),
  };
}
