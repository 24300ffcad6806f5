import type { RowState, ScoreProcessor } from './processor.ts';

const forbid = (scores: Float32Array, tokens: Iterable<number>): void => {
  for (const token of tokens) if (token < scores.length) scores[token] = -Infinity;
};

/** Whether a row ends with a run of tokens. */
const endsWith = (ids: readonly number[], run: readonly number[]): boolean =>
  run.length <= ids.length && run.every((token, at) => ids[ids.length - run.length + at] === token);

/** Tokens that would complete a run of `size` tokens which is in `text` already. */
function* repeats(text: readonly number[], ids: readonly number[], size: number): Iterable<number> {
  if (ids.length < size - 1) return;
  const prefix = ids.slice(ids.length + 1 - size);
  for (let start = 0; start + size <= text.length; start += 1) {
    if (prefix.every((token, at) => text[start + at] === token)) yield text[start + size - 1]!;
  }
}

export const noRepeatNgram = (size: number): ScoreProcessor => {
  return (scores, { ids }) => forbid(scores, repeats(ids, ids, size));
};

export const encoderNoRepeatNgram = (size: number): ScoreProcessor => {
  return (scores, { ids, source = [] }) => forbid(scores, repeats(source, ids, size));
};

/** Adds to the score of the token that would complete a run; −∞ forbids it. */
export const sequenceBias = (biases: readonly (readonly [ids: readonly number[], bias: number])[]): ScoreProcessor => {
  return (scores, { ids }) => {
    const added = new Map<number, number>();
    for (const [run, bias] of biases) {
      if (endsWith(ids, run.slice(0, -1)))
        added.set(run.at(-1)!, Math.fround((added.get(run.at(-1)!) ?? 0) + Math.fround(bias)));
    }
    for (const [token, bias] of added) scores[token] = scores[token]! + bias;
  };
};

/** Runs that must not be written; a token that ends texts may be, whatever the list says. */
export const badWords = (runs: readonly (readonly number[])[], ends: readonly number[]): ScoreProcessor => {
  const banned = runs.filter((run) => run.length > 1 || !ends.includes(run[0]!));
  return sequenceBias(banned.map((run) => [run, -Infinity]));
};

export const suppress = (tokens: readonly number[]): ScoreProcessor => {
  return (scores) => forbid(scores, tokens);
};

/** Only before the first token, or the first behind a forced one. */
export const beginSuppress = (tokens: readonly number[], hasForcedStart: boolean): ScoreProcessor => {
  return (scores, { ids, promptLength }) => {
    const begin = promptLength > 1 || !hasForcedStart ? promptLength : promptLength + 1;
    if (ids.length === begin) forbid(scores, tokens);
  };
};

/** No end while a row is shorter than that. */
export const noEndBefore = (length: (row: RowState) => number, ends: readonly number[]): ScoreProcessor => {
  return (scores, row) => {
    if (row.ids.length < length(row)) forbid(scores, ends);
  };
};

/** Nothing but these tokens where `when` is true. */
export const force = (tokens: readonly number[], when: (row: RowState) => boolean): ScoreProcessor => {
  return (scores, row) => {
    if (!when(row)) return;
    scores.fill(-Infinity);
    for (const token of tokens) scores[token] = 0;
  };
};

/** Favours the end more and more: `score + |score| · (factor^n − 1)`, n the tokens beyond the start. */
export const exponentialDecay = (
  [start, factor]: readonly [number, number],
  ends: readonly number[],
): ScoreProcessor => {
  return (scores, { ids, promptLength }) => {
    const beyond = ids.length - promptLength - start;
    if (beyond <= 0) return;
    for (const token of ends) {
      const score = scores[token]!;
      if (Number.isFinite(score))
        scores[token] = score + Math.fround(Math.abs(score) * Math.fround(factor ** beyond - 1));
    }
  };
};
