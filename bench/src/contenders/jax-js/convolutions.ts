import { lax, numpy as np } from '@jax-js/jax';
import type { ConvSpec } from '../../models/model.ts';

/** The convolution that this library runs fastest: a matrix product, or its own if channels are in groups. */
export function convolution(x: np.Array, weight: np.Array, spec: ConvSpec): np.Array {
  const { padding, stride = 1, groups = 1 } = spec;
  if (groups === 1) return patchConvolution(x, weight, spec);
  const around: [number, number] = [padding, padding];
  return lax.convGeneralDilated(x, weight, [stride, stride], [around, around], { featureGroupCount: groups });
}

/** The window's elements side by side, then one matrix product. */
function patchConvolution(input: np.Array, weight: np.Array, spec: ConvSpec): np.Array {
  const { inputs, outputs, kernel, padding, stride = 1 } = spec;
  const [batch, , height, width] = input.shape as [number, number, number, number];
  const rows = Math.floor((height + 2 * padding - kernel) / stride) + 1;
  const columns = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const around: [number, number] = [padding, padding + stride - 1];
  const x = around[1] === 0 ? input : np.pad(input, [[0, 0], [0, 0], around, around]);
  const shifted = Array.from({ length: kernel ** 2 }, (_, index) => {
    const [row, column] = [Math.floor(index / kernel), index % kernel];
    const part = x.ref.slice([], [], [row, row + stride * rows], [column, column + stride * columns]);
    return stride === 1
      ? part
      : part.reshape([batch, inputs, rows, stride, columns, stride]).slice([], [], [], 0, [], 0);
  });
  x.dispose();
  const size = inputs * kernel ** 2;
  const patches = np
    .stack(shifted, 2)
    .transpose([0, 3, 4, 1, 2])
    .reshape([batch * rows * columns, size]); // [BHW, Ckk]
  const products = np.dot(patches, weight.reshape([outputs, size]).transpose()); // [BHW, O]
  return products.reshape([batch, rows, columns, outputs]).transpose([0, 3, 1, 2]);
}
