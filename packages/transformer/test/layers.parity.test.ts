import { readFileSync } from 'node:fs';
import { cast, setDefaultBackend, tensor } from '@gai/core';
import { readSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, expect, test } from 'vitest';
import { Transformer, inspectForward } from '../src/index.ts';
import type { TransformerOptions } from '../src/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { TOLERANCE } from './families.ts';
import { camel, numbersOf, referenceText, relativeDifference } from './fixture.ts';
import { recipeValues } from './recipe.ts';
import type { Plan } from './recipe.ts';

const parity = parityRecord(import.meta.url);

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
  const differences: number[] = [];
  for (const [key, actual] of [
    ['memory', stacks.encoder!.hiddenStates.at(-1)],
    ['output', output],
  ] as const) {
    const expected = file.tensors.get(`${name}/${key}`)!.data as Float32Array;
    differences.push(relativeDifference(await numbersOf(actual), expected));
    expect(differences.at(-1), key).toBeLessThan(TOLERANCE);
  }
  const { num_encoder_layers: encoders, num_decoder_layers: decoders, nhead } = one.settings;
  parity.add({
    group: 'torch.nn.Transformer',
    name,
    details: `layers ${String(encoders)} + ${String(decoders)}, features ${width}, heads ${String(nhead)}`,
    compared: 'tensors',
    count: differences.length,
    largest: Math.max(...differences),
    tolerance: TOLERANCE,
    reference: referenceText({ torch: file.metadata.get('versions')! }),
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));
