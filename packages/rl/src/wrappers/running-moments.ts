/**
 * Running mean and variance of vectors, merged batch by batch (Chan, Golub and LeVeque), as Gymnasium's
 * `RunningMeanStd`: starts with mean 0, variance 1 and the weight of 1e-4 samples.
 *
 * @category Wrappers
 * @since 0.1.0
 */
export class RunningMoments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  count = 1e-4;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** Takes in one vector. */
  update(values: ArrayLike<number>): void {
    const total = this.count + 1;
    for (let index = 0; index < this.mean.length; index++) {
      const delta = values[index]! - this.mean[index]!;
      this.mean[index]! += delta / total;
      this.variance[index] = (this.variance[index]! * this.count + (delta * delta * this.count) / total) / total;
    }
    this.count = total;
  }
}
