import { checkOptionNames } from '@gai/core/ops';
import type { LogSink } from './log-sink.ts';

/** Options of {@link terminalSink}. */
export interface TerminalSinkOptions {
  /** Where lines go. Default: standard error. */
  readonly write?: ((text: string) => unknown) | undefined;
}

/**
 * Writes each row as one line of text: `step 20  loss 0.1234  accuracy 0.9`.
 * @param options.write - Default: standard error, the console in a page.
 * @example
 * const lines: string[] = [];
 * const sink = terminalSink({ write: (text) => lines.push(text) });
 * await sink.log(20, { loss: 0.123456, accuracy: 0.9 });
 * lines; // => ['step 20  loss 0.1235  accuracy 0.9\n']
 * @category Logging
 */
export function terminalSink(options: TerminalSinkOptions = {}): LogSink {
  checkOptionNames('terminalSink', options, ['write']);
  const write = options.write ?? toStandardError;
  return {
    name: 'terminal',
    log: (step, scalars) => {
      const parts = Object.entries(scalars).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
      write(`${[`step ${step}`, ...parts].join('  ')}\n`);
    },
  };
}

function toStandardError(text: string): void {
  if (typeof process === 'undefined') console.error(text.trimEnd());
  else process.stderr.write(text);
}
