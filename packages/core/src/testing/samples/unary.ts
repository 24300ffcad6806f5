import type * as family from '../../ops/unary.ts';
import {
  erf,
  erfc,
  erfinv,
  exp,
  exp2,
  expm1,
  log10,
  log1p,
  log2,
  ndtri,
  reciprocal,
  rsqrt,
  sqrt,
} from '../../ops/unary.ts';
import { mul } from '../../ops/elementwise.ts';
import type { SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';
import { erfOf, erfcOf } from './special.ts';

const POWERS = [-3, 0, 1, 3, 10, 20, 30];
const WIDE = [-8, -6.5, -5.9, -3, -1.0001, -0.9999, -0.3, 0.5, 1, 1.5, 2, 4, 6];

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
  exp2: [
    ...unarySamples(exp2, (x) => 2 ** x),
    unaryAt('edges', exp2, [10, -200, 200, -Infinity, NaN], [1024, 0, Infinity, 0, NaN]),
    unaryAt('integers', exp2, [3, -1], [8, 0.5], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  log2: [
    ...unarySamples(log2, Math.log2, { min: 0.2, max: 4 }),
    unaryAt('edges', log2, [0, -1, Infinity], [-Infinity, NaN, Infinity]),
    unaryAt(
      'exact at powers',
      log2,
      POWERS.map((n) => 2 ** n),
      POWERS,
      { tolerance: 0 },
    ),
    unaryAt(
      'exact at powers, float64',
      log2,
      POWERS.map((n) => 2 ** n),
      POWERS,
      { tolerance: 0, dtype: 'float64' },
    ),
    unaryAt('integers', log2, [8, 3], [3, Math.log2(3)], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  log10: [
    ...unarySamples(log10, Math.log10, { min: 0.2, max: 4 }),
    unaryAt('edges', log10, [0, -1, Infinity], [-Infinity, NaN, Infinity]),
    unaryAt('exact at powers', log10, [1, 10, 100, 1000, 1e6], [0, 1, 2, 3, 6], { tolerance: 0 }),
    unaryAt('exact at powers, float64', log10, [1000, 1e15], [3, 15], { tolerance: 0, dtype: 'float64' }),
  ],
  erf: [
    ...unarySamples(erf, erfOf),
    unaryAt('edges', erf, [0, 10, -10, Infinity, NaN], [0, 1, -1, 1, NaN]),
    unaryAt('wide, float64', erf, WIDE, WIDE.map(erfOf), { dtype: 'float64' }),
    unaryAt('size 0, float64', erf, [], [], { dtype: 'float64' }),
    unaryAt('small, float64', (x) => reciprocal(erf(x)), [1e-6], [1 / erfOf(1e-6)], { dtype: 'float64' }),
  ],
  erfinv: [
    ...unarySamples(
      (x) => erfinv(erf(x)),
      (x) => x,
      { min: -1.5, max: 1.5, tolerance: 2e-6 },
    ).map((sample) => ({
      ...sample,
      name: `of erf, ${sample.name}`,
      tolerance: sample.name === 'float16' ? 1e-2 : sample.name === 'float64' ? 1e-12 : 1e-5,
    })),
    unaryAt('edges', erfinv, [1, -1, 2, 0, NaN], [Infinity, -Infinity, NaN, 0, NaN]),
    unaryAt('quartile and tail', erfinv, [0.5, -0.9999], [0.4769362762044699, -2.7510639056867], {
      tolerance: 1e-4,
    }),
    unaryAt(
      'float64',
      erfinv,
      [0.5, -0.999, 1, 1e-9, 0],
      [0.4769362762044699, -2.326753765513525, Infinity, 8.862269254527581e-10, 0],
      { dtype: 'float64' },
    ),
  ],
  erfc: [
    ...unarySamples(erfc, erfcOf),
    unaryAt('edges', erfc, [0, 30, -30, Infinity, -Infinity, NaN], [1, 0, 2, 0, 2, NaN]),
    // Compared as reciprocals, so that the tolerance is relative.
    unaryAt(
      'tail',
      (x) => reciprocal(erfc(x)),
      [2.6, 5, 8],
      [2.6, 5, 8].map((x) => 1 / erfcOf(Math.fround(x))),
    ),
    unaryAt(
      'tail, float64',
      (x) => reciprocal(erfc(x)),
      [2.6, 5, 20],
      [2.6, 5, 20].map((x) => 1 / erfcOf(x)),
      {
        dtype: 'float64',
      },
    ),
    unaryAt('wide, float64', erfc, WIDE, WIDE.map(erfcOf), { dtype: 'float64' }),
  ],
  ndtri: [
    ...unarySamples(
      (x) => ndtri(mul(erfc(mul(x, -Math.SQRT1_2)), 0.5)),
      (x) => x,
      { min: -2, max: 2 },
    ).map((sample) => ({ ...sample, name: `of the distribution, ${sample.name}` })),
    unaryAt('edges', ndtri, [0, 0.5, 1, -0.1, 1.1, NaN], [-Infinity, 0, Infinity, NaN, NaN, NaN]),
    unaryAt('known', ndtri, [0.975, 0.025, 1e-10], [1.959963984540054, -1.959963984540054, -6.361340902404056]),
    unaryAt(
      'known, float64',
      ndtri,
      [0.975, 0.025, 1e-10, 1e-30, 1e-100],
      [1.959963984540054, -1.959963984540054, -6.361340902404056, -11.46402468844362, -21.27345356096533],
      { dtype: 'float64' },
    ),
  ],
};
