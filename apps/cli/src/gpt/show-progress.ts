import type { Callback } from '@gai/nn';
import { ProgressLine } from '@gai/nn/train';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { StepPace } from './step-pace.ts';
import type { GptRun, TrainModelOptions } from './train-model.ts';
import { writeSample } from './write-sample.ts';

/** Seconds between two lines where nothing is drawn over, and between two samples of text. */
const [LINE_EVERY, SAMPLE_EVERY] = [10, 45];
/** Milliseconds between two drawings on a terminal. */
const REDRAW = 200;
/** Steps whose losses are averaged. */
const SMOOTHED = 50;
/** What measuring a token takes, as a share of training on one: forward only, but each in two windows. */
const MEASURE_SHARE = 0.9;
/** Seconds for saving, and for the start of the measurement. */
const SAVING = 6;

/** Shows step, loss, speed and time left, and now and then what the model writes. */
export function showProgress(run: GptRun, options: TrainModelOptions, { stderr }: Streams): Callback {
  const { setup, preset, clock, model } = run;
  const style = styleFor(stderr);
  const drawing = new ProgressLine(stderr);
  const tokens = preset.length * preset.batchSize;
  const losses: number[] = [];
  const pace = new StepPace();
  let [drawn, sampled] = [-Infinity, performance.now()];
  const line = (step: number, stepSeconds: number): string => {
    const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    const parts = [
      `step ${step}`,
      `loss ${loss.toFixed(3)}`,
      `${Math.round(tokens / stepSeconds).toLocaleString('en')} tokens/s`,
      `${Math.round(100 * clock.done(step))} %`,
      `eta ${time(clock.left(step, stepSeconds))}`,
    ];
    return parts.join('  ');
  };
  return {
    name: 'progress',
    everySteps: 1,
    onStepEnd: async ({ step }, logs) => {
      losses.push(logs.loss);
      if (losses.length > SMOOTHED) losses.shift();
      const now = performance.now();
      pace.add(step, now);
      const stepSeconds = pace.seconds() ?? logs.seconds;
      const nowSeconds = pace.seconds({ recent: true });
      if (nowSeconds !== undefined) {
        clock.keep(SAVING + (options.heldOutTokens / tokens) * nowSeconds * MEASURE_SHARE);
      }
      if (now - drawn >= (drawing.isLive ? REDRAW : 1000 * LINE_EVERY)) {
        drawn = now;
        const text = line(step, stepSeconds);
        if (drawing.isLive) drawing.draw(text);
        else stderr.write(`${text}\n`);
      }
      if (now - sampled < 1000 * SAMPLE_EVERY) return;
      const sample = await writeSample(model, setup, step);
      drawing.clear();
      stderr.write(`${style.dim(`step ${step}: ${sample}`)}\n`);
      sampled = performance.now();
      pace.pause(sampled - now);
    },
    onFitEnd: () => drawing.clear(),
  };
}

/** `9s`, `3m05s`. */
function time(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
