import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBfloat16Bits, fromFloat16Bits, fromNumber, toBfloat16Bits, toFloat16Bits, toNumber } from './number.ts';

describe('float16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    // Rounding to float32 first would make a tie of it.
    [1 + 2 ** -11 + 2 ** -40, 0x3c01],
  ])('%d is %i', (value, bits) => expect(toFloat16Bits(value)).toBe(bits));

  it('brings every one of its 65,536 patterns back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromFloat16Bits(bits);
      if (Number.isNaN(value)) expect((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0).toBe(true);
      else if (toFloat16Bits(value) !== bits) expect.fail(`${bits} is ${value}, which is ${toFloat16Bits(value)}`);
    }
    expect(fromFloat16Bits(toFloat16Bits(NaN))).toBeNaN();
  });

  it('takes the nearest of its values, the even one of two', () => {
    const near = fc.oneof(
      fc.double({ min: -70000, max: 70000, noNaN: true }),
      fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
    );
    fc.assert(
      fc.property(near, (value) => {
        const bits = toFloat16Bits(value);
        const distance = Math.abs(fromFloat16Bits(bits) - value);
        for (const other of [bits - 1, bits + 1]) {
          if ((other & 0x7fff) >= 0x7c00 || (bits & 0x7fff) === 0x7c00) continue;
          const apart = Math.abs(fromFloat16Bits(other & 0xffff) - value);
          expect(distance < apart || (distance === apart && bits % 2 === 0) || (bits & 0x7fff) === 0).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bfloat16', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3f80],
    [-1.5, 0xbfc0],
    [3.140625, 0x4049],
    [Math.PI, 0x4049],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [1 + 2 ** -8 + 2 ** -40, 0x3f81],
    [3.4e38, 0x7f80],
    [Infinity, 0x7f80],
    [-Infinity, 0xff80],
    [NaN, 0x7fc0],
  ])('%d is %i', (value, bits) => expect(toBfloat16Bits(value)).toBe(bits));

  it('brings every one of its patterns back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromBfloat16Bits(bits);
      if (!Number.isNaN(value) && toBfloat16Bits(value) !== bits) expect.fail(`${bits} is ${value}`);
    }
  });
});

describe('elements', () => {
  it('are stored and read by dtype', () => {
    expect(fromNumber(7, 'int64')).toBe(7n);
    expect(fromNumber(0.5, 'bool')).toBe(1);
    expect(fromNumber(1, 'float16')).toBe(0x3c00);
    expect(toNumber(7n, 'int64')).toBe(7);
    expect(toNumber(0x3f80, 'bfloat16')).toBe(1);
    expect(toNumber(0x3c00, 'float16')).toBe(1);
    expect(toNumber(200, 'uint8')).toBe(200);
  });
});
