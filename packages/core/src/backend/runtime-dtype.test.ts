import { DTYPE_NAMES } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { HostTensor } from './backend.ts';
import { expect, it } from 'vitest';
import { carryBits, checkHostTensor, dtypeOfRuntimeType, runtimeType } from './runtime-dtype.ts';

it('knows every dtype, and refuses bfloat16', () => {
  const refused = DTYPE_NAMES.filter((dtype) => {
    try {
      return dtypeOfRuntimeType(runtimeType(dtype, 'upload')) !== dtype;
    } catch {
      return true;
    }
  });
  expect(refused).toEqual(['bfloat16']);
  expect(['string', 'uint64', 'int4', 'uint4', 'toString'].map(dtypeOfRuntimeType)).toEqual(Array(5).fill(undefined));
});

it('carries float16 as its bits, whatever array the runtime made of it', () => {
  const bits = new Uint16Array([9, 0x3c00, 0xc000]);
  const plain = { type: 'float16', data: bits };
  expect(carryBits(plain).data).toBe(bits);
  class Tensor {
    readonly type = 'float16';
    get data(): unknown {
      return new DataView(bits.buffer, 2, 4); // stands for a Float16Array: a view of another type
    }
  }
  const { data } = carryBits(new Tensor());
  expect(data).toEqual(new Uint16Array([0x3c00, 0xc000]));
  expect((data as Uint16Array).buffer).toBe(bits.buffer);
  const other = { type: 'float32', data: new Float32Array(1) };
  expect(carryBits(other).data).toBeInstanceOf(Float32Array);
});

it.each<[DType, HostTensor['data'], number[], string]>([
  ['float32', new Float64Array(2), [2], 'Got Float64Array for float32; expected Float32Array.'],
  ['bool', new Int8Array(2), [2], 'Got Int8Array for bool; expected Uint8Array.'],
  ['float32', new Float32Array(3), [2, 2], 'Got 3 elements; expected 4 for shape [2, 2].'],
  ['float32', new Float32Array(0), [], 'Got 0 elements; expected 1 for shape [].'],
  ['bfloat16', new Uint16Array(1), [1], 'ONNX Runtime has no JavaScript tensor of this dtype. Got bfloat16;'],
  ['float32', new Float32Array(new SharedArrayBuffer(4)), [1], 'the data lies in shared memory.'],
])('refuses %s data that does not fit', (dtype, data, shape, part) => {
  expect(() => checkHostTensor({ dtype, data, shape }, 'upload')).toThrow(part);
});
