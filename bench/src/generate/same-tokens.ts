import type { Written } from './writer.ts';

/** Between two scores that are nearer than this, rounding may choose. */
export const NARROW = 1e-4;

/** How far two answers go together. */
export interface Agreement {
  /** Tokens compared: up to the first that differs. */
  readonly compared: number;
  /** Differences at a narrow margin. */
  readonly narrow: number;
  /** How far our best two scores were apart at each difference elsewhere. */
  readonly wrong: readonly number[];
}

/** Compares one row: behind the first difference the texts are others. */
export function compare(ours: Written, theirs: Written): Agreement {
  const [mine, yours] = [ours.ids[0]!, theirs.ids[0]!];
  const at = mine.findIndex((id, index) => id !== yours[index]);
  if (at < 0) return { compared: mine.length, narrow: 0, wrong: [] };
  const margin = ours.margins![at]!;
  return margin < NARROW ? { compared: at, narrow: 1, wrong: [] } : { compared: at, narrow: 0, wrong: [margin] };
}

export function total(all: readonly Agreement[]): Agreement {
  const sum = (of: (one: Agreement) => number): number => all.reduce((before, one) => before + of(one), 0);
  return {
    compared: sum(({ compared }) => compared),
    narrow: sum(({ narrow }) => narrow),
    wrong: all.flatMap(({ wrong }) => wrong),
  };
}
