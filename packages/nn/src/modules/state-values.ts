import { DataError, isVariable } from '@gai/core';
import type { Tensor } from '@gai/core';
import { hostData, shapesEqual } from '@gai/core/ops';

/**
 * Whether two tensors of a state have the same dtype, shape and bits.
 * @throws {@link DataError} if they are not on the host, where that can be seen.
 */
export function sameValues(a: Tensor, b: Tensor): boolean {
  const [first, second] = [present(a), present(b)];
  if (first === second || (first.node === second.node && first.index === second.index)) return true;
  if (first.dtype !== second.dtype || !shapesEqual(first.shape, second.shape)) return false;
  const [own, other] = [hostData(first), hostData(second)];
  if (own === undefined || other === undefined) {
    throw new DataError(
      'loadStateDict: two tensors for one parameter cannot be compared. Got values that are not in memory; expected such as ' +
        'a file holds. Leave one name out: { rename: { name: null } }.',
      { op: 'loadStateDict' },
    );
  }
  return equalBytes(bytesOf(own), bytesOf(other));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return a.length === b.length;
}

const present = (x: Tensor): Tensor => (isVariable(x) ? x.value : x);

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
