import type { Env } from '../env.ts';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';

/** The env's action space, which must be a float `Box`. */
export function boxActionSpace(op: string, env: Pick<Env, 'actionSpace'>): Box<'float32' | 'float64'> {
  const space = env.actionSpace;
  if (space instanceof Box && (space.dtype === 'float32' || space.dtype === 'float64')) {
    return space as Box<'float32' | 'float64'>;
  }
  throw argumentError(
    op,
    `actions are not continuous. Got ${String(space)}; expected a float Box. Use it on such an env.`,
  );
}
