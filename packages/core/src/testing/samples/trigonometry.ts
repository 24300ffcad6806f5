import type * as family from '../../ops/trigonometry.ts';
import { acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan } from '../../ops/trigonometry.ts';
import { reciprocal } from '../../ops/unary.ts';
import type { DType } from '../../dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';

/** Near 0, compared as multiples of 1e-4, so that the tolerance is relative. */
const small = (run: (x: Tensor) => Tensor, fn: (x: number) => number, dtype: DType = 'float32'): Sample =>
  unaryAt(`small, ${dtype}`, (x) => reciprocal(run(x)), [1e-4, -1e-4], [1 / fn(1e-4), 1 / fn(-1e-4)], {
    tolerance: dtype === 'float64' ? 1e-11 : 1e-6,
    dtype,
  });

const wide = (run: (x: Tensor) => Tensor, fn: (x: number) => number, values: readonly number[]): Sample =>
  unaryAt('wide, float64', run, values, values.map(fn), { dtype: 'float64' });

const integers = (run: (x: Tensor) => Tensor, fn: (x: number) => number): Sample =>
  unaryAt('integers', run, [1], [fn(1)], { dtype: 'int32', resultDtype: 'float32' });

/** Samples of the ops in `ops/trigonometry.ts`. */
export const trigonometrySamples: SamplesOf<typeof family> = {
  sin: [...unarySamples(sin, Math.sin), unaryAt('large', sin, [100, -100], [Math.sin(100), -Math.sin(100)])],
  cos: [...unarySamples(cos, Math.cos), unaryAt('large', cos, [100], [Math.cos(100)])],
  tan: [
    ...unarySamples(tan, Math.tan, { min: -1.3, max: 1.3 }),
    unaryAt('large', tan, [100, NaN], [Math.tan(100), NaN]),
    small(tan, Math.tan, 'float64'),
    integers(tan, Math.tan),
  ],
  asin: [
    ...unarySamples(asin, Math.asin, { min: -0.9, max: 0.9 }),
    unaryAt('edges', asin, [1, -1, 2, 0, NaN], [Math.PI / 2, -Math.PI / 2, NaN, 0, NaN], {
      expectedGradients: [[Infinity, Infinity, NaN, 1, NaN]],
    }),
    wide(asin, Math.asin, [1, -1, 0.999999, 2, 0]),
    small(asin, Math.asin, 'float64'),
    integers(asin, Math.asin),
  ],
  acos: [
    ...unarySamples(acos, Math.acos, { min: -0.9, max: 0.9 }),
    unaryAt('edges', acos, [1, -1, 2, 0], [0, Math.PI, NaN, Math.PI / 2]),
    wide(acos, Math.acos, [1, -1, 0.999999, 2, 0]),
    integers(acos, Math.acos),
  ],
  atan: [
    ...unarySamples(atan, Math.atan),
    unaryAt('edges', atan, [Infinity, -Infinity, 1e30, NaN], [Math.PI / 2, -Math.PI / 2, Math.PI / 2, NaN], {
      expectedGradients: [[0, 0, 0, NaN]],
    }),
    wide(atan, Math.atan, [Infinity, -Infinity, 1e300, -1e30, 1e-300, 50, 0]),
    small(atan, Math.atan, 'float64'),
    integers(atan, Math.atan),
  ],
  sinh: [
    ...unarySamples(sinh, Math.sinh),
    unaryAt('large', sinh, [1000, -1000, 50, Infinity], [Infinity, -Infinity, Math.sinh(50), Infinity]),
    wide(sinh, Math.sinh, [709.5, -710, 1000, -Infinity]),
    small(sinh, Math.sinh),
    small(sinh, Math.sinh, 'float64'),
  ],
  cosh: [
    ...unarySamples(cosh, Math.cosh),
    unaryAt('large', cosh, [1000, -1000, -50], [Infinity, Infinity, Math.cosh(50)]),
    wide(cosh, Math.cosh, [709.5, -710, 1000, -Infinity, 0]),
  ],
  asinh: [
    ...unarySamples(asinh, Math.asinh),
    unaryAt('edges', asinh, [Infinity, -1e30, 0, NaN], [Infinity, Math.asinh(-1e30), 0, NaN]),
    wide(asinh, Math.asinh, [1e200, -1e300, -Infinity, 30]),
    small(asinh, Math.asinh),
    small(asinh, Math.asinh, 'float64'),
  ],
  acosh: [
    ...unarySamples(acosh, Math.acosh, { min: 1.2, max: 4 }),
    unaryAt('edges', acosh, [1, 0.5, Infinity, 1e15], [0, NaN, Infinity, Math.acosh(1e15)]),
    wide(acosh, Math.acosh, [1, 1.000001, 1e200, Infinity, 0.5]),
  ],
  atanh: [
    ...unarySamples(atanh, Math.atanh, { min: -0.8, max: 0.8 }),
    unaryAt('edges', atanh, [1, -1, 2, 0, 0.9999], [Infinity, -Infinity, NaN, 0, Math.atanh(Math.fround(0.9999))]),
    wide(atanh, Math.atanh, [1, -1, 2, -0.9999999]),
    small(atanh, Math.atanh),
    small(atanh, Math.atanh, 'float64'),
  ],
};
