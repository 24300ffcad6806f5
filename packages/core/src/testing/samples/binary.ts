import type * as family from '../../ops/binary.ts';
import { atan2, copysign, floorDivide, hypot, lerp, logAddExp, xlogy } from '../../ops/binary.ts';
import { mapPlain, plain, randomPlain } from '../plain.ts';
import type { Sample, SamplesOf } from '../sample.ts';
import { binaryAt, binarySamples } from './make.ts';
import { logSumExpOf } from './special.ts';

const INF = Infinity;
const lerpOf = (a: number, b: number, weight: number): number => a + weight * (b - a);

type Composite = 'floorDivide' | 'lerp' | 'xlogy' | 'copysign';

/** Samples of the ops in `ops/binary.ts`, and of its functions that are made of other ops. */
export const binaryOpSamples: SamplesOf<typeof family> & Readonly<Record<Composite, readonly Sample[]>> = {
  floorDivide: [
    ...binarySamples(floorDivide, (a, b) => Math.floor(a / b), { a: [3.1, 3.4], b: [1.2, 1.3] }),
    ...(['int32', 'int8'] as const).map((dtype) =>
      binaryAt(
        dtype,
        floorDivide,
        [
          [7, -7, 7, -7, 6],
          [2, 2, -2, -2, -3],
        ],
        [3, -4, -4, 3, -2],
        { dtypes: [dtype, dtype], resultDtype: dtype },
      ),
    ),
    binaryAt('uint32', floorDivide, [[2 ** 32 - 1], [2]], [2 ** 31 - 1], { dtypes: ['uint32', 'uint32'] }),
  ],
  lerp: [
    {
      name: 'usual',
      inputs: [randomPlain([2, 3]), randomPlain([3], { seed: 2 }), randomPlain([2, 1], { min: 0, max: 1, seed: 3 })],
      symbolic: [0, 2],
      run: (a, b, weight) => lerp(a!, b!, weight!),
      reference: mapPlain((a, b, weight) => lerpOf(a!, b!, weight!)),
    },
    {
      name: 'weight as a number, float64',
      inputs: [randomPlain([4], { dtype: 'float64' }), randomPlain([4], { dtype: 'float64', seed: 2 })],
      run: (a, b) => lerp(a!, b!, 0.25),
      reference: mapPlain((a, b) => lerpOf(a!, b!, 0.25), 'float64'),
    },
  ],
  hypot: [
    ...binarySamples(hypot, Math.hypot),
    binaryAt(
      'no overflow',
      hypot,
      [
        [3e30, -3e-30, INF, 0],
        [4e30, 4e-30, 1, 0],
      ],
      [5e30, 5e-30, INF, 0],
      {
        expectedGradients: [
          [0.6, -0.6, NaN, 0],
          [0.8, 0.8, 0, 0],
        ],
      },
    ),
    binaryAt(
      'two infinities, integers',
      hypot,
      [
        [INF, 3],
        [-INF, 4],
      ],
      [INF, 5],
    ),
    binaryAt(
      'infinite beside NaN',
      hypot,
      [
        [INF, NaN, NaN],
        [NaN, -INF, 1],
      ],
      [INF, INF, NaN],
      { gradients: [] },
    ),
    binaryAt('int32', hypot, [[3], [4]], [5], { dtypes: ['int32', 'int32'], resultDtype: 'float32' }),
  ],
  atan2: [
    ...binarySamples(atan2, Math.atan2),
    binaryAt(
      'quadrants and axes',
      atan2,
      [
        [1, 1, -1, -1, 0, 1, 0, -1],
        [1, -1, 1, -1, 1, 0, -1, 0],
      ],
      [1, 3, -1, -3, 0, 2, 4, -2].map((eighth) => (eighth * Math.PI) / 4),
    ),
    binaryAt(
      'signed zeros and infinities',
      atan2,
      [
        [0, -0, 0, -0, INF, -INF, 1],
        [0, -1, -0, -0, INF, -INF, -INF],
      ],
      [0, -Math.PI, Math.PI, -Math.PI, Math.PI / 4, (-3 * Math.PI) / 4, Math.PI],
    ),
    binaryAt('gradient 0 at the origin', atan2, [[0], [0]], [0], { expectedGradients: [[0], [0]] }),
    binaryAt(
      'wide, float64',
      atan2,
      [
        [1e300, -1e-300],
        [1e-300, -1e300],
      ],
      [Math.PI / 2, -Math.PI],
      {
        dtypes: ['float64', 'float64'],
        resultDtype: 'float64',
      },
    ),
  ],
  logAddExp: [
    ...binarySamples(logAddExp, (a, b) => logSumExpOf([a, b])),
    binaryAt(
      'large and masked',
      logAddExp,
      [
        [1000, -1000, 3, -INF, INF],
        [1000, 1000, -INF, -INF, 1],
      ],
      [1000 + Math.LN2, 1000, 3, -INF, INF],
    ),
    binaryAt(
      'gradients of masked ones',
      logAddExp,
      [
        [1000, 3, -INF],
        [-1000, -INF, -INF],
      ],
      [1000, 3, -INF],
      {
        expectedGradients: [
          [1, 1, 0],
          [0, 0, 0],
        ],
      },
    ),
  ],
  xlogy: [
    ...binarySamples(xlogy, (x, y) => x * Math.log(y), { b: [0.5, 2] }),
    binaryAt(
      'zeros',
      xlogy,
      [
        [0, 0, 2],
        [0, 2, 0],
      ],
      [0, 0, -INF],
      {
        expectedGradients: [
          [0, Math.log(2), -INF],
          [0, 0, INF],
        ],
      },
    ),
  ],
  copysign: [
    ...binarySamples(copysign, (a, b) => Math.abs(a) * Math.sign(b)),
    binaryAt(
      'zeros',
      copysign,
      [
        [3, 3, -3],
        [0, -0, 0],
      ],
      [3, -3, 3],
    ),
    {
      name: 'of a number, int32',
      inputs: [plain([2], [-2, 2], 'int32')],
      run: (b) => copysign(3, b!),
      reference: () => plain([2], [-3, 3], 'float32'),
    },
  ],
};
