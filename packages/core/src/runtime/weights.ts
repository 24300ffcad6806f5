import type { Tensor } from '../ir/tensor.ts';
import type { Weight } from '../onnx/emit.ts';
import { evaluateShape } from '../shape.ts';
import { data, evaluate } from './read.ts';

/**
 * The values that captured leaves have now, for a model that holds them.
 * @param nameOf - The name of each in the model.
 */
export async function readWeights(
  captured: readonly Tensor[],
  nameOf: (tensor: Tensor, index: number) => string,
): Promise<Map<Tensor, Weight>> {
  await evaluate(...captured);
  const weights = new Map<Tensor, Weight>();
  for (const [index, tensor] of captured.entries()) {
    const { dtype, shape } = tensor;
    const name = nameOf(tensor, index);
    weights.set(tensor, { name, dtype, shape: evaluateShape(shape, new Map()), data: await data(tensor) });
  }
  return weights;
}
