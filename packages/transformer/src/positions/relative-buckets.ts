import { ArgumentError, abs, add, cast, gather, greater, maximum, minimum, mul, neg, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';

/** How distances share the rows of a table of biases. */
export interface RelativeBucketOptions {
  /** Rows of the table. Default 32. */
  readonly numBuckets?: number | undefined;
  /** Distances from this one on share the last bucket. Default 128. */
  readonly maxDistance?: number | undefined;
  /** Whether keys before and after the query have buckets of their own; else those after share that of distance 0. Default true. */
  readonly bidirectional?: boolean | undefined;
}

const { fround } = Math;

/** The bucket of each distance from 0 to maxDistance, in one direction: half of them one by one, half in steps of a ratio. */
export function bucketTable(buckets: number, maxDistance: number): Int32Array {
  const exact = Math.floor(buckets / 2);
  return Int32Array.from({ length: maxDistance + 1 }, (_, distance) => {
    if (distance < exact) return distance;
    // The rounding of float32 decides at the borders; these steps are the reference's.
    const grown = fround(fround(Math.log(fround(distance / exact))) / fround(Math.log(maxDistance / exact)));
    return Math.min(buckets - 1, exact + Math.trunc(fround(grown * (buckets - exact))));
  });
}

/**
 * T5's buckets of relative positions: one for each short distance, ever larger ranges for long ones.
 * @param relative - Position of the key minus that of the query, int32, any shape.
 * @returns Rows of a table with `numBuckets` rows, int32, the shape of `relative`.
 * @throws {@link ArgumentError} if no distances are left for the wide buckets: the formula then counts backwards.
 * @example
 * await toArray(relativeBuckets(tensor([-200, -1, 0, 1], { dtype: 'int32' }))); // => [15, 1, 0, 17]
 * @see Raffel et al. 2020, section 2.1, https://arxiv.org/abs/1910.10683
 * @category Positions
 */
export function relativeBuckets(relative: Tensor, options: RelativeBucketOptions = {}): Tensor {
  checkOptionNames('relativeBuckets', options, ['numBuckets', 'maxDistance', 'bidirectional']);
  const { numBuckets = 32, maxDistance = 128, bidirectional = true } = options;
  const buckets = bidirectional ? Math.floor(numBuckets / 2) : numBuckets;
  const exact = Math.floor(buckets / 2);
  if (exact < 1 || maxDistance <= exact) throw noRoom(options, exact);
  const table = tensor(bucketTable(buckets, maxDistance));
  const distance = bidirectional ? abs(relative) : maximum(neg(relative), 0);
  const own = gather(table, minimum(distance, maxDistance), { axis: 0 });
  return bidirectional ? add(own, mul(cast(greater(relative, 0), 'int32'), buckets)) : own;
}

const noRoom = ({ numBuckets = 32, maxDistance = 128 }: RelativeBucketOptions, exact: number): ArgumentError =>
  new ArgumentError(
    `relativeBuckets: the buckets do not fit the distances. Got numBuckets ${numBuckets} and maxDistance ${maxDistance}; expected ` +
      `buckets of which at least one, here ${exact}, is for a single distance, and maxDistance above that. Change one.`,
    { op: 'relativeBuckets', details: { numBuckets, maxDistance } },
  );
