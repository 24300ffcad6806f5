import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { HostArray } from '../host-array.ts';
import { isHostArray } from '../host-array.ts';

/** Settings of {@link normalize}. */
export interface NormalizeOptions {
  /** The column to change. Default `x`. */
  readonly column?: string;
  /** One number per channel (axis 1 of the batch). */
  readonly mean: readonly number[];
  /** One positive number per channel. */
  readonly std: readonly number[];
}

/**
 * A loader's `map` that makes a float column `(x − mean) / std`, channel by channel.
 *
 * @param options.mean - One number for each channel (axis 1), or one for all.
 * @param options.std - Likewise, positive.
 * @param options.column - The column to change. Default `x`.
 * @returns A function for {@link DataLoaderOptions.map}; it changes the batch in place.
 * @throws {@link DataError} if `std` is not positive or the numbers do not match the channels.
 * @example
 * const pixels = dataset({ x: { data: Float32Array.of(0, 1), shape: [2, 1, 1, 1] } });
 * const change = normalize({ mean: [0.5], std: [0.5] }); // for pixels.loader({ map: change })
 * change(pixels.gather()).x.data; // => [-1, 1]
 * @category Transforms
 */
export function normalize(options: NormalizeOptions): <B extends object>(batch: B) => B {
  checkOptionNames('normalize', options, ['column', 'mean', 'std']);
  const { column = 'x', mean, std } = options;
  if (mean.length === 0 || mean.length !== std.length || !std.every((value) => value > 0 && value < Infinity)) {
    throw new DataError(
      `normalize: mean and std do not fit. Got ${mean.length} means and std [${std.join(', ')}]; expected as many ` +
        `positive deviations as means. Pass one of each per channel.`,
      { op: 'normalize', details: { mean, std } },
    );
  }
  return (batch) => {
    const array = (batch as Record<string, unknown>)[column];
    if (!isHostArray(array) || !array.dtype.startsWith('float')) throw noFloats(column);
    apply(array, mean, std);
    return batch;
  };
}

function apply({ data, shape }: HostArray, mean: readonly number[], std: readonly number[]): void {
  const channels = mean.length === 1 ? 1 : (shape[1] ?? 1);
  if (channels !== mean.length) {
    throw new DataError(
      `normalize: the channels differ. Got ${channels} in shape [${shape.join(',')}]; expected ${mean.length} as in ` +
        `mean. Pass one mean and std per channel.`,
      { op: 'normalize', details: { shape, channels: mean.length } },
    );
  }
  const run = channels === 1 ? data.length : data.length / (shape[0]! * channels); // elements of one channel in a row
  for (let start = 0, block = 0; start < data.length; start += run, block++) {
    const shift = mean[block % channels]!;
    const scale = 1 / std[block % channels]!;
    for (let i = start; i < start + run; i++) data[i] = (data[i]! - shift) * scale;
  }
}

function noFloats(column: string): DataError {
  return new DataError(
    `normalize: there is nothing to normalise. Got no float column '${column}'; expected one in the batch. Name it: ` +
      `{ column: 'image' }.`,
    { op: 'normalize', details: { column } },
  );
}
