import { bytesPerElement } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Stack } from '../onnx/emit.ts';
import { evaluateShape } from '../shape.ts';

/** Larger ones are cheaper fed as they are than copied together. */
const MOST_BYTES = 8192;
/** Fewer are not worth a Split. */
const FEWEST = 4;

/** The small leaves of a program that are fed together, since each input costs about a microsecond. */
export function stacksOf(fed: readonly Tensor[]): Stack[] {
  const byType = new Map<string, { parts: Tensor[]; sizes: number[] }>();
  for (const tensor of fed) {
    const size = evaluateShape(tensor.shape, new Map()).reduce((product, length) => product * length, 1);
    if (size === 0 || size * bytesPerElement(tensor.dtype) > MOST_BYTES || tensor.dtype !== 'float32') continue;
    const stack = byType.get(tensor.dtype) ?? { parts: [], sizes: [] };
    stack.parts.push(tensor);
    stack.sizes.push(size);
    byType.set(tensor.dtype, stack);
  }
  return [...byType.values()].filter(({ parts }) => parts.length >= FEWEST);
}
