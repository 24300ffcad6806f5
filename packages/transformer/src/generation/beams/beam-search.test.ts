import { hostBits, hostKey } from '@gai/core/random';
import { describe, expect, test } from 'vitest';
import type { GenerateOptions } from '../generate-options.ts';
import { logSoftmax } from '../scores/log-probabilities.ts';
import { Beam } from './beam.ts';
import { BeamSearch } from './beam-search.ts';
import { Continuer } from './continuer.ts';

const END = 0;
const VOCABULARY = 4;

/** A model that says something else behind every text. */
function scoresAfter(ids: readonly number[], name: string): Float32Array {
  const bits = hostBits(hostKey(`${name} ${ids.join(' ')}`), VOCABULARY);
  return Float32Array.from(bits, (word) => (word / 2 ** 32) * 6 - 3);
}

/** Every text that ends or reaches its length, ranked as a search ranks it. */
function everyText(name: string, length: number, penalty: number): { ids: readonly number[]; rank: number }[] {
  const found: { ids: readonly number[]; rank: number }[] = [];
  const grow = (ids: readonly number[], score: number): void => {
    if (ids.length === length || ids.at(-1) === END) {
      found.push({ ids, rank: score / ids.length ** penalty });
      return;
    }
    for (const [token, each] of logSoftmax(scoresAfter(ids, name)).entries()) grow([...ids, token], score + each);
  };
  grow([], 0);
  return found.toSorted((one, other) => other.rank - one.rank);
}

/** A search to its end, and how many beams each step had. */
function searched(name: string, length: number, settings: GenerateOptions): { search: BeamSearch; widths: number[] } {
  const all = { ...settings, eosTokenId: END };
  const width = settings.numBeams!;
  const row = { ids: [9], promptLength: 1, maxLength: length + 1 };
  const continuer = new Continuer(all, { width, seed: undefined });
  const search = new BeamSearch({ settings: all, width, ends: new Set([END]), continuer }, 0, new Beam(row, [9], 0));
  const widths: number[] = [];
  while (search.beams.length > 0) {
    widths.push(search.beams.length);
    for (const [place, beam] of search.beams.entries()) beam.row = place;
    const scores = search.beams.map(({ written }) => scoresAfter(written, name));
    search.advance(scores, []);
  }
  return { search, widths };
}

describe('a search as wide as there are texts', () => {
  const cases = Array.from({ length: 12 }, (_, index) => index);
  test.each(cases)('finds what trying every text finds: %i', (index) => {
    const lengthPenalty = [0, 0.5, 1, 2, -1][index % 5]!;
    const length = 2 + (index % 3);
    const settings: GenerateOptions = { numBeams: 300, lengthPenalty, earlyStopping: 'never' };
    const { search } = searched(`case ${index}`, length, settings);
    const expected = everyText(`case ${index}`, length, lengthPenalty);
    expect(search.finished.map(({ beam }) => beam.written)).toEqual(expected.map(({ ids }) => ids));
    for (const [place, { rank }] of search.finished.entries()) expect(rank).toBeCloseTo(expected[place]!.rank, 6);
  });
});

test('when a search is over: early stopping does not look further, `never` looks as far as there may be something better', () => {
  const run = (earlyStopping: boolean | 'never', name: string) =>
    searched(name, 12, { numBeams: 3, lengthPenalty: 2, earlyStopping });
  let differing = 0;
  for (let index = 0; index < 40; index += 1) {
    const [early, standard, never] = [true, false, 'never' as const].map((stopping) =>
      run(stopping as boolean, `stop ${index}`),
    );
    expect(early!.widths.length).toBeLessThanOrEqual(standard!.widths.length);
    expect(standard!.widths.length).toBeLessThanOrEqual(never!.widths.length);
    expect(never!.search.finished[0]!.rank).toBeGreaterThanOrEqual(standard!.search.finished[0]!.rank);
    expect(standard!.search.finished[0]!.rank).toBeGreaterThanOrEqual(early!.search.finished[0]!.rank);
    for (const { widths } of [early!, standard!, never!]) expect(Math.max(...widths)).toBeLessThanOrEqual(3);
    if (early!.widths.length < never!.widths.length) differing += 1;
  }
  expect(differing).toBeGreaterThan(20);
});

test('drawn beams follow the probabilities, without putting back', () => {
  const row = { ids: [9], promptLength: 1, maxLength: 8 };
  const scores = [Float32Array.from([0, 1, 2, 3], (score) => score / 2)];
  const probabilities = logSoftmax(scores[0]!).map(Math.exp);
  const drawn = new Float64Array(4);
  const trials = 4000;
  for (let seed = 0; seed < trials; seed += 1) {
    const continuer = new Continuer({ doSample: true, topK: 0 }, { width: 1, seed });
    const found = continuer.best([new Beam(row, [9], 0)], scores, []);
    expect(new Set(found.map(({ token }) => token)).size).toBe(2);
    expect(found[0]!.score).toBeGreaterThan(found[1]!.score);
    for (const { token } of found) drawn[token]! += 1 / trials;
  }
  for (const [token, probability] of probabilities.entries()) {
    // The chance to be among two that are drawn one after the other.
    const among = probabilities.reduce(
      (sum, other, at) => (at === token ? sum : sum + (other * probability) / (1 - other)),
      probability,
    );
    expect(Math.abs(drawn[token]! - among)).toBeLessThan(0.03); // Four standard deviations.
  }
});
