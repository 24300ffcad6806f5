import { checkOptionNames } from '@gai/core/errors';
import { refused } from '../refused.ts';
import { type BinOptions, binsOf } from './bins.ts';

/**
 * Settings of {@link expectedCalibrationError}.
 * @category Calibration
 */
export interface CalibrationOptions extends BinOptions {
  /** `l1` for the mean gap (ECE), `l2` for the root of the mean square, `max` for the largest (MCE). Default `l1`. */
  readonly norm?: 'l1' | 'l2' | 'max' | undefined;
}

/**
 * Expected calibration error: the mean gap between confidence and accuracy over the bins of {@link reliability}, each
 * weighted by its answers. 0 is calibrated. Equal to TorchMetrics', which gives confidences of exactly 1 a bin of their own;
 * here they lie in the last one.
 *
 * It depends on the number of bins, and few answers make it too large: compare models on the same answers.
 * @param confidences - The probability that the model gave its answer, 0 to 1.
 * @param correct - Whether that answer was right.
 * @throws {@link ArgumentError} for lists of unequal length and confidences outside 0 to 1.
 * @example
 * import { expectedCalibrationError } from '@gai/metrics';
 * expectedCalibrationError([0.9, 0.9, 0.9, 0.9], [true, true, true, false]).toFixed(2); // => '0.15'
 * @see Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602
 * @category Calibration
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly boolean[],
  options: CalibrationOptions = {},
): number {
  checkOptionNames('expectedCalibrationError', options, ['bins', 'norm']);
  const { norm = 'l1' } = options;
  if (norm !== 'l1' && norm !== 'l2' && norm !== 'max') {
    throw refused('expectedCalibrationError', 'no such norm', norm, 'l1, l2 or max');
  }
  const bins = binsOf('expectedCalibrationError', confidences, correct, options.bins);
  const gaps = bins.map((bin) => Math.abs(bin.accuracy - bin.confidence));
  if (norm === 'max') return gaps.reduce((most, gap) => Math.max(most, gap), 0);
  const power = norm === 'l1' ? 1 : 2;
  const sum = gaps.reduce((total, gap, index) => total + gap ** power * bins[index]!.count, 0);
  return (sum / confidences.length) ** (1 / power);
}
