import { evaluate, grad, mul, setDefaultBackend, sum } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import * as more from '../src/activations-more.ts';
import * as activations from '../src/activations.ts';
import * as layers from '../src/layers/index.ts';
import { expectClose, readFixture, unpack, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

interface LayerCase {
  readonly name: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly eval: boolean;
  readonly state: Readonly<Record<string, Packed>>;
  readonly input: Packed;
  readonly cotangent: Packed;
  readonly output: Packed;
  readonly gradients: Readonly<Record<string, Packed>>;
  readonly inputGradient?: Packed;
  readonly buffers?: Readonly<Record<string, Packed>>;
}

const classes = { ...layers, ...activations, ...more } as unknown as Readonly<
  Record<string, new (options: object) => layers.LayerModule>
>;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

function build(one: LayerCase): layers.LayerModule {
  const layer = new classes[one.kind]!(one.options);
  layer.loadStateDict(unpackAll(one.state));
  return layer.train(!one.eval);
}

describe('layers agree with PyTorch', () => {
  const files = ['layers.json', 'layers-more.json', 'layers-windows.json'];
  const cases = files.flatMap((file) => readFixture<LayerCase[]>(file));

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const layer = build(one);
    expect(Object.keys(layer.stateDict()).sort()).toEqual(Object.keys(one.state).sort());
    const output = layer.forward(unpack(one.input));
    await evaluate(output, ...Object.values(layer.stateDict()));
    await expectClose(output, one.output, 'output');
    for (const [name, expected] of Object.entries(one.buffers ?? {})) {
      await expectClose(layer.stateDict()[name], expected, name);
    }
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s: gradients', async (_, one) => {
    const layer = build(one);
    const parameters = layer.namedParameters();
    const fixed = unpack(one.input);
    const given: Record<string, Tensor> = Object.fromEntries([...parameters].map(([name, { value }]) => [name, value]));
    if (one.inputGradient !== undefined) given['input'] = fixed;
    const gradients = grad((values: Record<string, Tensor>) => {
      for (const [name, parameter] of parameters) parameter.assign(values[name]!);
      return sum(mul(layer.forward(values['input'] ?? fixed), unpack(one.cotangent)));
    })(given);
    await evaluate(...Object.values(gradients));
    const expected: Record<string, Packed> = { ...one.gradients };
    if (one.inputGradient !== undefined) expected['input'] = one.inputGradient;
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, gradient] of Object.entries(gradients)) {
      await expectClose(gradient, expected[name]!, `gradient of ${name}`);
    }
  });

  it('covers every layer', () => {
    const lists = ['ModuleDict', 'ModuleList', 'ParameterList', 'Sequential'];
    const without = ['BatchNorm', 'InstanceNorm', 'Dropout', 'Dropout2d', 'Identity', ...lists];
    const covered = [...new Set(cases.map(({ kind }) => kind)), ...without].sort();
    expect(covered).toEqual(Object.keys(classes).sort());
  });
});
