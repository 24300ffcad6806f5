import { ArgumentError } from '@gai/core';

/** Refuses result sizes of an adaptive pool that are none; null stands for a size that stays. */
export function checkOutputSize(layer: string, rank: number, outputSize: number | readonly (number | null)[]): void {
  const list = typeof outputSize === 'number' ? Array.from({ length: rank }, () => outputSize) : outputSize;
  if (list.length === rank && list.every((size) => size === null || (Number.isSafeInteger(size) && size >= 1))) return;
  throw new ArgumentError(
    `${layer}: outputSize does not fit. Got ${JSON.stringify(outputSize)}; expected a whole number of at least 1, or ` +
      `${rank} of them, with null for a size that stays. Change outputSize.`,
    { op: layer, details: { outputSize } },
  );
}
