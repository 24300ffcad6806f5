import type { StoredData, Tensor } from '../ir/tensor.ts';
import { rawBytes } from '../onnx/model.ts';
import { data } from '../runtime/read.ts';
import { shapesEqual } from '../shape.ts';

/**
 * Whether two tensors have the same dtype, shape and elements, bit for bit. Two of files are compared piece by piece, so that neither is
 * whole in memory; in one place of one file they are equal without being read. Beside a tensor that is in no file, one of a file is read.
 * @example
 * const lazy = (...values: number[]) => lazyTensor({ dtype: 'float32', shape: [1], read: async () => Float32Array.from(values) });
 * await equalTensors(lazy(3), tensor([3])); // => true
 * await equalTensors(lazy(3), lazy(4)); // => false
 * @category Files
 */
export async function equalTensors(a: Tensor, b: Tensor): Promise<boolean> {
  if (a.dtype !== b.dtype || !shapesEqual(a.shape, b.shape)) return false;
  const [first, second] = [a.leaf, b.leaf];
  if (first?.kind === 'stored' && second?.kind === 'stored') return sameBytes(first.source, second.source);
  return equalBytes(rawBytes(await data(a)), rawBytes(await data(b)));
}

/** Whether two sources have the same bytes. */
export async function sameBytes(a: StoredData, b: StoredData): Promise<boolean> {
  const [place, other] = [await a.file(), await b.file()];
  const isSame = place?.path === other?.path && place?.offset === other?.offset && place?.length === other?.length;
  if (place !== undefined && isSame) return true;
  const others = b.chunks()[Symbol.asyncIterator]();
  for await (const chunk of a.chunks()) {
    // Equal types are read in equal pieces.
    const { value = new Uint8Array() } = (await others.next()) as { value?: Uint8Array };
    if (!equalBytes(chunk, value)) return false;
  }
  return (await others.next()).done === true;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const isAligned = a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0;
  const words = isAligned ? a.length >>> 2 : 0;
  const [x, y] = [a, b].map((bytes) => new Uint32Array(bytes.buffer, isAligned ? bytes.byteOffset : 0, words));
  for (let at = 0; at < words; at += 1) if (x![at] !== y![at]) return false;
  for (let at = 4 * words; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
