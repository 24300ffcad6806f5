import { data, explain, jit, setDefaultBackend, sub, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Dropout2d,
  GroupNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  Linear,
  ModuleDict,
  ModuleList,
  MultiheadAttention,
  PReLU,
  Parameter,
  ParameterList,
  PixelShuffle,
  RMSNorm,
  ReLU,
  Unflatten,
  Upsample,
  withRandomKey,
} from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const filled = (shape: number[], value = (i: number): number => Math.sin(i)): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => value(i)),
    { shape },
  );
const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

describe('shapes known only when the graph runs', () => {
  it.each<[string, () => { forward(x: Tensor): Tensor }, number[]]>([
    ['GroupNorm', () => new GroupNorm({ numGroups: 2, numChannels: 4 }), [4, 3]],
    ['InstanceNorm1d', () => new InstanceNorm1d({ numFeatures: 2, affine: true }), [2, 3]],
    ['InstanceNorm2d', () => new InstanceNorm2d({ numFeatures: 2 }), [2, 3, 2]],
    ['RMSNorm', () => new RMSNorm({ normalizedShape: 3 }), [2, 3]],
    ['Upsample', () => new Upsample({ size: [3, 5], mode: 'bilinear' }), [1, 2, 2]],
    ['Upsample nearest', () => new Upsample({ scaleFactor: 2 }), [1, 2, 2]],
    ['PixelShuffle', () => new PixelShuffle({ upscaleFactor: 2 }), [4, 2, 2]],
    ['Unflatten', () => new Unflatten({ unflattenedSize: [2, 3] }), [6]],
    ['PReLU', () => new PReLU({ numParameters: 2 }), [2, 3]],
    ['MultiheadAttention', () => new MultiheadAttention({ embedDim: 8, numHeads: 1, batchFirst: true }), [3, 8]],
  ])('%s takes any batch with one compilation', async (_, make, shape) => {
    const layer = make();
    const run = jit((x: Tensor) => layer.forward(x), { dynamicAxes: [['batch']] });
    for (const batch of [3, 1]) {
      const x = filled([batch, ...shape]);
      const difference = await numbers(sub(await run(x), layer.forward(x)));
      expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6);
    }
    expect(explain(run).compiles).toBe(1);
  });
});

describe('Dropout2d', () => {
  it('drops whole channels, and keeps the mean', async () => {
    const layer = new Dropout2d({ p: 0.25 });
    const x = filled([50, 40, 2, 2], () => 3);
    const values = await numbers(withRandomKey(key(1), () => layer.forward(x)));
    const channels = Array.from({ length: 2000 }, (_, index) => values.slice(4 * index, 4 * index + 4));
    expect(channels.every((channel) => channel.every((value) => value === channel[0]))).toBe(true);
    expect([...new Set(values)].sort()).toEqual([0, 4]);
    expect(channels.filter(([first]) => first === 0).length / 2000).toBeCloseTo(0.25, 1);
  });

  it('does nothing in evaluation and refuses what is no image', () => {
    const x = filled([1, 1, 2, 2]);
    expect(new Dropout2d().eval().forward(x)).toBe(x);
    expect(() => new Dropout2d().forward(filled([2, 2]))).toThrow('Dropout2d: wrong number of axes');
    expect(() => new Dropout2d({ p: -1 })).toThrow('Dropout2d: p is not a probability. Got -1');
  });
});

describe('lists', () => {
  const linear = (inFeatures: number, outFeatures: number): Linear =>
    new Linear({ inFeatures, outFeatures, bias: false });

  it('ModuleList has modules by number', () => {
    const list = new ModuleList([linear(2, 3)]).push(linear(3, 1));
    expect(Object.keys(list.stateDict())).toEqual(['0.weight', '1.weight']);
    expect([list.length, list.at(-1)?.outFeatures, [...list].length]).toEqual([2, 1, 2]);
    list.eval();
    expect(list.at(0)?.training).toBe(false);
    expect(() => list.forward()).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: ModuleList: a list cannot be run. Got a call of forward; expected a loop over its modules. Use Sequential to run them one after the other.]`,
    );
    expect(() => list.push({} as Linear)).toThrow('ModuleList: not a module. Got object');
  });

  it('ModuleDict has modules by name', () => {
    const heads = new ModuleDict({ left: linear(2, 3), right: new ReLU() });
    expect(Object.keys(heads.stateDict())).toEqual(['left.weight']);
    expect(heads.get('left').outFeatures).toBe(3);
    expect(heads.entries().map(([name]) => name)).toEqual(['left', 'right']);
    expect(() => heads.get('middle' as 'left')).toThrow("no such module. Got 'middle'; expected one of left, right");
    expect(() => new ModuleDict({ train: new ReLU() })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: ModuleDict: not a module under a free name. Got 'train'; expected a Module, under a name without dots that Module itself does not use. Choose another name.]`,
    );
  });

  it('ParameterList has parameters by number', () => {
    const list = new ParameterList([new Parameter(tensor([1])), new Parameter(tensor([2, 3]))]);
    expect([...list.namedParameters().keys()]).toEqual(['0', '1']);
    expect([list.length, list.at(-1)?.shape, [...list].length]).toEqual([2, [2], 2]);
    expect(() => new ParameterList([tensor([1]) as unknown as Parameter])).toThrow('argument 0 is not a parameter');
  });
});

describe('bad input', () => {
  it.each<[string, () => unknown]>([
    ['groups that do not divide', () => new GroupNorm({ numGroups: 2, numChannels: 3 })],
    ['channels of GroupNorm', () => new GroupNorm({ numGroups: 1, numChannels: 3 }).forward(filled([1, 2, 2]))],
    ['axes of InstanceNorm2d', () => new InstanceNorm2d({ numFeatures: 3 }).forward(filled([1, 3, 2]))],
    ['features of RMSNorm', () => new RMSNorm({ normalizedShape: 3 }).forward(filled([2, 4]))],
    ['no size of RMSNorm', () => new RMSNorm({ normalizedShape: 0 })],
    ['channels of PixelShuffle', () => new PixelShuffle({ upscaleFactor: 2 }).forward(filled([1, 3, 2, 2]))],
    ['an axis of Unflatten', () => new Unflatten({ axis: 3, unflattenedSize: [2] }).forward(filled([1, 2]))],
    ['sizes of Unflatten', () => new Unflatten({ unflattenedSize: [2, 2] }).forward(filled([1, 3]))],
    ['rows for Upsample', () => new Upsample({ size: 2 }).forward(filled([1, 3]))],
    ['no slopes of PReLU', () => new PReLU({ numParameters: 0 })],
  ])('%s', (_, run) => {
    expect(run).toThrow(/^\w+: .* Got .*; expected .*/);
  });
});
