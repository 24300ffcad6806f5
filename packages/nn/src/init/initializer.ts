import { ArgumentError, zeros } from '@gai/core';
import type { DType, Tensor, TypedArray } from '@gai/core';
import { allocate, hostLeaf, isFloat } from '@gai/core/ops';
import { nextStream } from './seed.ts';
import { skipsInitialValues } from './without-initial-values.ts';
import type { HostStream } from './stream.ts';

/**
 * Makes the first value of a parameter.
 * @category Initialisation
 */
export type Initializer = (shape: readonly number[], dtype?: DType) => Tensor;

/** A tensor whose elements come from `next`, row by row. */
export function drawn(op: string, next: (stream: HostStream) => number): Initializer {
  return (shape, dtype = 'float32') => {
    if (skipsInitialValues()) return zeros([...shape], dtype);
    const stream = nextStream();
    return filled(op, { shape, dtype }, () => next(stream));
  };
}

/** A tensor of float elements, row by row. */
export function filled(
  op: string,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: DType },
  next: (index: number) => number,
): Tensor {
  const data = allocateFloat(
    op,
    dtype,
    shape.reduce((product, size) => product * size, 1),
  );
  for (let index = 0; index < data.length; index++) data[index] = next(index);
  return hostLeaf(data, { dtype, shape }, false);
}

function allocateFloat(op: string, dtype: DType, length: number): Float32Array | Float64Array {
  const data: TypedArray = allocate(dtype, length);
  if (isFloat(dtype) && (data instanceof Float32Array || data instanceof Float64Array)) return data;
  throw new ArgumentError(
    `${op}: cannot initialise this dtype. Got ${dtype}; expected float32 or float64. Cast the tensor afterwards.`,
    { op, details: { dtype } },
  );
}
