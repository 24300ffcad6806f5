import { dimAdd, dimMul, isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';

/** The scalar of a size: int64 where it is computed, since sizes are. */
const writeScalar = (b: OnnxBuilder, size: Dim): OnnxValue =>
  isSymbolic(size) ? b.node('Reshape', [b.dims([size]), b.ints([])]) : b.scalar(size, 'int64');

/** `start, start + step, …`, as many as `size`: int32, or int64 where one of them is computed. */
export function writeRange(b: OnnxBuilder, size: Dim, start: Dim = 0, step = 1): OnnxValue {
  if (!isSymbolic(size) && !isSymbolic(start)) {
    return b.node('Range', [b.scalar(start, 'int32'), b.scalar(start + size * step, 'int32'), b.scalar(step, 'int32')]);
  }
  const end = dimAdd(start, dimMul(size, step));
  return b.node('Range', [writeScalar(b, start), writeScalar(b, end), b.scalar(step, 'int64')]);
}

/**
 * int64 places along an axis of `size`, as int32. A provider that casts no int64 takes them as indices: into 0, 1, 2, ….
 */
export function writePlaces(b: OnnxBuilder, places: OnnxValue, size: Dim): OnnxValue {
  if (b.has('Cast:int64', 'int32')) return b.cast(places, 'int32');
  const range = writeRange(b, size);
  return b.node('Gather', [isSymbolic(size) ? b.cast(range, 'int32') : range, places], { axis: 0 });
}

/** One value in every place: what a product or a reduction of nothing is, which WebGPU's kernels do not compute. */
export function writeFilled(b: OnnxBuilder, value: number, { dtype, shape }: TensorType): OnnxValue {
  return b.node('Expand', [b.scalar(value, dtype), b.dims(shape)]);
}
