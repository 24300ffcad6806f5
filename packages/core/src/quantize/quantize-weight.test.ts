import { describe, expect, it } from 'vitest';
import { dequantize, quantizedLinear } from '../ops/quantized.ts';
import type { QuantizedWeight } from '../ops/quantized.ts';
import { data } from '../runtime/read.ts';
import { hashUnit } from '../testing/plain.ts';
import { tensor } from '../trace/literal.ts';
import { quantizeWeight } from './quantize-weight.ts';

/** Nearly normal numbers. */
const bell = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => {
    let sum = 0;
    for (let draw = 0; draw < 12; draw += 1) sum += hashUnit(index * 12 + draw, seed);
    return sum - 6;
  });

/** The matrix, taken apart here by the layout that the type describes. */
async function matrixOf(weight: QuantizedWeight): Promise<Float64Array> {
  const { packed, scales, zeroPoints, bits, block, columns } = weight;
  const [codes, factors] = [await data(packed), await data(scales)];
  const zeros = zeroPoints && (await data(zeroPoints));
  const [rows, blocks, bytes] = packed.shape as [number, number, number];
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  const code = (from: ArrayLike<number | bigint>, start: number, at: number): number =>
    bits === 8 ? Number(from[start + at]) : (Number(from[start + (at >> 1)]) >> (4 * (at & 1))) & 15;
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const at = Math.floor(column / block);
    const zero = zeros === undefined ? 2 ** (bits - 1) : code(zeros, row * zeroBytes, at);
    return (code(codes, (row * blocks + at) * bytes, column % block) - zero) * Number(factors[row * blocks + at]);
  });
}

async function relativeError(values: Float32Array, weight: QuantizedWeight): Promise<number> {
  const near = await matrixOf(weight);
  let [error, size] = [0, 0];
  values.forEach((value, index) => {
    error += (value - near[index]!) ** 2;
    size += value * value;
  });
  return Math.sqrt(error / size);
}

describe('quantizeWeight', () => {
  const values = bell(64 * 200, 3);
  const weight = tensor(values, { shape: [64, 200] });

  it.each([
    [4, 32, true, 0.085],
    [4, 32, false, 0.08],
    [4, 128, true, 0.11],
    [8, 32, true, 0.0055],
    [8, 16, false, 0.0045],
  ] as const)(
    'keeps normal numbers at %i bits in blocks of %i (symmetric: %s)',
    async (bits, block, symmetric, bound) => {
      const error = await relativeError(values, await quantizeWeight(weight, { bits, block, symmetric }));
      expect(error).toBeLessThan(bound);
      expect(error).toBeGreaterThan(bound / 2);
    },
  );

  it('is exact where the numbers are codes times a scale', async () => {
    const exact = Float32Array.from({ length: 40 }, (_, index) => ((index % 16) - 8) * 0.25);
    const near = await matrixOf(await quantizeWeight(tensor(exact, { shape: [1, 40] }), { bits: 4, block: 16 }));
    expect([...near]).toEqual([...exact]);
  });

  it('with zero points takes blocks on one side of 0', async () => {
    const high = Float32Array.from({ length: 32 }, (_, index) => (index % 16) * 0.5);
    const near = await matrixOf(
      await quantizeWeight(tensor(high, { shape: [2, 16] }), { bits: 4, block: 16, symmetric: false }),
    );
    expect([...near]).toEqual([...high]);
  });

  it('keeps zeros, and rows of 0 columns beyond the end do no harm', async () => {
    const weights = await quantizeWeight(tensor(new Float32Array(34), { shape: [2, 17] }), { bits: 8, block: 16 });
    expect([...(await matrixOf(weights))].every((value) => value === 0)).toBe(true);
    expect(weights.packed.shape).toEqual([2, 2, 16]);
  });

  it('reads float16', async () => {
    const half = tensor(new Uint16Array([0x3c00, 0xc000]), { dtype: 'float16', shape: [1, 2] });
    const near = await matrixOf(await quantizeWeight(half, { bits: 8 }));
    expect(near[0]).toBeCloseTo(1, 2);
    expect(near[1]).toBeCloseTo(-2, 2);
  });

  it('refuses what is no finite matrix of floats', async () => {
    await expect(quantizeWeight(tensor([1, 2]))).rejects.toThrow('quantizeWeight: not a matrix. Got [2]');
    await expect(quantizeWeight(tensor([[1, NaN]]))).rejects.toThrow('Got NaN or infinity in row 0, block 0');
    await expect(quantizeWeight(tensor([[1, Infinity]]), { symmetric: false })).rejects.toThrow('not finite');
    await expect(quantizeWeight(tensor([[1, 2]], { dtype: 'int32' }))).rejects.toThrow('Got int32 [1,2]');
    await expect(quantizeWeight(tensor([[1]]), { block: 48 })).rejects.toThrow('Got 4 bits, blocks of 48');
    await expect(quantizeWeight(tensor([[1]]), { bits: 3 as 4 })).rejects.toThrow('Got 3 bits');
  });
});

describe('a quantized weight', () => {
  const weight: QuantizedWeight = {
    packed: tensor(new Uint8Array(16), { shape: [2, 1, 8] }),
    scales: tensor([[1], [1]]),
    bits: 4,
    block: 16,
    columns: 16,
  };
  const bytes = (...shape: number[]): ReturnType<typeof tensor> =>
    tensor(new Uint8Array(shape.reduce((a, b) => a * b, 1)), { shape });

  it('is refused if its parts do not fit together', () => {
    expect(() => dequantize({ ...weight, scales: tensor([[1]]) })).toThrow(
      'dequantize: scales does not fit the quantized weight. Got float32 [1,1]; expected a float dtype [2,1]',
    );
    expect(() => dequantize({ ...weight, columns: 17 })).toThrow('packed does not fit');
    expect(() => dequantize({ ...weight, zeroPoints: bytes(2, 2) })).toThrow('expected uint8 [2,1]');
    expect(() => dequantize({ ...weight, zeroPoints: bytes(2, 1), offsets: tensor([[1], [1]]) })).toThrow('Got both');
    expect(() => dequantize({ ...weight, bits: 2 as 4 })).toThrow('Got 2 bits');
    expect(() => dequantize(tensor([1]) as never)).toThrow('not a quantized weight. Got a tensor');
  });

  it('is refused for inputs and biases of other lengths', () => {
    expect(() => quantizedLinear(tensor([[1, 2]]), weight)).toThrow('expected a float dtype [..., 16]');
    expect(() => quantizedLinear(tensor(new Int32Array(16)), weight)).toThrow('Got x int32 [16]');
    expect(() => quantizedLinear(tensor(new Float32Array(16)), weight, tensor([1, 2, 3]))).toThrow(
      'Got bias [3]; expected [2]',
    );
  });
});
