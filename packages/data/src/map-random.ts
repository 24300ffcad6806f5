import { CounterRandom } from './random.ts';

/** The stream of the seed for the numbers given to `map`. */
const MAP = 2;

/** The random numbers of one batch's `map`: a pure function of the seed, the epoch and the batch. */
export function mapRandom(seed: number, epoch: number, index: number): CounterRandom {
  return new CounterRandom(seed, [MAP, epoch, index]);
}
