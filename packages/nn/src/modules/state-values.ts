import { DataError, isVariable } from '@gai/core';
import type { Tensor } from '@gai/core';
import { lazyEqual } from '@gai/core/io';
import { rawBytes } from '@gai/core/onnx';
import { hostData, shapesEqual } from '@gai/core/ops';

/**
 * The value of two tensors of a state that must have the same dtype, shape and bits. Tensors of an opened file are compared
 * when they are read.
 * @param differ - What is thrown if they differ.
 * @throws {@link DataError} if they have to be computed.
 */
export function commonValue(a: Tensor, b: Tensor, differ: () => Error): Tensor {
  const [first, second] = [present(a), present(b)];
  if (first === second || (first.node === second.node && first.index === second.index)) return a;
  if (first.dtype !== second.dtype || !shapesEqual(first.shape, second.shape)) throw differ();
  const lazy = lazyEqual(first, second, differ);
  if (lazy !== undefined) return lazy;
  const [own, other] = [hostData(first), hostData(second)];
  if (own === undefined || other === undefined) {
    throw new DataError(
      'loadStateDict: two tensors for one parameter cannot be compared. Got values that are not in memory; expected such as ' +
        'a file holds. Leave one name out: { rename: { name: null } }.',
      { op: 'loadStateDict' },
    );
  }
  if (!equalBytes(rawBytes(own), rawBytes(other))) throw differ();
  return a;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return a.length === b.length;
}

const present = (x: Tensor): Tensor => (isVariable(x) ? x.value : x);
