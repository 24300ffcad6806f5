import { keep, largestOf, probabilitiesOf } from './candidates.ts';
import type { CandidateFilter } from './candidates.ts';
import { largestFirst } from './largest-first.ts';

/** Divides the scores. */
export const temperature = (value: number): CandidateFilter => {
  const divisor = Math.fround(value);
  return ({ tokens, scores }) => ({ tokens, scores: scores.map((score) => score / divisor) });
};

/** The `count` best, and those as good as the last of them. */
export const topK = (count: number): CandidateFilter => {
  return (candidates) => {
    const { scores } = candidates;
    if (scores.length <= count) return candidates;
    const least = largest(scores, count);
    return keep(candidates, (place) => scores[place]! >= least);
  };
};

/** The `count`-th largest number. */
function largest(values: Float32Array, count: number): number {
  let [seen, found] = [0, -Infinity];
  for (const place of largestFirst(values)) {
    found = values[place]!;
    seen += 1;
    if (seen === count) break;
  }
  return found;
}

/**
 * The fewest best whose probabilities sum to this.
 * @see Holtzman et al. 2019, https://arxiv.org/abs/1904.09751
 */
export const topP = (mass: number): CandidateFilter => {
  return (candidates) => {
    const probabilities = probabilitiesOf(candidates.scores);
    const kept = new Set<number>();
    let above = 0;
    for (const place of largestFirst(candidates.scores)) {
      if (kept.size > 0 && above >= mass) break;
      kept.add(place);
      above += probabilities[place]!;
    }
    return keep(candidates, (place) => kept.has(place));
  };
};

/** Those at least this likely, relative to the best. @see Nguyen et al. 2024, https://arxiv.org/abs/2407.01082 */
export const minP = (least: number): CandidateFilter => {
  return (candidates) => {
    const probabilities = probabilitiesOf(candidates.scores);
    const threshold = least * largestOf(probabilities);
    return keep(candidates, (place) => probabilities[place]! >= threshold);
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
    const nearness = Float32Array.from(probabilities, (p) => -Math.abs(-Math.log(p) - expected));
    let [sum, farthest] = [0, -Infinity];
    for (const place of largestFirst(nearness)) {
      sum += probabilities[place]!;
      farthest = nearness[place]!;
      if (sum >= mass) break;
    }
    return keep(candidates, (place) => nearness[place]! >= farthest);
  };
};

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
