import { show } from './errors.ts';

/** Where two records of a play part. */
export interface Difference {
  readonly at: number;
  readonly first: string;
  readonly second: string;
}

/** The first entry that is not the same in both, compared all the way down. */
export function firstDifference(first: readonly unknown[], second: readonly unknown[]): Difference | undefined {
  const at = first.findIndex((entry, index) => !isSame(entry, second[index]));
  return at < 0 ? undefined : { at, first: show(first[at]), second: show(second[at]) };
}

/** Whether two values are alike, compared all the way down. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
