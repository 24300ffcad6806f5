import { DataError } from '@gai/core';

/** What is wrong with a file, what it says and what a right one would say. */
export interface Refusal {
  readonly op: string;
  readonly problem: string;
  readonly got: string;
  readonly expected: string;
  /** Default: that the file is damaged. */
  readonly remedy?: string;
}

/** Characters of a name that a message shows. */
const MAX_SHOWN = 80;

/** Text out of a file as a message may quote it: short and on one line. */
export function quote(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `'${short.replaceAll(/\p{Cc}/gu, '�')}'`;
}

/** The error of a file that cannot be read. */
export function refuse({ op, problem, got, expected, remedy = 'The file is damaged.' }: Refusal): never {
  throw new DataError(`${op}: ${problem}. Got ${got}; expected ${expected}. ${remedy}`, { op, details: { got } });
}
