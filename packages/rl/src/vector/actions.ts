import { iterate } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';

/** One action per env of what `step` was given: as it is where it already holds one element per env. */
export function actionsOf(space: Space, actions: unknown, numEnvs: number): ArrayLike<unknown> {
  const holdsElements = Array.isArray(actions) || (space.kind === 'Discrete' && ArrayBuffer.isView(actions));
  const list = actions as ArrayLike<unknown>;
  return holdsElements && list.length === numEnvs ? list : iterate(space, actions, numEnvs);
}
