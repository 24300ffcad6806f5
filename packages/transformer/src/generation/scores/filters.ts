import { keep, largestOf, probabilitiesOf } from './candidates.ts';
import type { CandidateFilter } from './candidates.ts';
import { largestFirst } from './largest-first.ts';
import { topPlaces } from './top-places.ts';

/** Divides the scores; where that is more than float32 has, their distances from the largest, by which the same is drawn. */
export const temperature = (value: number): CandidateFilter => {
  const divisor = Math.fround(value);
  return ({ tokens, scores }) => {
    const divided = scores.map((score) => score / divisor);
    if (divided.every(Number.isFinite)) return { tokens, scores: divided };
    const largest = largestOf(scores);
    return { tokens, scores: scores.map((score) => (score - largest) / value) };
  };
};

/** The `count` best, and those as good as the last of them. */
export const topK = (count: number): CandidateFilter => {
  return (candidates) => {
    const { scores } = candidates;
    if (scores.length <= count) return candidates;
    const least = scores[topPlaces(scores, count).at(-1)!]!;
    return keep(candidates, (place) => scores[place]! >= least);
  };
};

/**
 * The fewest best whose probabilities sum to this.
 * @see Holtzman et al. 2019, https://arxiv.org/abs/1904.09751
 */
export const topP = (mass: number): CandidateFilter => {
  return (candidates) => {
    const probabilities = probabilitiesOf(candidates.scores);
    // Those less likely than that sum to less than 1 − mass: the others are enough.
    const least = (1 - mass) / probabilities.length;
    const likely = Int32Array.from(placesOf(probabilities, least));
    const kept = new Set<number>();
    let above = 0;
    for (const at of largestFirst(
      Float64Array.from(likely, (place) => candidates.scores[place]!),
      'last',
    )) {
      if (kept.size > 0 && above >= mass) break;
      kept.add(likely[at]!);
      above += probabilities[likely[at]!]!;
    }
    return keep(candidates, (place) => kept.has(place));
  };
};

function placesOf(values: Float64Array, least: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < values.length; place += 1) if (values[place]! >= least) places.push(place);
  return places.length > 0 ? places : topPlaces(values, 1);
}

/** Those at least this likely, relative to the best. @see Nguyen et al. 2024, https://arxiv.org/abs/2407.01082 */
export const minP = (least: number): CandidateFilter => {
  return (candidates) => {
    const threshold = largestOf(candidates.scores) + Math.log(least);
    return keep(candidates, (place) => candidates.scores[place]! >= threshold);
  };
};

/**
 * Those whose surprise `−log p` is nearest to the expected one, up to a probability.
 * @see Meister et al. 2022, https://arxiv.org/abs/2202.00666
 */
export const typicalP = (mass: number): CandidateFilter => {
  return (candidates) => {
    const probabilities = probabilitiesOf(candidates.scores);
    const expected = entropyOf(probabilities);
    const distances = Float32Array.from(probabilities, (p) => Math.abs(-Math.log(p) - expected));
    const farthest = farthestOf(distances, probabilities, mass);
    return keep(candidates, (place) => distances[place]! <= farthest);
  };
};

/** The least distance within which there is that much probability. */
// oxlint-disable-next-line max-params -- numbers, and what they weigh.
function farthestOf(distances: Float32Array, probabilities: Float64Array, mass: number): number {
  const sorted = distances.toSorted();
  const within = (distance: number): number => {
    let sum = 0;
    for (let place = 0; place < distances.length; place += 1)
      if (distances[place]! <= distance) sum += probabilities[place]!;
    return sum;
  };
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (within(sorted[middle]!) >= mass) high = middle;
    else low = middle + 1;
  }
  return sorted[low]!;
}

/** Those at least this likely, and the best. @see Hewitt et al. 2022, https://arxiv.org/abs/2210.15191 */
export const epsilonCutoff = (least: number): CandidateFilter => {
  return (candidates) => atLeast(candidates, () => least);
};

/** The same, less strict where the model is not sure. */
export const etaCutoff = (least: number): CandidateFilter => {
  return (candidates) =>
    atLeast(candidates, (probabilities) => Math.min(least, Math.sqrt(least) * Math.exp(-entropyOf(probabilities))));
};

function atLeast(
  candidates: Parameters<CandidateFilter>[0],
  leastOf: (probabilities: Float64Array) => number,
): ReturnType<CandidateFilter> {
  const probabilities = probabilitiesOf(candidates.scores);
  const least = leastOf(probabilities);
  const best = largestOf(candidates.scores);
  return keep(candidates, (place) => probabilities[place]! >= least || candidates.scores[place] === best);
}

/** `−Σ p log p`, in nats. */
function entropyOf(probabilities: Float64Array): number {
  let sum = 0;
  for (const p of probabilities) if (p > 0) sum -= p * Math.log(p);
  return sum;
}
