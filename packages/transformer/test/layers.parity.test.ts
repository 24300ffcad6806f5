import { readFileSync } from 'node:fs';
import { cast, setDefaultBackend, tensor } from '@gai/core';
import { readSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, expect, test } from 'vitest';
import { Transformer, inspectForward } from '../src/index.ts';
import type { TransformerOptions } from '../src/index.ts';
import { camel, numbersOf, relativeDifference } from './fixture.ts';
import { recipeValues } from './recipe.ts';
import type { Plan } from './recipe.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

interface LayerCase {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly weights: Readonly<Record<string, Plan>>;
  readonly padding: number[][];
}

const file = readSafetensors(readFileSync(new URL('fixtures/layers.safetensors', import.meta.url)));
const cases = JSON.parse(file.metadata.get('cases')!) as LayerCase[];

test.each(cases.map((one) => [one.name, one] as const))("the layers are PyTorch's, %s", async (name, one) => {
  const options = Object.fromEntries(Object.entries(one.settings).map(([key, value]) => [camel(key), value]));
  const model = new Transformer(options as unknown as TransformerOptions).eval();
  const made = (key: string, plan: Plan): ReturnType<typeof tensor> =>
    tensor(recipeValues(`layers/${name}/${key}`, plan), { shape: [...plan[0]] });
  model.loadStateDict(Object.fromEntries(Object.entries(one.weights).map(([key, plan]) => [key, made(key, plan)])));
  const width = one.settings.d_model as number;
  const [source, target] = [made('source', [[3, 7, width], 0, 2]), made('target', [[3, 5, width], 0, 2])];
  const keyPaddingMask = cast(tensor(one.padding, { dtype: 'int32' }), 'bool');
  const masks = { source: { keyPaddingMask }, cross: { keyPaddingMask }, self: { isCausal: true } };
  const { output, stacks } = inspectForward(model, () => model.forward(source, target, masks));
  for (const [key, actual] of [
    ['memory', stacks.encoder!.hiddenStates.at(-1)],
    ['output', output],
  ] as const) {
    const expected = file.tensors.get(`${name}/${key}`)!.data as Float32Array;
    expect(relativeDifference(await numbersOf(actual), expected), key).toBeLessThan(3e-5);
  }
});
