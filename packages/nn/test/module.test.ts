import { item, relu, setDefaultBackend, tanh, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Linear, Module, ModuleDict, ModuleList, Parameter, ParameterList, ReLU, Sequential } from '../src/index.ts';
import { one, linear, Bag } from './bag.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const names = (fields: object): string[] => [...new Bag(fields).namedParameters().keys()];

describe('what is part of a module', () => {
  it.each<[string, object, string[]]>([
    ['a field', { weight: one() }, ['weight']],
    ['a flat array', { a: [one(), one()] }, ['a.0', 'a.1']],
    ['a nested array', { a: [[one()], [[one()]]] }, ['a.0.0', 'a.1.0.0']],
    [
      'a plain object',
      { heads: { left: linear(1), right: { deep: one() } } },
      ['heads.right.deep', 'heads.left.weight'],
    ],
    ['an object without prototype', { o: Object.assign(Object.create(null), { w: one() }) }, ['o.w']],
    [
      'a map',
      {
        m: new Map<unknown, unknown>([
          ['q', one()],
          [3, linear(1)],
        ]),
      },
      ['m.q', 'm.3.weight'],
    ],
    ['a set', { s: new Set([linear(1), linear(2)]) }, ['s.0.weight', 's.1.weight']],
    ['all of them', { blocks: [{ attn: new Map([['q', [linear(1)]]]) }] }, ['blocks.0.attn.q.0.weight']],
    ['a module in a module', { body: new Bag({ blocks: [linear(1)] }) }, ['body.blocks.0.weight']],
  ])('%s', (_, fields, expected) => {
    expect(names(fields)).toEqual(expected);
    const model = new Bag(fields);
    expect(Object.keys(model.stateDict())).toEqual(expected);
    model.requiresGrad(false).eval();
    expect(model.parameters().every(({ requiresGrad }) => !requiresGrad)).toBe(true);
    expect([...model.namedModules().values()].every(({ training }) => !training)).toBe(true);
  });

  it('are not private, non-enumerable and symbol fields, getters, and plain values', () => {
    class Hidden extends Module {
      readonly #secret = one();
      readonly shown = one();
      readonly table = { sizes: [1, 2, 3], names: ['a'] };
      get secret(): Parameter {
        return this.#secret;
      }
      forward(): void {}
    }
    const hidden = new Hidden();
    Object.defineProperty(hidden, 'parent', { value: hidden, enumerable: false });
    Object.defineProperty(hidden, 'getter', { get: () => one(), enumerable: true });
    Object.assign(hidden, { [Symbol('key')]: one() });
    expect([...hidden.namedParameters().keys()]).toEqual(['shown']);
  });

  it('can be named by an override of children', async () => {
    class Hidden extends Module {
      readonly #fc = linear(3);
      override children() {
        return super.children().set('fc', this.#fc);
      }
      forward(x: Tensor): Tensor {
        return this.#fc.forward(x);
      }
    }
    const hidden = new Hidden();
    expect([...hidden.namedModules().keys()]).toEqual(['', 'fc']);
    hidden.loadStateDict({ 'fc.weight': tensor([[5]]) });
    expect(await toArray(hidden.forward(tensor([[2]])))).toEqual([[10]]);
  });

  it('is listed once where it is in several places, and cycles end', () => {
    const shared = linear(1);
    const model = new Bag({ a: shared, b: [shared], tied: shared.weight });
    expect([...model.namedModules().keys()]).toEqual(['', 'a']);
    expect([...model.namedParameters().keys()]).toEqual(['tied']);
    const child = new Bag({ w: one() });
    const parent = new Bag({ child });
    child['parent'] = parent;
    const ring: unknown[] = [one()];
    ring.push(ring);
    parent['ring'] = ring;
    expect([...parent.namedParameters().keys()]).toEqual(['ring.0', 'child.w']);
  });

  it('throws for parts that can have no name', () => {
    class Helper {
      readonly fc = linear(1);
    }
    expect(() => names({ helper: new Helper() })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: Module: 'helper' hides Linear 'fc'. Got an object of class Helper; expected a Module, or an array, map, set or plain object: only these are searched for what is trained and saved. Let Helper extend Module, or name its parts in an override of children().]`,
    );
    expect(() => names({ m: new Map([[{}, one()]]) })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: Module: a part in the map 'm' has no name. Got a key of type object; expected text or a number, which becomes its name in the state dict. Use another key.]`,
    );
    expect(() => names({ 'a.b': one(), a: { b: one() } })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: Module: two parts have the name 'a.b'. Got a key with a dot beside a field; expected one path for each part. Use keys without dots.]`,
    );
    expect(names({ lookUp: new Map([[one(), 3]]), when: new Date(0), bytes: new Uint8Array(3) })).toEqual([]);
  });

  it('a walk of thousands of modules takes time in proportion', () => {
    const cost = (count: number): number => {
      const model = new Bag({ blocks: Array.from({ length: count }, () => new Bag({ w: one(), size: 3 })) });
      model.namedParameters();
      const before = process.cpuUsage();
      for (let i = 0; i < 5; i++) model.namedParameters();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    cost(500);
    expect(cost(8000)).toBeLessThan(40 * cost(1000));
  });
});

describe('replace', () => {
  it.each<[string, () => Module, string, string[]]>([
    ['a field', () => new Bag({ fc: linear(1) }), 'fc', ['fc.weight']],
    ['an array', () => new Bag({ a: [linear(1), linear(2)] }), 'a.1', ['a.0.weight', 'a.1.weight']],
    ['a nested object', () => new Bag({ o: { p: [linear(1)] } }), 'o.p.0', ['o.p.0.weight']],
    [
      'a map',
      () =>
        new Bag({
          m: new Map([
            ['q', linear(1)],
            ['k', linear(2)],
          ]),
        }),
      'm.q',
      ['m.k.weight', 'm.q.weight'],
    ],
    ['a set', () => new Bag({ s: new Set([linear(1), linear(2)]) }), 's.0', ['s.0.weight', 's.1.weight']],
    ['a Sequential', () => new Sequential(linear(1), relu, linear(2)), '0', ['0.weight', '2.weight']],
    ['a function of a Sequential', () => new Sequential(linear(1), relu), '1', ['0.weight', '1.weight']],
    ['a ModuleList', () => new ModuleList([linear(1)]), '0', ['0.weight']],
    ['a ModuleDict', () => new ModuleDict({ left: linear(1) }), 'left', ['left.weight']],
    [
      'modules inside',
      () => new Bag({ body: new Sequential(new Bag({ fc: linear(1) })) }),
      'body.0.fc',
      ['body.0.fc.weight'],
    ],
  ])('in %s', (_, make, path, expected) => {
    const model = make();
    const before = model.namedModules().get(path);
    const next = linear(7);
    const returned = model.replace(path, next);
    if (before !== undefined) expect(returned).toBe(before);
    expect(model.namedModules().get(path)).toBe(next);
    expect([...model.namedParameters().keys()].sort()).toEqual(expected);
  });

  it('what a Sequential, ModuleDict and ModuleList run and give is the new one', async () => {
    const net = new Sequential(linear(2), relu);
    net.replace('0', linear(-3));
    net.replace('1', tanh);
    expect(await item(net.forward(tensor([[1]])))).toBeCloseTo(Math.tanh(-3), 6);
    const dict = new ModuleDict({ left: linear(2), right: new ReLU() });
    dict.replace('right', linear(4));
    expect(await item((dict.get('right') as Module as Linear).forward(tensor([[2]])))).toBe(8);
    expect(dict.entries()[1]![1]).toBe(dict.get('right'));
    const list = new ModuleList([linear(2)]);
    list.replace('0', linear(5));
    expect(await item(list.at(0)!.forward(tensor([[1]])))).toBe(5);
  });

  it('replaces parameters, and refuses what does not fit', () => {
    const layer = new Linear({ inFeatures: 1, outFeatures: 1 });
    const weight = new Parameter(tensor([[1]]));
    layer.replace('weight', weight);
    expect(layer.weight).toBe(weight);
    expect(() => layer.replace('weight', one())).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: replace: the new parameter of 'weight' has another shape. Got [1]; expected [1,1], as before. Replace the module that it belongs to by one of these sizes.]`,
    );
    expect(layer.weight).toBe(weight);
    const list = new ParameterList([one()]);
    const other = one();
    list.replace('0', other);
    expect(list.at(0)).toBe(other);
    const net = new Sequential(layer, relu);
    expect(() => net.replace('0.weight', tensor([1]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: replace: the new part of '0.weight' does not fit. Got a plain tensor; expected a Module, a function, or null (a Parameter where there is one). Wrap it in a Module.]`,
    );
    expect(() => net.replace('0', weight)).toThrow('Got a parameter for a module');
    expect(() => net.replace('0', 3 as never)).toThrow('Got number; expected a Module');
    expect(() => net.replace('3.fc', layer)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: replace: there is nothing under the path. Got '3.fc' in a Sequential; expected a path such as 0. See namedModules(); what children() alone names must be replaced by its class.]`,
    );
  });
});

describe('layers', () => {
  it('refuse what is no tensor in one line', () => {
    expect(() => linear(1).forward([[1]] as never)).toThrow(
      'Linear: no tensor as x. Got an array; expected a tensor. Make one with tensor(...).',
    );
  });
});
