import { ArgumentError } from '@gai/core';
import { seedOfRow } from './draw.ts';

/** A seed for each row; one number stands for all rows, each of which has a seed of its own by it. */
export function seedsOf(seed: number | readonly number[] | undefined, rows: number): readonly number[] {
  if (seed === undefined || typeof seed === 'number') {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    return Array.from({ length: rows }, (_, row) => seedOfRow(seed ?? drawn!, row));
  }
  if (seed.length === rows) return seed;
  throw new ArgumentError(
    `generate: the seeds do not fit. Got ${seed.length} for ${rows} rows; expected one for each row, or one number for all.`,
    { op: 'generate', details: { seeds: seed.length, rows } },
  );
}
