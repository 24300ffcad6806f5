import { expect, it } from 'vitest';
import { convertElements } from './convert.ts';
import { fromBfloat16Bits, fromFloat16Bits } from '../number.ts';

const PATTERNS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const bitsOf = (data: Float32Array): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length);

it('widens every bfloat16 to the float32 with the same upper bits, and back', () => {
  const wide = convertElements(PATTERNS, 'bfloat16', 'float32') as Float32Array;
  const back = convertElements(wide, 'float32', 'bfloat16') as Uint16Array;
  for (let bits = 0; bits < 65536; bits += 1) {
    if (Number.isNaN(wide[bits])) {
      if (!Number.isNaN(fromBfloat16Bits(back[bits]!))) expect.fail(`NaN ${bits} became ${back[bits]}`);
      continue;
    }
    if (bitsOf(wide)[bits] !== (bits << 16) >>> 0) expect.fail(`${bits} is ${bitsOf(wide)[bits]}`);
    if (back[bits] !== bits) expect.fail(`${bits} came back as ${back[bits]}`);
  }
});

it('widens every float16 to its value (sign, exponent and fraction taken apart), and back', () => {
  const wide = convertElements(PATTERNS, 'float16', 'float32') as Float32Array;
  const back = convertElements(wide, 'float32', 'float16') as Uint16Array;
  for (let bits = 0; bits < 65536; bits += 1) {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    const value = exponent < 31 ? size : fraction === 0 ? Infinity : NaN;
    if (!Object.is(wide[bits], bits < 32768 ? value : -value)) expect.fail(`${bits} is ${wide[bits]}`);
    if (Number.isNaN(value) ? !Number.isNaN(fromFloat16Bits(back[bits]!)) : back[bits] !== bits) {
      expect.fail(`${bits} came back as ${back[bits]}`);
    }
  }
});

it.each(['float16', 'bfloat16'] as const)('rounds to the nearest %s, halfway to the even one', (dtype) => {
  const most = dtype === 'float16' ? 0x7bff : 0x7f7f;
  const wide = convertElements(PATTERNS, dtype, 'float64') as Float64Array;
  for (let bits = 0; bits < most; bits += 1) {
    const [low, high] = [wide[bits]!, wide[bits + 1]!];
    const middle = low + (high - low) / 2;
    const nudge = (high - low) * 2 ** -20;
    const found = convertElements(Float64Array.of(middle - nudge, middle, middle + nudge, -middle), 'float64', dtype);
    const even = bits + (bits % 2);
    const expected = [bits, even, bits + 1, even + 0x8000];
    if (expected.some((pattern, at) => found[at] !== pattern)) expect.fail(`between ${low} and ${high}: ${found}`);
  }
});

it('cuts fractions on their way to integers, and keeps 64-bit ones exact', () => {
  expect(convertElements(Float32Array.of(-1.9, 2.9, NaN), 'float32', 'int32')).toEqual(Int32Array.of(-1, 2, 0));
  expect(convertElements(Float64Array.of(2 ** 53), 'float64', 'int64')).toEqual(BigInt64Array.of(2n ** 53n));
  expect(convertElements(Float32Array.of(0.5, 0), 'float32', 'bool')).toEqual(Uint8Array.of(1, 0));
});
