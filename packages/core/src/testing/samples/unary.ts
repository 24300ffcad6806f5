import type * as family from '../../ops/unary.ts';
import { cos, erf, exp, expm1, log1p, reciprocal, rsqrt, sin, sqrt } from '../../ops/unary.ts';
import type { SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';
import { erfOf } from './special.ts';

/** Samples of the ops in `ops/unary.ts`. */
export const unaryOpSamples: SamplesOf<typeof family> = {
  exp: [
    ...unarySamples(exp, Math.exp),
    unaryAt('large and small', exp, [100, -200, -Infinity, NaN], [Infinity, 0, 0, NaN]),
    unaryAt('integers', exp, [0, 1], [1, Math.E], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  expm1: [
    ...unarySamples(expm1, Math.expm1),
    // Compared as a multiple of 1e-6, so that the tolerance is relative.
    unaryAt('small', (x) => reciprocal(expm1(x)), [1e-6, -1e-6], [1e6 - 0.5, -1e6 - 0.5]),
    unaryAt('large', expm1, [-100, 100, -Infinity, Infinity], [-1, Infinity, -1, Infinity]),
  ],
  log1p: [
    ...unarySamples(log1p, Math.log1p, { min: -0.8, max: 3 }),
    unaryAt('small', (x) => reciprocal(log1p(x)), [1e-6, -1e-6, 1e-10], [1e6 + 0.5, -1e6 + 0.5, 1e10]),
    unaryAt('edges', log1p, [0, -1, -2, Infinity, 1e30], [0, -Infinity, NaN, Infinity, Math.log(1e30)]),
  ],
  sqrt: [
    ...unarySamples(sqrt, Math.sqrt, { min: 0.2, max: 4 }),
    unaryAt('edges', sqrt, [0, -1, Infinity, 1e30], [0, NaN, Infinity, 1e15]),
    unaryAt('infinite gradient at 0', sqrt, [0, 4], [0, 2], { expectedGradients: [[Infinity, 0.25]] }),
    unaryAt('integers', sqrt, [4, 9], [2, 3], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  rsqrt: [
    ...unarySamples(rsqrt, (x) => 1 / Math.sqrt(x), { min: 0.2, max: 4 }),
    unaryAt('edges', rsqrt, [0, -1, Infinity], [Infinity, NaN, 0]),
  ],
  reciprocal: [
    ...unarySamples(reciprocal, (x) => 1 / x, { min: 0.5, max: 2 }),
    unaryAt('edges', reciprocal, [0, -Infinity], [Infinity, 0]),
    unaryAt('integers', reciprocal, [2, -4], [0.5, -0.25], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  sin: [...unarySamples(sin, Math.sin), unaryAt('large', sin, [100, -100], [Math.sin(100), -Math.sin(100)])],
  cos: [...unarySamples(cos, Math.cos), unaryAt('large', cos, [100], [Math.cos(100)])],
  erf: [
    ...unarySamples(erf, erfOf, { float64: false }),
    // float64 is computed in float32.
    ...unarySamples(erf, erfOf, { tolerance: 1e-5 }).slice(-1),
    unaryAt('edges', erf, [0, 10, -10, Infinity, NaN], [0, 1, -1, 1, NaN]),
  ],
};
