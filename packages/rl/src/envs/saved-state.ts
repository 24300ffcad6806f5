import type { EnvState } from '../env.ts';
import { Generator } from '../random/generator.ts';

type Bits = ReturnType<Generator['bits']['getState']>;

/** A generator as JSON; null before the first reset. */
export const saveGenerator = (random: Generator | undefined): Bits | null => random?.bits.getState() ?? null;

/** The generator that {@link saveGenerator} was given, where it stood. */
export function loadGenerator(state: unknown): Generator | undefined {
  if (state === null || state === undefined) return undefined;
  const random = new Generator(0);
  random.bits.setState(state as Bits);
  return random;
}

/** What an env of numbers goes on from: they, and its generator. */
export const saveNumbers = (values: Float64Array, random: Generator | undefined): EnvState => ({
  values: [...values],
  random: saveGenerator(random),
});

/** Takes the numbers over; returns the generator. */
export function loadNumbers(values: Float64Array, state: EnvState): Generator | undefined {
  values.set(state['values'] as number[]);
  return loadGenerator(state['random']);
}
