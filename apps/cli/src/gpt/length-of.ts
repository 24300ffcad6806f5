import type { RunLength } from './clock.ts';
import { GPT_PRESETS } from './presets.ts';
import type { RunSettings } from './record.ts';

/** Seconds of a run that reading and measuring are to leave, whatever they take. */
const LEAST_TRAINING = 1;

/** What a run was asked to be, and the seconds that have gone. */
export interface TimedRun extends Pick<RunSettings, 'steps' | 'seconds' | 'preset'> {
  /** Seconds that reading has taken. */
  readonly spent: number;
}

/** How long the training is; says so where reading has left little of the time. */
export function lengthOf(run: TimedRun, log: (text: string) => void): RunLength {
  const { steps, spent } = run;
  if (steps !== null) return { steps };
  const whole = run.seconds ?? GPT_PRESETS[run.preset].seconds;
  const seconds = Math.max(LEAST_TRAINING, whole - spent);
  if (seconds < whole / 2) {
    log(
      `Reading took ${Math.round(spent)} of ${whole} seconds: ${Math.round(seconds)} are left to train and to measure. Give more with ` +
        `--seconds, or use --steps.`,
    );
  }
  return { seconds };
}
