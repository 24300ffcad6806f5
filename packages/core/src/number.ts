import type { DType } from './dtype.ts';

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/**
 * The bits of a float32 beside `value`, rounded to odd: an inexact one has its last bit set, so that rounding once
 * more, to 16 bits, goes where rounding `value` itself would have gone.
 */
function float32Bits(value: number): number {
  FLOAT[0] = value;
  const near = FLOAT[0]!;
  const bits = BITS[0]!;
  if (near === value || Number.isNaN(value) || (bits & 1) === 1) return bits;
  return Math.abs(near) < Math.abs(value) ? bits + 1 : bits - 1;
}

/** The 16 bits of the float16 nearest to `value` (ties to even; overflow to infinity). */
export function toFloat16Bits(value: number): number {
  const bits = float32Bits(value);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const unbiased = exponent - 127;
  if (unbiased > 15) return sign | 0x7c00;
  // Subnormal: shift the mantissa with its hidden bit further right.
  const shift = unbiased < -14 ? 13 + (-14 - unbiased) : 13;
  if (shift > 24) return sign;
  const full = unbiased < -14 ? mantissa | 0x800000 : mantissa;
  const base = unbiased < -14 ? 0 : (unbiased + 15) << 10;
  const kept = full >>> shift;
  const rest = full & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return sign | (base + kept + up);
}

/** The number that 16 bits of float16 stand for. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** The 16 bits of the bfloat16 nearest to `value` (ties to even). */
export function toBfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const bits = float32Bits(value);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that 16 bits of bfloat16 stand for. */
export function fromBfloat16Bits(bits: number): number {
  BITS[0] = bits << 16;
  return FLOAT[0]!;
}

/** A number as the element that a typed array of `dtype` stores. */
export function fromNumber(value: number, dtype: DType): number | bigint {
  if (dtype === 'float16') return toFloat16Bits(value);
  if (dtype === 'bfloat16') return toBfloat16Bits(value);
  if (dtype === 'int64') return BigInt(value);
  return dtype === 'bool' ? Number(value !== 0) : value;
}

/** A stored element as the number it stands for. */
export function toNumber(element: number | bigint, dtype: DType): number {
  if (dtype === 'float16') return fromFloat16Bits(Number(element));
  if (dtype === 'bfloat16') return fromBfloat16Bits(Number(element));
  return Number(element);
}
