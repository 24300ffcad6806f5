import type * as family from '../../ops/gamma-functions.ts';
import { digamma, lgamma, polygamma } from '../../ops/gamma-functions.ts';
import type { SamplesOf } from '../sample.ts';
import { unaryAt, unarySamples } from './make.ts';
import { digammaOf, lgammaOf, polygammaOf } from './special.ts';

const PLACES = [0.25, 1, 2, 3.5, 10, 100, -0.5, -3.25, -20.75];
const WIDE = { min: 0.6, max: 6 };

// From mpmath, at PLACES.
const LGAMMA = [
  1.2880225246980774, 0, 0, 1.2009736023470743, 12.80182748008147, 359.1342053695754, 1.2655121234846454,
  -0.6231534513209986, -43.12325855250223,
];
const DIGAMMA = [
  -4.2274535333762655, -0.5772156649015329, 0.42278433509846713, 1.103156640645243, 2.251752589066721,
  4.600161852738087, 0.03648997397857652, 4.46627587235028, -0.08514352173418716,
];
const TRIGAMMA = [
  17.197329154507113, 1.6449340668482264, 0.6449340668482264, 0.3303577561002349, 0.10516633568168575,
  0.010050166663333571, 8.934802200544679, 19.474085068082154, 19.6921586563725,
];
const TETRAGAMMA = [
  -129.32773993753693,
  -2.4041138063191885,
  -0.4041138063191886,
  -0.1082040516417274,
  -0.011049834970802067,
  -0.00010100499983335,
  NaN,
  NaN,
  NaN,
];

/** Samples of the ops in `ops/gamma-functions.ts`. */
export const gammaFunctionSamples: SamplesOf<typeof family> = {
  lgamma: [
    ...unarySamples(lgamma, lgammaOf, WIDE),
    unaryAt('known', lgamma, PLACES, LGAMMA),
    unaryAt('known, float64', lgamma, PLACES, LGAMMA, { dtype: 'float64' }),
    unaryAt('poles and infinity', lgamma, [0, -1, -7, Infinity, NaN], [Infinity, Infinity, Infinity, Infinity, NaN]),
    unaryAt('integers', lgamma, [5], [Math.log(24)], { dtype: 'int32', resultDtype: 'float32' }),
  ],
  digamma: [
    ...unarySamples(digamma, digammaOf, WIDE),
    unaryAt('known', digamma, PLACES, DIGAMMA, {
      // What is left of two large numbers.
      tolerance: 1e-4,
      expectedGradients: [TRIGAMMA],
    }),
    unaryAt('known, float64', digamma, PLACES, DIGAMMA, { dtype: 'float64' }),
    unaryAt('infinity', digamma, [0, Infinity], [-Infinity, Infinity]),
  ],
  polygamma: [
    ...unarySamples(
      (x) => polygamma(1, x),
      (x) => polygammaOf(1, x),
      WIDE,
    ),
    ...unarySamples(
      (x) => polygamma(3, x),
      (x) => polygammaOf(3, x),
      { ...WIDE, min: 1.5 },
    ).map((sample) => ({ ...sample, name: `third, ${sample.name}` })),
    unaryAt('first, known', (x) => polygamma(1, x), PLACES, TRIGAMMA, { dtype: 'float64' }),
    unaryAt('second, known', (x) => polygamma(2, x), PLACES, TETRAGAMMA, { dtype: 'float64' }),
    unaryAt('order 0', (x) => polygamma(0, x), PLACES, DIGAMMA, { dtype: 'float64' }),
  ],
};
