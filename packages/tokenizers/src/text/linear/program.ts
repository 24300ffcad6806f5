import type { CharacterTest } from './character-test.ts';

/** What an instruction does. */
export const Op = {
  /** The whole is found. */
  match: 0,
  /** A character of a class, then on at `to`. */
  character: 1,
  /** On at `to`, and if that fails at `or`. */
  split: 2,
  /** On at `to` where a place is of a kind. */
  place: 3,
  /** On at `to` if another part is found, or not found, at this place. */
  look: 4,
  /** Another part as it is found first, whatever comes of it; then on at `to`. */
  atomic: 5,
} as const;

/** Places of a text that take no characters. */
export type Place = 'string_start' | 'string_end' | 'string_end_newline' | 'line_start' | 'line_end' | 'word_boundary';

/** One instruction of a pattern. */
export interface Instruction {
  op: (typeof Op)[keyof typeof Op];
  to: number;
  or: number;
  /** It is reached in more than one way. */
  isShared: boolean;
  test?: CharacterTest;
  place?: Place;
  /** Where the other part begins. */
  part?: number;
  negate?: boolean;
  /** The other part stands before the place, and is read from right to left. */
  isBehind?: boolean;
}

/** A pattern as instructions. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** What a match can begin with; undefined: it may be empty, or begins with a place. */
  readonly first: readonly CharacterTest[] | undefined;
}
