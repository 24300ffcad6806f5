import { ArgumentError } from '@gai/core';

/** Tokens that may be drawn, with their scores; in the order of the vocabulary. */
export interface Candidates {
  readonly tokens: Int32Array;
  readonly scores: Float32Array;
}

/** Drops some candidates. */
export type CandidateFilter = (candidates: Candidates) => Candidates;

/** Every token that is not forbidden. */
export function candidatesOf(scores: Float32Array): Candidates {
  const tokens = new Int32Array(scores.length);
  const kept = new Float32Array(scores.length);
  let count = 0;
  for (let token = 0; token < scores.length; token += 1) {
    const score = scores[token]!;
    if (score === -Infinity) continue;
    if (!(score < Infinity)) throw noScore(score, token);
    tokens[count] = token;
    kept[count] = score;
    count += 1;
  }
  return { tokens: tokens.subarray(0, count), scores: kept.subarray(0, count) };
}

/** Those for which `keeps` is true of their place. */
export function keep({ tokens, scores }: Candidates, keeps: (place: number) => boolean): Candidates {
  const places: number[] = [];
  for (let place = 0; place < tokens.length; place += 1) if (keeps(place)) places.push(place);
  if (places.length === tokens.length) return { tokens, scores };
  return {
    tokens: Int32Array.from(places, (place) => tokens[place]!),
    scores: Float32Array.from(places, (place) => scores[place]!),
  };
}

/** The softmax of scores. */
export function probabilitiesOf(scores: Float32Array): Float64Array {
  const largest = largestOf(scores);
  const powers = new Float64Array(scores.length);
  let total = 0;
  for (let place = 0; place < scores.length; place += 1) total += powers[place] = Math.exp(scores[place]! - largest);
  for (let place = 0; place < powers.length; place += 1) powers[place] = powers[place]! / total;
  return powers;
}

/** Settings can make a number too large for its type, or none; nothing can be chosen by it. */
export const noScore = (score: number, token: number): ArgumentError =>
  new ArgumentError(
    `generate: a score is no finite number. Got ${score} for token ${token} by the settings of the call; expected numbers that float32 ` +
      `has. Take a smaller logitBias, sequenceBias or penalty, or a repetitionPenalty nearer to 1.`,
    { op: 'generate', details: { token } },
  );

export function largestOf(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let place = 0; place < values.length; place += 1) if (values[place]! > largest) largest = values[place]!;
  return largest;
}
