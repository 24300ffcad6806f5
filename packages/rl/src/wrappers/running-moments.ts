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

  /** Takes in several vectors, one after the other in `values`, as one batch. */
  updateBatch(values: ArrayLike<number>, rows: number): void {
    const size = this.mean.length;
    const total = this.count + rows;
    for (let index = 0; index < size; index++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += values[row * size + index]!;
      const mean = sum / rows;
      let squares = 0;
      for (let row = 0; row < rows; row++) squares += (values[row * size + index]! - mean) ** 2;
      const delta = mean - this.mean[index]!;
      this.mean[index]! += (delta * rows) / total;
      const spread = this.variance[index]! * this.count + squares + (delta * delta * this.count * rows) / total;
      this.variance[index] = spread / total;
    }
    this.count = total;
  }

  /** Everything, as JSON. */
  state(): MomentsState {
    return { mean: [...this.mean], variance: [...this.variance], count: this.count };
  }

  /** Takes over what {@link state} gave. */
  load({ mean, variance, count }: MomentsState): void {
    this.mean.set(mean);
    this.variance.set(variance);
    this.count = count;
  }
}

/** What {@link RunningMoments.state} gives. */
export type MomentsState = {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly count: number;
};
