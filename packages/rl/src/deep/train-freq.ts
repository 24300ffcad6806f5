import { argumentError, show } from '../errors.ts';

/** How often to update: every so many steps of the envs, or episodes. */
export type TrainFreq = number | readonly [frequency: number, unit: 'step' | 'episode'];

/**
 * A number and what it counts.
 *
 * @throws ArgumentError for what is none, or episodes of several envs.
 */
export function frequencyOf(op: string, given: TrainFreq, numEnvs: number): readonly [number, 'step' | 'episode'] {
  const [frequency, unit, ...more] = typeof given === 'number' ? ([given, 'step'] as const) : given;
  const isUnit = unit === 'step' || unit === 'episode';
  if (!Number.isSafeInteger(frequency) || frequency < 1 || !isUnit || more.length > 0) throw noFrequency(op, given);
  if (unit === 'episode' && numEnvs > 1) throw severalEnvs(op, numEnvs);
  return [frequency, unit];
}

const noFrequency = (op: string, given: TrainFreq): Error =>
  argumentError(
    op,
    `trainFreq is none. Got ${show(given)}; expected a whole number of at least 1, or one with a unit, such as [1, 'episode']. ` +
      'Pass one of them.',
    { trainFreq: given },
  );

const severalEnvs = (op: string, numEnvs: number): Error =>
  argumentError(
    op,
    `episodes of several envs do not end together. Got ${numEnvs} envs and trainFreq in episodes; expected 1 env. Count trainFreq in ` +
      'steps.',
  );
