import { checkOptionNames } from '@gai/core/ops';
import type { Callback, EpochLogs, FitContext } from './callback.ts';
import { ProgressLine } from './progress-line.ts';
import type { ProgressStream } from './progress-line.ts';

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  /** Default: `process.stderr` where there is one. */
  readonly stream?: ProgressStream | undefined;
  /** Milliseconds between redraws. Default 80. */
  readonly interval?: number | undefined;
}

/**
 * Shows the steps of each epoch as a bar with the time that is left of the whole run, and one line per epoch with its loss
 * and metrics; without a terminal, or with `TERM=dumb`, only the lines.
 * @param options.stream - Where it is drawn. Default: standard error.
 * @example
 * const lines: string[] = [];
 * progressBar({ stream: { write: (text) => lines.push(text) } }).name; // => 'progressBar'
 * @category Callbacks
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  checkOptionNames('progressBar', options, ['stream', 'interval']);
  const line = new ProgressLine(options.stream);
  const interval = options.interval ?? 80;
  let drawn = 0;
  let step = 0;
  const left = new TimeLeft();
  return {
    name: 'progressBar',
    everySteps: Infinity,
    onFitBegin: (context) => {
      step = context.step - doneInEpoch(context);
      left.begin();
    },
    onStepEnd: (context, { loss }) => {
      const now = performance.now();
      left.ran(context.step, now);
      if (!line.isLive || now - drawn < interval) return;
      drawn = now;
      line.draw(bar(context, { done: context.step - step, loss, left }));
    },
    onEpochEnd: (context, logs) => {
      step = context.step;
      line.clear();
      line.stream?.write(`epoch ${context.epoch}/${context.epochs}  ${formatLogs(logs)}\n`);
    },
    onFitEnd: () => line.clear(),
  };
}

/** What a bar shows of the present epoch. */
interface BarState {
  readonly done: number;
  readonly loss: number;
  readonly left: TimeLeft;
}

function bar(context: FitContext, { done, loss, left }: BarState): string {
  const total = context.stepsPerEpoch;
  const drawn = total === undefined ? '' : `${ProgressLine.bar(done / total)} `;
  const steps = total === undefined ? '' : `/${total}`;
  const missing = total === undefined ? undefined : total - done + total * (context.epochs - context.epoch - 1);
  const time = missing === undefined ? undefined : left.seconds(missing);
  const eta = time === undefined ? '' : `  eta ${formatTime(time)}`;
  return `epoch ${context.epoch + 1}/${context.epochs} ${drawn}${done}${steps}  loss ${loss.toFixed(4)}${eta}`;
}

/** Steps of an epoch that a resumed run has behind it. */
function doneInEpoch({ step, epoch, stepsPerEpoch }: FitContext): number {
  return stepsPerEpoch === undefined ? 0 : Math.max(0, step - epoch * stepsPerEpoch);
}

/**
 * Time that further steps will take: as long each as those so far, with what happened between them (measuring, saving).
 * The first ones do not count, since they were compiled.
 */
class TimeLeft {
  #first: { readonly step: number; readonly at: number } | undefined;
  #last = { step: 0, at: 0 };

  begin(): void {
    this.#first = undefined;
  }

  ran(step: number, at: number): void {
    this.#first ??= { step, at };
    this.#last = { step, at };
  }

  seconds(steps: number): number | undefined {
    const ran = this.#first === undefined ? 0 : this.#last.step - this.#first.step;
    if (ran === 0) return undefined;
    return (steps * (this.#last.at - this.#first!.at)) / ran / 1000;
  }
}

/** `9s`, `3m05s`, `2h07m`. */
function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
}

function formatLogs(logs: EpochLogs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${name === 'seconds' ? value.toFixed(1) : Number(value.toPrecision(4))}`)
    .join('  ');
}
