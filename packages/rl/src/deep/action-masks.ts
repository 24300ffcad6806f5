import type { Info } from '../env.ts';
import { argumentError, show } from '../errors.ts';

/** A mask of so many entries as floats. */
export function checkMask(op: string, mask: ArrayLike<number> | undefined, entries: number): Float32Array {
  if (mask?.length === entries) return Float32Array.from(mask);
  throw argumentError(
    op,
    `the action mask does not fit. Got ${show(mask)}; expected ${entries} entries, 1 for what is allowed. Give them in ` +
      'info.actionMask at every reset and step.',
  );
}

/** What the infos of several envs allow, one env after the other. */
export function masksOf(op: string, infos: readonly Info[], entries: number): Float32Array {
  const masks = new Float32Array(infos.length * entries);
  infos.forEach((info, index) => {
    masks.set(checkMask(op, info['actionMask'] as ArrayLike<number> | undefined, entries), index * entries);
  });
  return masks;
}
