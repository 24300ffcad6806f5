import type * as family from '../../ops/activation.ts';
import {
  celu,
  elu,
  gelu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logit,
  logSigmoid,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
} from '../../ops/activation.ts';
import { at, fillPlain, mapPlain, plain, randomPlain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';
import { erfOf } from './special.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const geluOf = (x: number): number => (x / 2) * (1 + erfOf(x / Math.SQRT2));
const geluTanhOf = (x: number): number => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

type Composite =
  | 'leakyRelu'
  | 'elu'
  | 'silu'
  | 'prelu'
  | 'selu'
  | 'celu'
  | 'logSigmoid'
  | 'logit'
  | 'mish'
  | 'relu6'
  | 'hardsigmoid'
  | 'hardswish'
  | 'tanhshrink'
  | 'softshrink'
  | 'hardshrink';

const eluOf = (x: number): number => (x > 0 ? x : Math.expm1(x));
const relu6Of = (x: number): number => Math.min(Math.max(x, 0), 6);

/** Samples of the ops in `ops/activation.ts`, and of its functions that are made of other ops. */
export const activationSamples: SamplesOf<typeof family> & Readonly<Record<Composite, readonly Sample[]>> = {
  relu: [
    ...unarySamples(relu, (x) => Math.max(x, 0)),
    unaryAt('gradient 0 at 0', relu, [0, -1, 2], [0, 0, 2], { expectedGradients: [[0, 0, 1]] }),
    unaryAt('edges', relu, [NaN, Infinity, -Infinity], [NaN, Infinity, 0]),
    unaryAt('integers', relu, [-2, 2], [0, 2], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  leakyRelu: [
    ...unarySamples(
      (x) => leakyRelu(x, 0.1),
      (x) => (x > 0 ? x : 0.1 * x),
    ),
    unaryAt('slope at 0', (x) => leakyRelu(x), [0, -1, 2], [0, -0.01, 2], { expectedGradients: [[0.01, 0.01, 1]] }),
  ],
  elu: [
    ...unarySamples(
      (x) => elu(x, 1.5),
      (x) => (x > 0 ? x : 1.5 * Math.expm1(x)),
    ),
    unaryAt('edges', (x) => elu(x), [0, 200, -200], [0, 200, -1], { expectedGradients: [[1, 1, 0]] }),
  ],
  tanh: [
    ...unarySamples(tanh, Math.tanh),
    unaryAt('large', tanh, [100, -100], [1, -1], { expectedGradients: [[0, 0]] }),
  ],
  sigmoid: [
    ...unarySamples(sigmoid, logistic),
    unaryAt('large logits', sigmoid, [1000, -1000, Infinity], [1, 0, 1], { expectedGradients: [[0, 0, 0]] }),
    unaryAt('integers', sigmoid, [0], [0.5], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  silu: [
    ...unarySamples(silu, (x) => x * logistic(x)),
    unaryAt('large', silu, [100, -100], [100, 0], { expectedGradients: [[1, 0]] }),
  ],
  softplus: [
    ...unarySamples(softplus, softplusOf),
    unaryAt('large logits', softplus, [1000, -1000, 50], [1000, 0, 50], { expectedGradients: [[1, 0, 1]] }),
  ],
  gelu: [
    ...unarySamples((x) => gelu(x), geluOf),
    ...unarySamples((x) => gelu(x, { approximate: 'tanh' }), geluTanhOf).map((sample) => ({
      ...sample,
      name: `tanh, ${sample.name}`,
    })),
    unaryAt('large', (x) => gelu(x), [100, -100], [100, 0], { expectedGradients: [[1, 0]] }),
    unaryAt('tanh, large', (x) => gelu(x, { approximate: 'tanh' }), [100, -100], [100, 0], {
      expectedGradients: [[1, 0]],
    }),
  ],
  prelu: [
    {
      name: 'one slope',
      inputs: [randomPlain([2, 3]), plain([1], [0.25])],
      symbolic: [0],
      run: (x, weight) => prelu(x!, weight!),
      reference: mapPlain((x, weight) => (x! > 0 ? x! : weight! * x!)),
    },
    {
      name: 'one for each channel',
      inputs: [randomPlain([2, 3, 2, 2]), plain([3], [0.25, -0.5, 2])],
      symbolic: [0],
      run: (x, weight) => prelu(x!, weight!),
      reference: (x, weight) =>
        fillPlain(x!.shape, (index) => {
          const value = at(x!, index);
          return value > 0 ? value : value * weight!.values[index[1]!]!;
        }),
    },
    {
      name: 'one for each feature, float64',
      inputs: [randomPlain([2, 3], { dtype: 'float64' }), plain([3], [0.25, -0.5, 2], 'float64')],
      run: (x, weight) => prelu(x!, weight!),
      reference: mapPlain((x, weight) => (x! > 0 ? x! : weight! * x!), 'float64'),
    },
    {
      name: 'a vector, one slope as scalar',
      inputs: [randomPlain([3]), plain([], [0.25])],
      run: (x, weight) => prelu(x!, weight!),
      reference: mapPlain((x, weight) => (x! > 0 ? x! : weight! * x!)),
    },
  ],
  selu: [
    ...unarySamples(selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))),
    unaryAt('large', selu, [1000, -1000], [1050.7009873554805, -1.7580993408473766], {
      expectedGradients: [[1.0507009873554805, 0]],
    }),
  ],
  celu: [
    ...unarySamples(
      (x) => celu(x, 0.5),
      (x) => (x > 0 ? x : 0.5 * Math.expm1(x / 0.5)),
    ),
    ...unarySamples((x) => celu(x), eluOf).slice(0, 1),
    unaryAt('large', (x) => celu(x, 2), [1000, -1000, 0], [1000, -2, 0], { expectedGradients: [[1, 0, 1]] }),
  ],
  logSigmoid: [
    ...unarySamples(logSigmoid, (x) => -softplusOf(-x)),
    unaryAt('large', logSigmoid, [1000, -1000], [0, -1000], { expectedGradients: [[0, 1]] }),
  ],
  logit: [
    ...unarySamples(logit, (x) => Math.log(x / (1 - x)), { min: 0.1, max: 0.9 }),
    unaryAt('edges', logit, [0, 1, 0.5, 2, -1], [-Infinity, Infinity, 0, NaN, NaN]),
  ],
  mish: [
    ...unarySamples(mish, (x) => x * Math.tanh(softplusOf(x))),
    unaryAt('large', mish, [1000, -1000], [1000, 0], { expectedGradients: [[1, 0]] }),
  ],
  softsign: [
    ...unarySamples(softsign, (x) => x / (1 + Math.abs(x))),
    unaryAt('large', softsign, [1e30, -1e30, 0], [1, -1, 0], { expectedGradients: [[0, 0, 1]] }),
  ],
  hardtanh: [
    ...unarySamples(
      (x) => hardtanh(x),
      (x) => Math.min(Math.max(x, -1), 1),
    ),
    unaryAt('at the bounds', (x) => hardtanh(x), [-1, 1, 0, NaN, -Infinity], [-1, 1, 0, NaN, -1], {
      expectedGradients: [[0, 0, 1, 0, 0]],
    }),
    unaryAt('other bounds', (x) => hardtanh(x, { min: -2, max: 3 }), [-9, 2, 9], [-2, 2, 3]),
    unaryAt('integers', (x) => hardtanh(x), [-9, 0], [-1, 0], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  relu6: [
    ...unarySamples(relu6, relu6Of, { min: -2, max: 8 }),
    unaryAt('at the bounds', relu6, [0, 6, 3, 1000], [0, 6, 3, 6], { expectedGradients: [[0, 0, 1, 0]] }),
  ],
  hardsigmoid: [
    ...unarySamples(hardsigmoid, (x) => relu6Of(x + 3) / 6, { min: -5, max: 5 }),
    unaryAt('large', hardsigmoid, [1000, -1000, Infinity], [1, 0, 1], { expectedGradients: [[0, 0, 0]] }),
  ],
  hardswish: [
    ...unarySamples(hardswish, (x) => (x * relu6Of(x + 3)) / 6, { min: -5, max: 5 }),
    unaryAt('large', hardswish, [1000, -1000], [1000, 0], { expectedGradients: [[1, 0]] }),
  ],
  tanhshrink: [
    ...unarySamples(tanhshrink, (x) => x - Math.tanh(x)),
    unaryAt('large', tanhshrink, [1000, -1000], [999, -999], { expectedGradients: [[1, 1]] }),
  ],
  softshrink: [
    ...unarySamples(
      (x) => softshrink(x, 0.7),
      (x) => x - Math.min(Math.max(x, -0.7), 0.7),
    ),
    unaryAt('default', (x) => softshrink(x), [2, -2, 0.2], [1.5, -1.5, 0], { expectedGradients: [[1, 1, 0]] }),
  ],
  hardshrink: [
    ...unarySamples(
      (x) => hardshrink(x, 0.7),
      (x) => (Math.abs(x) > 0.7 ? x : 0),
    ),
    unaryAt('default', (x) => hardshrink(x), [2, -2, 0.2, 0.5], [2, -2, 0, 0], { expectedGradients: [[1, 1, 0, 0]] }),
  ],
};
