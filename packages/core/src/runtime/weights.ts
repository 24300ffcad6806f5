import { bytesPerElement } from '../dtype.ts';
import { internalError } from '../errors.ts';
import { residentOf } from '../ir/residents.ts';
import type { Tensor } from '../ir/tensor.ts';
import { committedOf } from '../ir/variable.ts';
import type { Weight } from '../onnx/emit.ts';
import { rawBytes } from '../onnx/model.ts';
import type { LazyBytes } from '../onnx/wire.ts';
import { evaluateShape } from '../shape.ts';
import { disposedTensor } from './disposed.ts';
import { evaluate } from './read.ts';

/**
 * The values that captured leaves have now, for a model that holds them. Nothing is copied, and what lies in a file or
 * in another thread is not read yet.
 * @param nameOf - The name of each in the model.
 */
export async function weightsOf(
  captured: readonly Tensor[],
  nameOf: (tensor: Tensor, index: number) => string,
): Promise<Map<Tensor, Weight>> {
  const weightOf = (tensor: Tensor, index: number): [Tensor, Weight] => {
    const { dtype, shape } = tensor;
    const name = nameOf(tensor, index);
    return [tensor, { name, dtype, shape: evaluateShape(shape, new Map()), content: contentOf(tensor) }];
  };
  return onceKnown(
    captured,
    (open) => evaluate(...open),
    () => new Map(captured.map(weightOf)),
  );
}

/**
 * Computes what captured leaves stand for until all of it is known: a variable may get a value that is not computed yet
 * while those of others are. Then it calls `take`, before anything else can happen, so that it finds the values of one moment.
 */
export async function onceKnown<R>(
  captured: readonly Tensor[],
  evaluateAll: (open: readonly Tensor[]) => Promise<void>,
  take: () => R,
): Promise<R> {
  const present = (): Tensor[] => captured.map(committedOf).filter(({ leaf }) => leaf === undefined);
  for (let open = present(); open.length > 0; open = present()) await evaluateAll(open);
  return take();
}

/** The bytes of a tensor that has a value: at hand, or to be read one tensor at a time. */
export function contentOf(tensor: Tensor): Uint8Array | LazyBytes {
  // Asked for as a value, it is not freed under our hands when the variable gets another one.
  const leaf = tensor.leaf?.kind === 'variable' ? tensor.leaf.variable.value.leaf : tensor.leaf;
  if (leaf?.kind === 'device' && leaf.buffer.disposed) throw disposedTensor('read', tensor);
  if (leaf?.kind === 'host') return rawBytes(leaf.data);
  const held = leaf?.kind === 'stored' ? residentOf(leaf, undefined) : undefined;
  if (leaf?.kind === 'stored' && held === undefined) {
    return { length: leaf.source.byteLength, chunks: () => leaf.source.chunks() };
  }
  const buffer = leaf?.kind === 'device' ? leaf.buffer : held;
  if (buffer === undefined) throw internalError('a weight has no value.');
  const length = buffer.shape.reduce((product, size) => product * size, bytesPerElement(buffer.dtype));
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield rawBytes(await buffer.read());
  };
  return { length, chunks };
}
