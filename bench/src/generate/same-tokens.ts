import type { Written } from './writer.ts';

/** Between two scores that are nearer than this, rounding may choose. */
export const NARROW = 1e-4;

/** How far two answers go together. */
export interface Agreement {
  /** Tokens compared: up to the first that differs. */
  readonly compared: number;
  /** Differences at a narrow margin. */
  readonly narrow: number;
  /** Differences elsewhere. */
  readonly wrong: number;
}

/** Compares one row: behind the first difference the texts are others. */
export function compare(ours: Written, theirs: Written): Agreement {
  const [mine, yours] = [ours.ids[0]!, theirs.ids[0]!];
  const at = mine.findIndex((id, index) => id !== yours[index]);
  if (at < 0) return { compared: mine.length, narrow: 0, wrong: 0 };
  const isNarrow = ours.margins![at]! < NARROW;
  return { compared: at, narrow: isNarrow ? 1 : 0, wrong: isNarrow ? 0 : 1 };
}

export function total(all: readonly Agreement[]): Agreement {
  const sum = (of: (one: Agreement) => number): number => all.reduce((before, one) => before + of(one), 0);
  return {
    compared: sum(({ compared }) => compared),
    narrow: sum(({ narrow }) => narrow),
    wrong: sum(({ wrong }) => wrong),
  };
}
