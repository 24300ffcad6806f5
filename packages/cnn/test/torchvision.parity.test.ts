import { readFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { jit, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Module } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { MobileNetV2, ResNet18 } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** Made by fixtures/make_torchvision.py. */
interface Case {
  readonly input: readonly number[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly eval: readonly (readonly number[])[];
  readonly train: readonly (readonly number[])[];
}
const cases = JSON.parse(readFileSync(new URL('fixtures/torchvision.json', import.meta.url), 'utf8')) as Record<
  string,
  Case
>;

/** The numbers of the script: `frac(43758.5453 · sin(12.9898 · i + seed))`. */
function uniform(name: string, count: number): Float64Array {
  const seed = [...name].reduce((sum, letter, place) => sum + (place + 1) * letter.charCodeAt(0), 0) % 1000;
  return Float64Array.from({ length: count }, (_, i) => {
    const value = Math.sin(12.9898 * i + seed) * 43758.5453;
    return value - Math.floor(value);
  });
}

const product = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);

/** Weights that follow from their names, as in the script. */
function stateOf(shapes: Case['state']): Record<string, Tensor> {
  const entries = Object.entries(shapes).map(([name, shape]): [string, Tensor] => {
    if (shape.length === 0) return [name, tensor(0, { dtype: 'int32' })];
    const fan = Math.sqrt(6 / product(shape.slice(1)));
    const at = (u: number): number => {
      if (shape.length > 1) return u * fan;
      if (name.endsWith('running_var')) return 1 + 0.5 * u;
      return name.endsWith('weight') ? 1 + 0.2 * u : 0.1 * u;
    };
    return [
      name,
      tensor(
        Float32Array.from(uniform(name, product(shape)), (u) => at(2 * u - 1)),
        { shape },
      ),
    ];
  });
  return Object.fromEntries(entries);
}

const small = [
  { expand: 1, channels: 16, blocks: 1, stride: 1 },
  { expand: 4, channels: 24, blocks: 2, stride: 2 },
  { expand: 6, channels: 40, blocks: 2, stride: 1 },
] as const;

const MODELS: [string, () => Module][] = [
  ['resnet18', () => new ResNet18({ numClasses: 7, width: 8 })],
  ['resnet18 small', () => new ResNet18({ numClasses: 5, width: 10, smallImages: true })],
  ['mobilenet 0.35', () => new MobileNetV2({ numClasses: 7, dropout: 0, widthMultiplier: 0.35 })],
  ['mobilenet stages', () => new MobileNetV2({ numClasses: 4, dropout: 0, widthMultiplier: 1.4, stages: small })],
];

/** The largest difference, as a share of the largest logit. */
async function difference(logits: Tensor, expected: Case['eval']): Promise<number> {
  const flat = expected.flat();
  const found = ((await toArray(logits)) as number[][]).flat();
  expect(found.length).toBe(flat.length);
  const largest = Math.max(...flat.map(Math.abs));
  return Math.max(...found.map((value, at) => Math.abs(value - flat[at]!))) / largest;
}

describe('torchvision', () => {
  it.each(MODELS)('%s: names, shapes and logits', async (name, make) => {
    const { input, state, eval: evaluated, train } = cases[name]!;
    const model = make();
    const own = Object.entries(model.stateDict()).map(([key, value]) => [key, value.shape.map(Number)]);
    expect(Object.fromEntries(own)).toEqual(state);
    model.loadStateDict(stateOf(state));
    const x = tensor(Float32Array.from(uniform('x', product(input))), { shape: input });
    const forward = jit((images: Tensor) => model.forward(images) as Tensor);
    model.eval();
    // Float32 sums of thousands of terms, through up to 53 layers.
    expect(await difference(await forward(x), evaluated)).toBeLessThan(1e-4);
    model.train();
    expect(await difference(await forward(x), train)).toBeLessThan(1e-3);
  });

  it('has the published numbers of parameters', () => {
    const count = (model: Module): number =>
      model.parameters().reduce((total, { shape }) => total + product(shape.map(Number)), 0);
    expect(count(new ResNet18())).toBe(11_689_512);
    expect(count(new MobileNetV2())).toBe(3_504_872);
  });
});
