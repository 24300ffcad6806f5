import {
  add,
  compile,
  data,
  explain,
  item,
  jit,
  mul,
  relu,
  setDefaultBackend,
  spec,
  sum,
  tanh,
  tensor,
  toArray,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dropout, Linear, Module, ReLU, Sequential, Tanh } from '../src/index.ts';
import { one, linear, Bag } from './bag.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('a compiled function', () => {
  const calls = async (run: (x: Tensor) => Promise<Tensor>): Promise<number> => item(await run(tensor([[1]])));

  it('runs the new program after a swap, and the old one after the swap back', async () => {
    const model = new Bag({ fc: linear(2) });
    const old = model['fc'] as Linear;
    const run = jit((x: Tensor) => (model['fc'] as Linear).forward(x));
    expect(await calls(run)).toBe(2);
    model['fc'] = linear(3);
    expect(await calls(run)).toBe(3);
    model.replace('fc', linear(4));
    expect(await calls(run)).toBe(4);
    model['fc'] = old;
    old.weight.assign(tensor([[9]]));
    expect(await calls(run)).toBe(9);
    expect(explain(run).compiles).toBe(3);
  });

  it.each<[string, () => Bag, (model: Bag) => void]>([
    ['an array element', () => new Bag({ parts: [linear(2)] }), ({ parts }) => ((parts as Linear[])[0] = linear(3))],
    ['push', () => new Bag({ parts: [linear(2)] }), ({ parts }) => (parts as Linear[]).push(linear(1.5))],
    ['a new array', () => new Bag({ parts: [linear(2)] }), (model) => (model['parts'] = [linear(3)])],
    ['an empty array filled', () => new Bag({ parts: [] }), ({ parts }) => (parts as Linear[]).push(linear(3))],
    [
      'a map',
      () => new Bag({ parts: new Map([['a', linear(2)]]) }),
      ({ parts }) => (parts as Map<string, Linear>).set('a', linear(3)),
    ],
    ['a set', () => new Bag({ parts: new Set([linear(2)]) }), (model) => model.replace('parts.0', linear(3))],
  ])('notices %s', async (_, make, change) => {
    const model = make();
    const run = jit((x: Tensor) => {
      const parts = model['parts'] as Iterable<Linear> | Map<string, Linear>;
      const layers = parts instanceof Map ? [...parts.values()] : [...parts];
      return layers.reduce((value, layer) => layer.forward(value), mul(x, 1));
    });
    const before = await calls(run);
    change(model);
    expect(await calls(run)).toBe(3);
    expect(before).not.toBe(3);
    await calls(run);
    expect(explain(run).compiles).toBe(2);
  });

  it('notices a plain field, a function, a method and a layer without parameters', async () => {
    const dropout = new Dropout({ p: 0 });
    const model = new Bag({ scale: 2, activation: relu, layer: new ReLU() });
    const run = jit((x: Tensor) =>
      (model['layer'] as ReLU).forward(
        (model['activation'] as typeof relu)(dropout.forward(mul(x, model['scale'] as number))),
      ),
    );
    expect(await calls(run)).toBe(2);
    model['scale'] = 3;
    expect(await calls(run)).toBe(3);
    model['activation'] = tanh;
    expect(await calls(run)).toBeCloseTo(Math.tanh(3), 6);
    model['layer'] = new Tanh();
    expect(await calls(run)).toBeCloseTo(Math.tanh(Math.tanh(3)), 6);
    model.forward = (x: Tensor) => x;
    await calls(run);
    expect(explain(run).compiles).toBe(4);
  });

  it('notices a call of a setter, whatever private field it writes, but not one of its own', async () => {
    class Scale extends Module {
      #factor = 2;
      #traced = 0;
      name = 'scale';
      set factor(value: number) {
        this.#factor = value;
      }
      set seen(value: number) {
        this.#traced = value;
      }
      get seen(): number {
        return this.#traced;
      }
      forward(x: Tensor): Tensor {
        this.seen += 1;
        return mul(x, this.#factor);
      }
    }
    const [model, other] = [new Scale(), new Scale()];
    const run = jit((x: Tensor) => model.forward(x));
    const program = await compile(model, { x: spec([1]) });
    for (const factor of [2, 2, 3]) {
      model.factor = factor;
      expect([await calls(run), await calls(run)]).toEqual([factor, factor]);
      other.factor = 9;
    }
    expect([explain(run).compiles, model.seen]).toEqual([3, 4]);
    expect(program.stale).toBe(true);
    await expect(program.refresh()).rejects.toThrow(/^compile\.refresh: the model is not the one/);
    await program.dispose();
  });

  it('does not compile again for what it sets itself, memos, counters nobody reads, or new modules elsewhere', async () => {
    class Memo extends Module {
      readonly fc = linear(2);
      readonly masks = new Map<number, Tensor>();
      calls = 0;
      last: Tensor | null = null;
      forward(x: Tensor): Tensor {
        this.calls += 1;
        const mask = this.masks.get(1) ?? tensor([[1]]);
        this.masks.set(1, mask);
        this.last = this.fc.forward(mul(x, mask));
        return this.last;
      }
    }
    const model = new Memo();
    const run = jit((x: Tensor) => {
      model.namedParameters();
      return sum(model.forward(x));
    });
    for (let step = 0; step < 3; step++) {
      (model as unknown as Record<string, unknown>)['steps'] = step;
      expect(await calls(run)).toBe(2);
      linear(1);
    }
    expect(explain(run).compiles).toBe(1);
  });

  it('of a walk notices a part that is added later', async () => {
    const model = new Bag({ a: one(2) });
    const run = jit((x: Tensor) => model.parameters().reduce<Tensor>((total, p) => add(total, p), mul(x, 0)));
    expect([...(await data(await run(tensor([1]))))]).toEqual([2]);
    model['b'] = one(5);
    expect([...(await data(await run(tensor([1]))))]).toEqual([7]);
  });
});

describe('a program compiled from a model', () => {
  it('is stale and refuses to refresh once a part was replaced, whatever the mode', async () => {
    const net = new Sequential(linear(2), linear(3));
    const run = await compile(net, { x: spec(['n', 1]) });
    net.eval().requiresGrad(false);
    expect(run.stale).toBe(false);
    net.train();
    await run.refresh();
    net.replace('1', linear(5));
    expect([run.stale, await toArray(await run(tensor([[1]])))]).toEqual([true, [[6]]]);
    await expect(run.refresh()).rejects.toThrow(/^compile\.refresh: the model is not the one.*Compile it again\.$/);
    await run.dispose();
  });

  it('is stale once the model has another dtype', async () => {
    const layer = linear(2);
    const run = await compile(layer, { x: spec(['n', 1]) });
    layer.to('float16');
    expect(run.stale).toBe(true);
    await expect(run.refresh()).rejects.toThrow(/^compile\.refresh:/);
    await run.dispose();
  });
});
