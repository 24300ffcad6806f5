import { checkOptionNames } from '@gai/core/errors';
import { checkNumberOption, refused } from '../refused.ts';

/**
 * Settings of {@link reliability} and {@link expectedCalibrationError}.
 * @category Calibration
 */
export interface BinOptions {
  /** Bins of equal width between 0 and 1. Default 15. */
  readonly bins?: number | undefined;
}

/**
 * One bar of a reliability diagram.
 * @category Calibration
 */
export interface ReliabilityBin {
  /** The bin holds confidences from `low` up to, but not, `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence of its answers, 0 where there are none. */
  readonly confidence: number;
  /** Share of them that is right, 0 where there are none. */
  readonly accuracy: number;
}

/**
 * A reliability diagram: how often answers given with a confidence are right, bin by bin. A calibrated model's bars lie on
 * the diagonal. A confidence of 1 lies in the last bin.
 * @param confidences - The probability that the model gave its answer, 0 to 1.
 * @param correct - Whether that answer was right.
 * @throws {@link ArgumentError} for lists of unequal length and confidences outside 0 to 1.
 * @example
 * import { reliability } from '@gai/metrics';
 * reliability([0.9, 0.8, 0.2], [true, false, false], { bins: 2 }).map((bin) => bin.accuracy); // => [0, 0.5]
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 * @category Calibration
 */
export function reliability(
  confidences: readonly number[],
  correct: readonly boolean[],
  options: BinOptions = {},
): ReliabilityBin[] {
  checkOptionNames('reliability', options, ['bins']);
  return binsOf('reliability', confidences, correct, options.bins);
}

/** The bins of a checked diagram. */
export function binsOf(
  op: string,
  confidences: readonly number[],
  correct: readonly boolean[],
  bins = 15,
): ReliabilityBin[] {
  checkNumberOption(op, 'bins', bins, { min: 1, max: 1e6, whole: true });
  checkPairs(op, confidences, correct);
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  confidences.forEach((confidence, row) => {
    const bin = sums[binOf(confidence, bins)]!;
    bin.count++;
    bin.confidence += confidence;
    if (correct[row]!) bin.right++;
  });
  return sums.map(({ count, confidence, right }, index) => ({
    low: index / bins,
    high: (index + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/** The bin by its bounds: the product alone rounds .29 · 100 down to 28. */
function binOf(confidence: number, bins: number): number {
  const near = Math.min(bins - 1, Math.floor(confidence * bins));
  if (confidence < near / bins) return near - 1;
  return near < bins - 1 && confidence >= (near + 1) / bins ? near + 1 : near;
}

/** Refuses probabilities and outcomes that do not belong together. */
export function checkPairs(op: string, probabilities: readonly number[], outcomes: readonly boolean[]): void {
  if (!Array.isArray(probabilities) || probabilities.length === 0) {
    throw refused(op, 'there are no probabilities', probabilities, 'a list of at least one');
  }
  if (!Array.isArray(outcomes) || outcomes.length !== probabilities.length) {
    const count = probabilities.length;
    throw refused(op, `${count} probabilities do not fit the outcomes`, outcomes, `${count} of true and false`);
  }
  const row = probabilities.findIndex((value) => typeof value !== 'number' || !(value >= 0 && value <= 1));
  if (row >= 0) throw refused(op, `row ${row} is no probability`, probabilities[row], 'a number from 0 to 1');
  const odd = outcomes.findIndex((value) => typeof value !== 'boolean');
  if (odd >= 0) throw refused(op, `row ${odd} is no outcome`, outcomes[odd], 'true or false');
}
