import type * as family from '../../ops/iota.ts';
import type { DType } from '../../dtype.ts';
import { iota } from '../../ops/iota.ts';
import { add } from '../../ops/elementwise.ts';
import { cast } from '../../ops/structural.ts';
import { plain, randomPlain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';

const counted = (size: number, dtype: DType): Sample => ({
  name: `${size} of ${dtype}`,
  inputs: [],
  run: () => iota(size, dtype),
  reference: () =>
    plain(
      [size],
      Array.from({ length: size }, (_, index) => index),
      dtype,
    ),
});

/** Samples of the ops in `ops/iota.ts`. */
export const iotaSamples: SamplesOf<typeof family> = {
  iota: [
    counted(4, 'int32'),
    counted(3, 'float32'),
    counted(3, 'float64'),
    counted(3, 'float16'),
    counted(3, 'uint32'),
    counted(3, 'uint8'),
    counted(0, 'int32'),
    counted(1, 'int32'),
    {
      name: 'symbolic size',
      inputs: [randomPlain([3])],
      symbolic: [0],
      run: (x) => add(cast(iota(x!.shape[0]!, 'uint32'), 'float32'), x!),
      reference: (x) =>
        plain(
          x!.shape,
          x!.values.map((value, index) => value + index),
        ),
    },
  ],
};
