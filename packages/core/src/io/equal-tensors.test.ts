import { expect, it } from 'vitest';
import type { TypedArray } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { hostLeaf } from '../trace/literal.ts';
import { equalTensors } from './equal-tensors.ts';
import { lazyTensor } from './lazy-tensor.ts';

let read = 0;
const lazy = (data: TypedArray, dtype: 'float32' | 'int8'): Tensor =>
  lazyTensor({
    dtype,
    shape: [data.length],
    read: async (start, end) => {
      read += 1;
      return data.slice(start, end);
    },
  });
const host = (data: Float32Array): Tensor => hostLeaf(data, { dtype: 'float32', shape: [data.length] }, false);

it.each<[string, number[], number[], boolean]>([
  ['equal ones', [1, 2, 3], [1, 2, 3], true],
  ['another last one', [1, 2, 3], [1, 2, 4], false],
  ['another first one', [1, 2, 3], [2, 2, 3], false],
  ['the signs of zeros', [0], [-0], false],
  ['numbers that are none', [NaN, Infinity], [NaN, Infinity], true],
  ['nothing', [], [], true],
  ['another length', [1], [1, 1], false],
])('%s', async (_, a, b, equal) => {
  const [x, y] = [Float32Array.from(a), Float32Array.from(b)];
  for (const first of [lazy(x, 'float32'), host(x)])
    for (const second of [lazy(y, 'float32'), host(y)]) expect(await equalTensors(first, second)).toBe(equal);
});

it('bytes whose number is no multiple of four, or that lie askew', async () => {
  const bytes = Int8Array.from({ length: 12 }, (_, index) => index);
  const [odd, same, other] = [bytes.subarray(1, 8), Int8Array.from(bytes.subarray(1, 8)), bytes.slice(1, 8)];
  other[6] = 9;
  expect(await equalTensors(lazy(odd, 'int8'), lazy(same, 'int8'))).toBe(true);
  expect(await equalTensors(lazy(odd, 'int8'), lazy(other, 'int8'))).toBe(false);
});

it('another dtype is not read', async () => {
  read = 0;
  expect(await equalTensors(lazy(new Float32Array(2), 'float32'), lazy(new Int8Array(2), 'int8'))).toBe(false);
  expect(read).toBe(0);
});
