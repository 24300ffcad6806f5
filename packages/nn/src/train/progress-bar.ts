import type { Callback, EpochLogs, FitContext } from './callback.ts';

/** Where a progress bar is drawn: `process.stderr` in Node. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Options of {@link progressBar}. */
export interface ProgressBarOptions {
  /** Default: `process.stderr` where there is one. */
  readonly stream?: ProgressStream | undefined;
  /** Milliseconds between redraws. Default 80. */
  readonly interval?: number | undefined;
}

const WIDTH = 24;

/**
 * Shows the steps of each epoch as a bar and one line per epoch; without a terminal only the lines.
 * @param options.stream - Where it is drawn. Default: standard error.
 * @example
 * const lines: string[] = [];
 * progressBar({ stream: { write: (text) => lines.push(text) } }).name; // => 'progressBar'
 * @category Callbacks
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const stream = options.stream ?? standardError();
  const interval = options.interval ?? 80;
  let drawn = 0;
  let step = 0;
  const clear = (): void => void (stream?.isTTY === true && stream.write('\r\u001b[2K'));
  return {
    name: 'progressBar',
    everySteps: Infinity,
    onFitBegin: (context) => void (step = context.step),
    onStepEnd: (context, { loss }) => {
      const now = performance.now();
      if (stream?.isTTY !== true || now - drawn < interval) return;
      drawn = now;
      stream.write(`\r\u001b[2K${bar(context, context.step - step, loss).slice(0, (stream.columns ?? 80) - 1)}`);
    },
    onEpochEnd: (context, logs) => {
      step = context.step;
      clear();
      stream?.write(`epoch ${context.epoch}/${context.epochs}  ${formatLogs(logs)}\n`);
    },
    onFitEnd: clear,
  };
}

function standardError(): ProgressStream | undefined {
  return typeof process === 'undefined' ? undefined : process.stderr;
}

function bar(context: FitContext, done: number, loss: number): string {
  const total = context.stepsPerEpoch;
  const filled = total === undefined ? 0 : Math.min(WIDTH, Math.round((WIDTH * done) / total));
  const drawn = total === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} `;
  return `epoch ${context.epoch + 1}/${context.epochs} ${drawn}${done}${total === undefined ? '' : `/${total}`}  loss ${loss.toFixed(4)}`;
}

function formatLogs(logs: EpochLogs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${name === 'seconds' ? value.toFixed(1) : Number(value.toPrecision(4))}`)
    .join('  ');
}
