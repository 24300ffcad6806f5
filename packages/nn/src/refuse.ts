import { ArgumentError } from '@gai/core';
import { describe } from './describe.ts';

/** An argument that is not what it has to be. */
interface Misfit {
  readonly op: string;
  /** What is wrong. */
  readonly what: string;
  readonly got: unknown;
  readonly expected: string;
  readonly remedy?: string;
}

/** Throws for it. */
export function refuse({ op, what, got, expected, remedy }: Misfit): never {
  const end = remedy === undefined ? '' : ` ${remedy}`;
  throw new ArgumentError(`${op}: ${what}. Got ${describe(got)}; expected ${expected}.${end}`, { op });
}
