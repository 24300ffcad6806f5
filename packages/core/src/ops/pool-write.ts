import { dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { TensorType } from '../ir/op.ts';
import { transposedSizes } from './conv-window.ts';
import type { Moves } from './conv-window.ts';
import { writeTransposed } from './conv-write.ts';
import { isTiled } from './pool-window.ts';

/** Nearest-neighbour scaling where windows lie side by side, else a transposed convolution of each channel alone. */
export function writeAvgUnpool(
  b: OnnxBuilder,
  x: OnnxValue,
  { shape, dtype }: TensorType,
  { size, ...moves }: Moves & { readonly size: readonly Dim[] },
): OnnxValue {
  const [batch, channels, ...counts] = shape as readonly [Dim, Dim, ...Dim[]];
  const { kernel } = moves;
  const share = b.scalar(1 / kernel.reduce((product, extent) => product * extent, 1), dtype);
  const natural = transposedSizes(counts, moves);
  const rest = size.map((extent, axis) => dimSub(extent, natural[axis]!));
  if (isTiled(moves) && dtype === 'float32' && batch !== 0 && kernel.length === 2) {
    const scales = b.constant(Float32Array.of(1, 1, ...kernel), 'float32', [4]);
    const settings = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    const spread = b.node('Resize', [b.node('Mul', [x, share]), b.none, scales], settings);
    return rest.every((extent) => extent === 0) ? spread : b.node('Pad', [spread, b.dims([0, 0, 0, 0, 0, 0, ...rest])]);
  }
  const weight = b.node('Expand', [share, b.ints([1, 1, ...kernel])]);
  const images = b.node('Reshape', [x, b.dims([dimMul(batch, channels), 1, ...counts])], { allowzero: 1 });
  const spread = writeTransposed(b, [images, weight], { ...moves, groups: 1 }, rest);
  return b.node('Reshape', [spread, b.dims([batch, channels, ...size])], { allowzero: 1 });
}
