/**
 * An estimate and the interval around it.
 * @category Statistics
 */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}
