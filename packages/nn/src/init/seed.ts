import { ArgumentError } from '@gai/core';
import { shared } from '../shared.ts';
import { HostStream } from './stream.ts';

const state = (): { seed: number; draws: number } => shared('seed', () => ({ seed: 0, draws: 0 }));

/**
 * Sets where initial weights come from: the same seed before the same model gives the same weights, bit for bit, on
 * every machine and backend. Without a call the seed is 0.
 *
 * Each parameter draws from its own stream, numbered by how many were drawn since this call. Random numbers in a graph
 * (Dropout) take a key instead.
 * @param value - A safe integer.
 * @throws {@link ArgumentError} if it is not a safe integer.
 * @example
 * manualSeed(7);
 * const first = await toArray(init.normal()([2]));
 * manualSeed(7);
 * const again = await toArray(init.normal()([2]));
 * String(first) === String(again); // => true
 * @category Initialisation
 */
export function manualSeed(value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new ArgumentError(
      `manualSeed: the seed is not an integer. Got ${value}; expected a safe integer. Pass manualSeed(0).`,
      { op: 'manualSeed', details: { seed: value } },
    );
  }
  Object.assign(state(), { seed: value, draws: 0 });
}

/** The stream of the next parameter. */
export function nextStream(): HostStream {
  const current = state();
  return new HostStream(current.seed, current.draws++);
}
