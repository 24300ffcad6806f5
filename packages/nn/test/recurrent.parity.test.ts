import { add, evaluate, grad, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Module } from '../src/index.ts';
import * as recurrent from '../src/layers/recurrent/index.ts';
import { expectClose, readFixture, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

type Tensors = Readonly<Record<string, Tensor>>;

interface RecurrentCase {
  readonly name: string;
  readonly kind: 'RNN' | 'LSTM' | 'GRU' | 'RNNCell' | 'LSTMCell' | 'GRUCell';
  readonly options: Readonly<Record<string, unknown>>;
  readonly lengths?: readonly number[];
  readonly state: Readonly<Record<string, Packed>>;
  readonly inputs: Readonly<Record<string, Packed>>;
  readonly results: Readonly<Record<string, Packed>>;
  readonly cotangents: Readonly<Record<string, Packed>>;
  readonly gradients: Readonly<Record<string, Packed>>;
  readonly inputGradients: Readonly<Record<string, Packed>>;
}

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const classes = recurrent as unknown as Readonly<Record<string, new (options: object) => Module>>;

function build(one: RecurrentCase): Module {
  const layer = new classes[one.kind]!(one.options);
  layer.loadStateDict(unpackAll(one.state));
  return layer;
}

/** Calls the layer as its class says, and names what it gives. */
function call(layer: Module, { lengths, kind }: RecurrentCase, { x, ...states }: Tensors): Tensors {
  if (kind === 'RNNCell' || kind === 'GRUCell') return { hidden: layer.forward(x!, states['hidden']) as Tensor };
  const steps = lengths === undefined ? undefined : tensor([...lengths], { dtype: 'int32' });
  return layer.forward(x!, { ...states, lengths: steps }) as Tensors;
}

describe('recurrent layers agree with PyTorch', () => {
  const cases = readFixture<RecurrentCase[]>('recurrent.json');

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const layer = build(one);
    expect(Object.keys(layer.stateDict()).sort()).toEqual(Object.keys(one.state).sort());
    const results = call(layer, one, unpackAll(one.inputs));
    await evaluate(...Object.values(results));
    expect(Object.keys(results)).toEqual(Object.keys(one.results));
    for (const [name, expected] of Object.entries(one.results)) await expectClose(results[name], expected, name);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s: gradients', async (_, one) => {
    const layer = build(one);
    const parameters = layer.namedParameters();
    const cotangents = unpackAll(one.cotangents);
    const [weights, inputs] = grad(
      (values: Tensors, given: Tensors) => {
        for (const [name, parameter] of parameters) parameter.assign(values[name]!);
        const parts = Object.entries(call(layer, one, given)).map(([name, value]) =>
          sum(mul(value, cotangents[name]!)),
        );
        return parts.reduce((a, b) => add(a, b));
      },
      { argument: [0, 1] },
    )(Object.fromEntries([...parameters].map(([name, { value }]) => [name, value])), unpackAll(one.inputs));
    await evaluate(...Object.values(weights), ...Object.values(inputs));
    for (const [name, expected] of Object.entries(one.gradients)) {
      await expectClose(weights[name], expected, `gradient of ${name}`);
    }
    for (const [name, expected] of Object.entries(one.inputGradients)) {
      await expectClose(inputs[name], expected, `gradient of ${name}`);
    }
  });
});
