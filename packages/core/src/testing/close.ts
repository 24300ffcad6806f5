import type { DType } from '../dtype.ts';
import { isFloat } from '../dtype.ts';
import { toNumber } from '../number.ts';
import type { Plain } from './sample.ts';

/** Absolute and relative tolerance of one value of a dtype against an exact reference; integers must be equal. */
export const FORWARD_TOLERANCE: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-12,
  float32: 1e-5,
  float16: 2e-3,
  bfloat16: 2e-2,
};

/** As {@link FORWARD_TOLERANCE}, for gradients against central differences in float64. */
export const GRADIENT_TOLERANCE: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-6,
  float32: 1e-4,
  float16: 2e-2,
  bfloat16: 2e-1,
};

/** For second derivatives, where float32 rounds twice and differences are taken of differences. */
export const SECOND_TOLERANCE = 2e-3;

/** True if |a − b| ≤ tolerance · max(1, |b|); NaN equals NaN, infinities equal themselves. */
export function isClose(actual: number, expected: number, tolerance: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (actual === expected) return true;
  if (!Number.isFinite(expected)) return false;
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
}

/** Whether two arrays of numbers have equal length and are close in every place. */
export function allClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): boolean {
  if (actual.length !== expected.length) return false;
  for (let index = 0; index < actual.length; index += 1) {
    if (!isClose(actual[index]!, expected[index]!, tolerance)) return false;
  }
  return true;
}

/**
 * The first difference between a result and what was expected, as text; undefined if there is none. With `finiteOnly`
 * elements that should be NaN or infinite may be anything.
 */
// oxlint-disable-next-line max-params -- the fourth is a rare exception.
export function difference(
  actual: { data: ArrayLike<number | bigint>; dtype: DType; shape: readonly number[] },
  expected: Plain,
  tolerance: number,
  finiteOnly = false,
): string | undefined {
  if (actual.shape.join() !== expected.shape.join()) {
    return `shape [${actual.shape}], expected [${expected.shape}]`;
  }
  if (expected.dtype !== undefined && expected.dtype !== actual.dtype) {
    return `dtype ${actual.dtype}, expected ${expected.dtype}`;
  }
  const exact = isFloat(actual.dtype) ? tolerance : 0;
  for (let index = 0; index < expected.values.length; index += 1) {
    const value = toNumber(actual.data[index]!, actual.dtype);
    const wanted = expected.values[index]!;
    if (finiteOnly && !Number.isFinite(wanted)) continue;
    if (!isClose(value, wanted, exact)) return `element ${index} is ${value}, expected ${wanted}`;
  }
  return undefined;
}
