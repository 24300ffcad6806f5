import type { Pair } from '@gai/core';
import { checkSizes } from './check.ts';

/** One size for height and width, or both. */
export function pairOf(layer: string, option: string, size: number | Pair): Pair {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  checkSizes(layer, { [`${option}[0]`]: height, [`${option}[1]`]: width });
  return [height, width];
}
