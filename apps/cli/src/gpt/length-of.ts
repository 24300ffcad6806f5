import type { RunLength } from './clock.ts';
import { GPT_PRESETS } from './presets.ts';
import type { RunSettings } from './record.ts';

/** Seconds that are trained, whatever reading and measuring take: a model of a few steps writes noise. */
const LEAST_TRAINING = 20;

/** What a run was asked to be, and the seconds that have gone. */
export interface TimedRun extends Pick<RunSettings, 'steps' | 'seconds' | 'preset'> {
  /** Seconds that reading has taken. */
  readonly spent: number;
  /** Seconds that are trained, whatever the rest takes. */
  readonly training?: number | undefined;
}

/** How long the training is; says so where reading has left little of the time. */
export function lengthOf(run: TimedRun, log: (text: string) => void): RunLength {
  const { steps, spent, training } = run;
  if (steps !== null) return { steps };
  if (training !== undefined) return { seconds: training, least: training };
  const whole = run.seconds ?? GPT_PRESETS[run.preset].seconds;
  const least = Math.min(LEAST_TRAINING, whole);
  const left = whole - spent;
  const seconds = Math.max(least, left);
  if (seconds < whole / 2 || seconds > left) {
    const what =
      seconds > left
        ? `training takes ${Math.round(seconds)} all the same, so the run takes longer`
        : `${Math.round(seconds)} are left to train and to measure`;
    log(`Reading took ${Math.round(spent)} of ${whole} seconds: ${what}. Give more with --seconds, or use --steps.`);
  }
  return { seconds, least };
}
