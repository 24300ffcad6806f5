import { ArgumentError } from '@gai/core';
import { describe } from '../../describe.ts';
import type { Scalars } from './log-sink.ts';

/** Refuses a row that no file could give back: rows are found again by their step, and numbers by their name. */
export function checkRow(sink: string, step: number, scalars: Scalars): void {
  checkStep(sink, step);
  if (typeof scalars !== 'object' || scalars === null) {
    throw refused(sink, 'the numbers are none', describe(scalars), 'numbers by name');
  }
  for (const [name, value] of Object.entries(scalars)) {
    if (name === 'step' || name === '' || /[\n\r]/.test(name)) {
      const expected = "another than 'step', in one line. Rename the metric";
      throw refused(sink, 'a number has no usable name', JSON.stringify(name), expected);
    }
    if (typeof value !== 'number') throw refused(sink, `'${name}' is no number`, describe(value), 'a number');
  }
}

/** Refuses what is no count of steps. */
export function checkStep(sink: string, step: number): void {
  if (Number.isSafeInteger(step) && step >= 0) return;
  throw refused(sink, 'the step is none', describe(step), 'a whole number of 0 or more');
}

const refused = (sink: string, what: string, got: string, expected: string): ArgumentError =>
  new ArgumentError(`${sink}Sink: ${what}. Got ${got}; expected ${expected}.`, { op: `${sink}Sink` });
