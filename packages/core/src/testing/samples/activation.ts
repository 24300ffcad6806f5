import type * as family from '../../ops/activation.ts';
import { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from '../../ops/activation.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';
import { erfOf } from './special.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const geluOf = (x: number): number => (x / 2) * (1 + erfOf(x / Math.SQRT2));
const geluTanhOf = (x: number): number => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

type Composite = 'leakyRelu' | 'elu' | 'silu';

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
    ...unarySamples((x) => gelu(x), geluOf, { float64: false }),
    // float64 uses a float32 error function.
    ...unarySamples((x) => gelu(x), geluOf, { tolerance: 1e-5 }).slice(-1),
    ...unarySamples((x) => gelu(x, { approximate: 'tanh' }), geluTanhOf).map((sample) => ({
      ...sample,
      name: `tanh, ${sample.name}`,
    })),
    unaryAt('large', (x) => gelu(x), [100, -100], [100, 0], { expectedGradients: [[1, 0]] }),
    unaryAt('tanh, large', (x) => gelu(x, { approximate: 'tanh' }), [100, -100], [100, 0], {
      expectedGradients: [[1, 0]],
    }),
  ],
};
