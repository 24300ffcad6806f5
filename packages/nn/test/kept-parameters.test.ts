import { Variable, add, jit, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Linear, Module, ModuleBuffer, Parameter } from '../src/index.ts';
import { Bag, one } from './bag.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('a plain tensor over a parameter', () => {
  it('throws where it is assigned', () => {
    const layer = new Linear({ inFeatures: 2, outFeatures: 1 });
    const loose = layer as unknown as Record<string, unknown>;
    expect(() => (loose['weight'] = tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: Linear: 'weight' is a parameter or buffer and would be lost. Got a plain tensor float32 [1,2]; expected a Parameter, a ModuleBuffer or a Module. Give it another value with .assign(tensor), make another one with new Parameter(tensor), or take it out with replace(name, null).]`,
    );
    expect(() => (loose['weight'] = 3)).toThrow('Got number; expected a Parameter');
    expect([...layer.namedParameters().keys()]).toEqual(['weight', 'bias']);
    loose['weight'] = new Parameter(tensor([[1, 2]]));
    expect([...layer.namedParameters().keys()]).toEqual(['weight', 'bias']);
  });

  it.each<[string, (layer: Record<string, unknown>) => void, string]>([
    ['null', (layer) => (layer['bias'] = null), 'Got null; expected a Parameter'],
    ['undefined', (layer) => (layer['bias'] = undefined), 'Got undefined; expected a Parameter'],
    ['a plain variable', (layer) => (layer['bias'] = new Variable(tensor([1]))), 'Got a plain tensor float32 [1]'],
    ['delete', (layer) => delete layer['bias'], 'Got delete; expected a Parameter'],
    ['Reflect.deleteProperty', (layer) => Reflect.deleteProperty(layer, 'bias'), 'Got delete'],
    ['a definition', (layer) => Object.defineProperty(layer, 'bias', { value: 3 }), 'Got number; expected'],
    [
      'a getter',
      (layer) => Object.defineProperty(layer, 'bias', { get: () => one(), configurable: true }),
      'Got a getter or setter; expected',
    ],
    [
      'a definition that hides it',
      (layer) => Object.defineProperty(layer, 'bias', { enumerable: false }),
      'Got a field that is not enumerable; expected',
    ],
  ])('throws also by %s', (_, change, message) => {
    const layer = new Linear({ inFeatures: 2, outFeatures: 1 });
    const before = layer.bias;
    expect(() => change(layer as never)).toThrow(
      `Linear: 'bias' is a parameter or buffer and would be lost. ${message}`,
    );
    expect(layer.bias).toBe(before);
    expect([...layer.namedParameters().keys()]).toEqual(['weight', 'bias']);
  });

  it('throws for a field of a subclass without declare, which hides that of the class', () => {
    class Hiding extends Linear {
      // As a field of a type alone is compiled.
      override readonly bias = undefined as never;
    }
    expect(() => new Hiding({ inFeatures: 1, outFeatures: 1 })).toThrow(
      "Hiding: 'bias' is a parameter or buffer and would be lost. Got undefined; expected",
    );
  });

  it('is taken out with replace, in fields and in containers', () => {
    const layer = new Linear({ inFeatures: 2, outFeatures: 1 });
    const { bias } = layer;
    expect(layer.replace('bias', null)).toBe(bias);
    expect([...layer.namedParameters().keys(), layer.bias]).toEqual(['weight', null]);
    layer.replace('bias', one());
    expect([...layer.namedParameters().keys()]).toEqual(['weight', 'bias']);
    Object.freeze(layer);
    expect(layer.forward(tensor([[1, 2]])).shape).toEqual([1, 1]);
    const model = new Bag({ list: [one(), one()] });
    expect(model.parameters()).toHaveLength(2);
    model.replace('list.0', null);
    expect([...model.namedParameters().keys()]).toEqual(['list.1']);
    (model['list'] as unknown[])[1] = null;
    expect(() => model.parameters()).toThrow("Module: 'list.1' is a parameter or buffer and would be lost. Got null");
  });

  it('throws for buffers, in forward, and in containers at the next walk', async () => {
    const model = new Bag({ mean: new ModuleBuffer(tensor([1])), list: [one(), one()], map: new Map([['k', one()]]) });
    expect(() => (model['mean'] = tensor([2]))).toThrow("Bag: 'mean' is a parameter or buffer and would be lost");
    model.parameters();
    (model['list'] as unknown[])[1] = tensor([3]);
    expect(() => model.parameters()).toThrow("Module: 'list.1' is a parameter or buffer and would be lost");
    class Counting extends Module {
      count = one(0);
      forward(x: Tensor): Tensor {
        (this as { count: Tensor }).count = add(this.count, 1);
        return x;
      }
    }
    await expect(jit((x: Tensor) => new Counting().forward(x))(tensor([1]))).rejects.toThrow("'count' is a parameter");
  });
});
