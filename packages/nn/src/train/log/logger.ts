import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { describe } from '../../describe.ts';
import type { Callback } from '../callback.ts';
import type { LogSink } from './log-sink.ts';

/** Options of {@link logger}. */
export interface LoggerOptions {
  /** Also log `step/loss` and `step/seconds` every so many steps. Default: only the numbers of each epoch. */
  readonly everySteps?: number | undefined;
}

/**
 * Writes the numbers of every epoch, and of every so many steps, to sinks. A resumed run goes on with their files and
 * repeats no row; put the logger before {@link checkpoint}, so that no row is missing either.
 * @param sinks - Where to: {@link csvSink}, {@link jsonlSink}, {@link tensorBoardSink}, {@link terminalSink}, or one's own.
 * @param options.everySteps - Default: epochs only.
 * @throws {@link ArgumentError} if everySteps is not a count, or the sinks are no list of different sinks.
 * @example
 * const rows: unknown[] = [];
 * const sink = { name: 'rows', log: (step: number, scalars: object) => void rows.push([step, Object.keys(scalars)]) };
 * const model = new Linear({ inFeatures: 1, outFeatures: 1 });
 * const train = [{ x: tensor([[1]]), y: tensor([[2]]) }];
 * await fit(model, { train, loss: mse, callbacks: [logger([sink])] });
 * rows; // => [[1, ['epoch', 'loss', 'gradientNorm', 'seconds']]]
 * @category Logging
 */
export function logger(sinks: readonly LogSink[], options: LoggerOptions = {}): Callback {
  checkOptionNames('logger', options, ['everySteps']);
  const { everySteps } = options;
  if (everySteps !== undefined && !(Number.isSafeInteger(everySteps) && everySteps >= 1)) {
    throw new ArgumentError(`logger: everySteps is not a count. Got ${everySteps}; expected 1 or more.`, {
      op: 'logger',
    });
  }
  checkSinks(sinks);
  return {
    name: 'logger',
    // It looks at its arguments only: steps may run together.
    everySteps: Infinity,
    onFitBegin: async ({ step }) => {
      for (const sink of sinks) await sink.open?.(step);
    },
    onStepEnd: async ({ step }, { loss, seconds }) => {
      if (everySteps === undefined || step % everySteps !== 0) return;
      for (const sink of sinks) await sink.log(step, { 'step/loss': loss, 'step/seconds': seconds });
    },
    onEpochEnd: async ({ step, epoch }, logs) => {
      for (const sink of sinks) await sink.log(step, { epoch, ...logs });
    },
    onFitEnd: async () => {
      for (const sink of sinks) await sink.close?.();
    },
  };
}

function checkSinks(sinks: unknown): void {
  const isSink = (sink: unknown): boolean => typeof (sink as Partial<LogSink> | null)?.log === 'function';
  const remedy = isSink(sinks) ? ' Put it in an array.' : '';
  if (!Array.isArray(sinks)) throw notSinks(`${describe(sinks)}`, `an array of sinks.${remedy}`);
  const wrong: unknown = sinks.find((sink) => !isSink(sink));
  if (wrong !== undefined) throw notSinks(describe(wrong), 'sinks alone. Call what makes it: csvSink(path).');
  if (new Set(sinks).size < sinks.length)
    throw notSinks('one of them twice', 'each once, or its rows would be double.');
}

const notSinks = (got: string, expected: string): ArgumentError =>
  new ArgumentError(`logger: the sinks do not fit. Got ${got}; expected ${expected}`, { op: 'logger' });
