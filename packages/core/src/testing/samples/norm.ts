import type * as norm from '../../ops/norm.ts';
import {
  batchNorm,
  channelAffineOp,
  groupNorm,
  instanceNorm,
  layerNorm,
  layerNormOp,
  localResponseNorm,
  rmsNorm,
  rmsNormOp,
} from '../../ops/norm.ts';
import type { LayerNormOptions, LocalResponseNormOptions } from '../../ops/norm.ts';
import { bind, bindAll } from '../../trace/bind.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean and biased variance. */
function moments(values: readonly number[]): [mean: number, variance: number] {
  const mean = average(values);
  return [mean, average(values.map((value) => (value - mean) ** 2))];
}

/** x in rows of `length` elements, each normalised; with the rows' statistics. */
function normalizedRows(
  x: Plain,
  length: number,
  eps: number,
): { values: number[]; means: number[]; factors: number[] } {
  const rows = Array.from({ length: x.values.length / length }, (_, row) =>
    x.values.slice(row * length, (row + 1) * length),
  );
  const statistics = rows.map(moments);
  const factors = statistics.map(([, variance]) => 1 / Math.sqrt(variance + eps));
  const values = rows.flatMap((row, index) => row.map((value) => (value - statistics[index]![0]) * factors[index]!));
  return { values, means: statistics.map(([mean]) => mean), factors };
}

const layered = (
  name: string,
  [x, weight, bias]: [Plain, Plain?, Plain?],
  { onlyBias = false, ...options }: LayerNormOptions & { onlyBias?: boolean } = {},
): Sample => ({
  name,
  inputs: [x, weight, bias].filter((input) => input !== undefined),
  symbolic: x.shape.length > 1 && x.shape[0]! > 1 && options.axis !== 0 ? [0] : undefined,
  run: (a, w, b) => layerNorm(a!, onlyBias ? { ...options, bias: w } : { ...options, weight: w, bias: b }),
  reference: (a, w, b) => {
    const axis = options.axis ?? -1;
    const length = a!.shape.slice(axis).reduce((product, size) => product * size, 1);
    const { values } = normalizedRows(a!, length, options.eps ?? 1e-5);
    const scale = (index: number): number => (onlyBias ? 1 : (w?.values[index % length] ?? 1));
    const shift = (index: number): number => (onlyBias ? w! : b)?.values[index % length] ?? 0;
    return plain(
      a!.shape,
      values.map((value, index) => value * scale(index) + shift(index)),
      a!.dtype,
    );
  },
});

/** The elements of each channel. */
const channelsOf = (x: Plain): number[][] => {
  const channels: number[][] = Array.from({ length: x.shape[1]! }, () => []);
  const inner = x.shape.slice(2).reduce((product, size) => product * size, 1);
  x.values.forEach((value, index) => channels[Math.floor(index / inner) % x.shape[1]!]!.push(value));
  return channels;
};

const scaled = (x: Plain, [mean, variance, weight, bias]: readonly (readonly number[])[], eps: number): Plain =>
  fillPlain(
    x.shape,
    (index) => {
      const c = index[1]!;
      return ((at(x, index) - mean![c]!) / Math.sqrt(variance![c]! + eps)) * weight![c]! + bias![c]!;
    },
    x.dtype,
  );

/** All three results, or y alone. */
const trained = (
  name: string,
  [x, weight, bias]: [Plain, Plain, Plain],
  options: { eps?: number; all?: boolean } = {},
): Sample => ({
  name,
  inputs: [x, weight, bias],
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a, w, b) => {
    const { y, mean, variance } = batchNorm(a!, { weight: w, bias: b, eps: options.eps });
    return options.all === true ? [y, mean, variance] : y;
  },
  reference: (a, w, b) => {
    const [means, variances] = [0, 1].map((which) => channelsOf(a!).map((values) => moments(values)[which]!));
    const y = scaled(a!, [means!, variances!, w!.values, b!.values], options.eps ?? 1e-5);
    return options.all === true ? [y, plain([means!.length], means!), plain([means!.length], variances!)] : y;
  },
});

const vectors = (channels: number): [Plain, Plain] => [
  randomPlain([channels], { seed: 2, min: 0.5 }),
  randomPlain([channels], { seed: 3 }),
];

/** Rows of `length` elements, each over the root of its mean square. */
const overRoot = (x: Plain, length: number, eps: number): { values: number[]; factors: number[] } => {
  const factors = Array.from({ length: x.values.length / length }, (_, row) => {
    const values = x.values.slice(row * length, (row + 1) * length);
    return 1 / Math.sqrt(average(values.map((value) => value ** 2)) + eps);
  });
  return { values: x.values.map((value, index) => value * factors[Math.floor(index / length)]!), factors };
};

const rooted = (name: string, [x, weight]: [Plain, Plain?], options: { axis?: number; eps?: number } = {}): Sample => ({
  name,
  inputs: weight === undefined ? [x] : [x, weight],
  symbolic: x.shape.length > 1 && x.shape[0]! > 1 && options.axis !== 0 ? [0] : undefined,
  run: (a, w) => rmsNorm(a!, { ...options, weight: w }),
  reference: (a, w) => {
    const length = a!.shape.slice(options.axis ?? -1).reduce((product, size) => product * size, 1);
    const { values } = overRoot(a!, length, options.eps ?? (a!.dtype === 'float64' ? 2 ** -52 : 2 ** -23));
    return plain(
      a!.shape,
      values.map((value, index) => value * (w?.values[index % length] ?? 1)),
      a!.dtype,
    );
  },
});

/** Groups of neighbouring channels; as many groups as channels is instance norm. */
const grouped = (
  name: string,
  [x, weight, bias]: [Plain, Plain?, Plain?],
  { numGroups, eps = 1e-5 }: { numGroups?: number; eps?: number } = {},
): Sample => ({
  name,
  inputs: [x, weight, bias].filter((input) => input !== undefined),
  symbolic: x.shape[0]! > 1 ? [0] : undefined,
  run: (a, w, b) => {
    const options = { weight: w, bias: b, eps };
    return numGroups === undefined ? instanceNorm(a!, options) : groupNorm(a!, { ...options, numGroups });
  },
  reference: (a, w, b) => {
    const inner = a!.shape.slice(2).reduce((product, size) => product * size, 1);
    const channels = a!.shape[1]!;
    const { values } = normalizedRows(a!, (channels / (numGroups ?? channels)) * inner, eps);
    const channel = (index: number): number => Math.floor(index / inner) % channels;
    return plain(
      a!.shape,
      values.map((value, index) => value * (w?.values[channel(index)] ?? 1) + (b?.values[channel(index)] ?? 0)),
      a!.dtype,
    );
  },
});

const responded = (name: string, x: Plain, options: LocalResponseNormOptions): Sample => ({
  name,
  inputs: [x],
  symbolic: [0],
  run: (a) => localResponseNorm(a!, options),
  reference: (a) =>
    fillPlain(a!.shape, (index) => {
      const { size, alpha = 1e-4, beta = 0.75, k = 1 } = options;
      let total = 0;
      for (let step = 0; step < size; step += 1) {
        const channel = index[1]! - Math.floor(size / 2) + step;
        if (channel >= 0 && channel < a!.shape[1]!) total += at(a!, [index[0]!, channel, ...index.slice(2)]) ** 2;
      }
      return at(a!, index) / (k + (alpha * total) / size) ** beta;
    }),
});

/** Samples of the ops in `ops/norm.ts`. */
export const normSamples: SamplesOf<typeof norm> = {
  layerNorm: [
    layered('last axis', [randomPlain([2, 4])]),
    layered('weight and bias', [randomPlain([2, 4]), ...vectors(4)]),
    layered('weight alone', [randomPlain([2, 3]), vectors(3)[0]]),
    layered('bias alone', [randomPlain([2, 3]), vectors(3)[1]], { onlyBias: true }),
    layered(
      'last two axes',
      [randomPlain([2, 2, 3]), randomPlain([2, 3], { seed: 2 }), randomPlain([2, 3], { seed: 3 })],
      { axis: -2 },
    ),
    layered('all axes', [randomPlain([2, 3])], { axis: 0 }),
    layered('more axes in front', [randomPlain([2, 2, 4]), ...vectors(4)], { eps: 0.1 }),
    layered('a vector', [randomPlain([5])]),
    layered('equal elements', [plain([2, 3], 2)], { eps: 1 }),
    layered('size 1', [randomPlain([3, 1])], { eps: 1 }),
    layered('float64', [randomPlain([2, 4], { dtype: 'float64' })]),
    layered('no rows', [plain([0, 3], []), ...vectors(3)]),
    {
      name: 'gradients through the statistics too',
      inputs: [randomPlain([2, 4]), vectors(4)[0]],
      run: (x, w) => bindAll(layerNormOp, [x!, w!], { axis: 1, eps: 1e-5 }),
      reference: (x, w) => {
        const { values, means, factors } = normalizedRows(x!, 4, 1e-5);
        return [
          plain(
            [2, 4],
            values.map((value, index) => value * w!.values[index % 4]!),
          ),
          plain([2, 1], means),
          plain([2, 1], factors),
        ];
      },
    },
  ],
  rmsNorm: [
    rooted('last axis', [randomPlain([2, 4])]),
    rooted('weight', [randomPlain([2, 4]), vectors(4)[0]]),
    rooted('last two axes', [randomPlain([2, 2, 3]), randomPlain([2, 3], { seed: 2 })], { axis: -2, eps: 0.1 }),
    rooted('all axes', [randomPlain([2, 3])], { axis: 0 }),
    rooted('a vector', [randomPlain([5])]),
    rooted('zeros', [plain([2, 3], 0)], { eps: 1 }),
    rooted('no rows', [plain([0, 3], []), vectors(3)[0]]),
    rooted('float64', [randomPlain([2, 4], { dtype: 'float64' })]),
    {
      name: 'gradients through the factor too',
      inputs: [randomPlain([2, 4]), vectors(4)[0]],
      run: (x, w) => bindAll(rmsNormOp, [x!, w!], { axis: 1, eps: 1e-5 }),
      reference: (x, w) => {
        const { values, factors } = overRoot(x!, 4, 1e-5);
        return [
          plain(
            [2, 4],
            values.map((value, index) => value * w!.values[index % 4]!),
          ),
          plain([2, 1], factors),
        ];
      },
    },
    responded('local response norm', randomPlain([2, 4, 2]), { size: 3, alpha: 0.5 }),
    responded('local response norm, even size, other exponent', randomPlain([2, 3]), {
      size: 2,
      alpha: 2,
      beta: 0.5,
      k: 2,
    }),
    responded('local response norm, wider than the channels', randomPlain([2, 2, 2, 1]), { size: 5, alpha: 1 }),
  ],
  channelAffine: [
    grouped('group norm', [randomPlain([2, 4, 3])], { numGroups: 2 }),
    grouped('group norm of images with weight and bias', [randomPlain([2, 4, 2, 2]), ...vectors(4)], { numGroups: 2 }),
    grouped('group norm, one group', [randomPlain([2, 3, 2]), ...vectors(3)], { numGroups: 1, eps: 0.1 }),
    grouped('group norm of rows', [randomPlain([3, 4]), vectors(4)[0]], { numGroups: 2, eps: 0.5 }),
    grouped('instance norm', [randomPlain([2, 2, 3]), ...vectors(2)]),
    grouped('instance norm of images', [randomPlain([2, 2, 2, 2])]),
    grouped('group norm, float64', [randomPlain([2, 4, 2], { dtype: 'float64' })], { numGroups: 2 }),
    {
      name: 'images',
      inputs: [randomPlain([2, 3, 2, 2]), ...vectors(3)],
      symbolic: [0],
      run: (x, s, t) => bind(channelAffineOp, [x!, s!, t!], {}),
      reference: (x, s, t) =>
        fillPlain(x!.shape, (index) => at(x!, index) * s!.values[index[1]!]! + t!.values[index[1]!]!),
    },
    {
      name: 'rows',
      inputs: [randomPlain([3, 2]), ...vectors(2)],
      run: (x, s, t) => bind(channelAffineOp, [x!, s!, t!], {}),
      reference: (x, s, t) =>
        fillPlain(x!.shape, (index) => at(x!, index) * s!.values[index[1]!]! + t!.values[index[1]!]!),
    },
    {
      name: 'batch norm with given statistics',
      inputs: [
        randomPlain([2, 2, 3]),
        randomPlain([2], { seed: 4 }),
        randomPlain([2], { seed: 5, min: 0.5 }),
        ...vectors(2),
      ],
      symbolic: [0],
      run: (x, mean, variance, weight, bias) =>
        batchNorm(x!, { weight, bias, statistics: { mean: mean!, variance: variance! } }).y,
      reference: (x, ...given) =>
        scaled(
          x!,
          given.map((vector) => vector.values),
          1e-5,
        ),
    },
    {
      name: 'batch norm with given statistics alone',
      inputs: [randomPlain([2, 2, 2, 1]), randomPlain([2], { seed: 4 }), randomPlain([2], { seed: 5, min: 0.5 })],
      run: (x, mean, variance) => batchNorm(x!, { eps: 0.1, statistics: { mean: mean!, variance: variance! } }).y,
      reference: (x, mean, variance) => scaled(x!, [mean!.values, variance!.values, [1, 1], [0, 0]], 0.1),
    },
  ],
  batchNorm: [
    trained('rows', [randomPlain([4, 2]), ...vectors(2)]),
    trained('images and statistics', [randomPlain([2, 2, 2, 2]), ...vectors(2)], { all: true }),
    trained('sequences', [randomPlain([3, 2, 4]), ...vectors(2)], { eps: 0.1 }),
    trained('images', [randomPlain([2, 3, 3, 2]), ...vectors(3)]),
    trained('one value per channel', [randomPlain([1, 2, 1, 1]), ...vectors(2)], { eps: 1 }),
    trained('float64', [
      randomPlain([3, 2, 2], { dtype: 'float64' }),
      randomPlain([2], { seed: 2, dtype: 'float64' }),
      randomPlain([2], { seed: 3, dtype: 'float64' }),
    ]),
    trained('equal elements', [plain([2, 2, 2], 3), ...vectors(2)], { eps: 1, all: true }),
    {
      name: 'without weight and bias',
      inputs: [randomPlain([4, 2])],
      run: (x) => batchNorm(x!).y,
      reference: (x) => {
        const statistics = channelsOf(x!).map(moments);
        return scaled(
          x!,
          [statistics.map(([mean]) => mean), statistics.map(([, variance]) => variance), [1, 1], [0, 0]],
          1e-5,
        );
      },
    },
    {
      name: 'gradients through the statistics alone',
      inputs: [randomPlain([3, 2])],
      run: (x) => {
        const { mean, variance } = batchNorm(x!);
        return [mean, variance];
      },
      reference: (x) =>
        [0, 1].map((which) =>
          plain(
            [2],
            channelsOf(x!).map((values) => moments(values)[which]!),
          ),
        ),
    },
  ],
};
