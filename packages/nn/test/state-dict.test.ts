import { cast, data, explain, jit, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { writeSafetensors } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNorm1d, Linear, Module, ModuleBuffer, Parameter, Sequential, load, save } from '../src/index.ts';
import { memory } from './memory-storage.ts';
import { Tied } from './tied-model.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const half = (bits: number[], dtype: 'float16' | 'bfloat16' = 'float16'): Tensor =>
  tensor(Uint16Array.from(bits), { dtype });
const vector = (length: number): Vector => new Vector(length);

class Vector extends Module {
  readonly w: Parameter;
  constructor(length: number) {
    super();
    this.w = new Parameter(tensor(new Float32Array(length)));
  }
  forward(x: Tensor): Tensor {
    return x;
  }
}

// Bits and what they stand for: zeros, the smallest and largest subnormals, the smallest normal, one and its
// neighbours, a third, the largest, infinities, NaN.
const FLOAT16: [number, number][] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 5.960464477539063e-8],
  [0x8001, -5.960464477539063e-8],
  [0x03ff, 6.097555160522461e-5],
  [0x0400, 6.103515625e-5],
  [0x3555, 0.333251953125],
  [0x3bff, 0.99951171875],
  [0x3c00, 1],
  [0x3c01, 1.0009765625],
  [0xc000, -2],
  [0x7bff, 65504],
  [0xfbff, -65504],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
  [0x7c01, NaN],
];
const BFLOAT16: [number, number][] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 9.183549615799121e-41],
  [0x8001, -9.183549615799121e-41],
  [0x007f, 1.1663108012064884e-38],
  [0x0080, 1.1754943508222875e-38],
  [0x3eab, 0.333984375],
  [0x3f7f, 0.99609375],
  [0x3f80, 1],
  [0x3f81, 1.0078125],
  [0xc000, -2],
  [0x7f7f, 3.3895313892515355e38],
  [0xff7f, -3.3895313892515355e38],
  [0x7f80, Infinity],
  [0xff80, -Infinity],
  [0x7fc0, NaN],
  [0x7f81, NaN],
];

describe.each<['float16' | 'bfloat16', [number, number][]]>([
  ['float16', FLOAT16],
  ['bfloat16', BFLOAT16],
])('a %s file', (dtype, table) => {
  const bits = table.map(([pattern]) => pattern);
  const numbers = table.map(([, value]) => value);
  const file = (): Storage => {
    const storage = memory();
    const host = { dtype, shape: [bits.length], data: Uint16Array.from(bits) };
    storage.files.set(
      'w',
      Uint8Array.from([...writeSafetensors(new Map([['w', host]]))].flatMap((chunk) => [...chunk])),
    );
    return storage;
  };

  it('goes into a float32 module, exact to the last bit', async () => {
    const model = vector(bits.length);
    const report = await load(model, 'w', { storage: file() });
    expect(report).toEqual({ missing: [], unexpected: [] });
    expect(model.w.dtype).toBe('float32');
    const values = [...(await data(model.w))].map(Number);
    for (const [index, value] of values.entries()) expect(Object.is(value, numbers[index]), `${index}`).toBe(true);
  });

  it('of many numbers goes the same way', async () => {
    const count = 2 ** 16 + bits.length;
    const model = vector(count);
    const all = Uint16Array.from({ length: count }, (_, index) => bits[index % bits.length]!);
    model.loadStateDict({ w: tensor(all, { dtype }) });
    const values = await data(model.w);
    const wrong = Array.from(values, Number).findIndex(
      (value, index) => !Object.is(value, numbers[index % bits.length]),
    );
    expect(wrong).toBe(-1);
  });

  it('is kept as it is, or refused', async () => {
    const model = vector(bits.length);
    model.w.requiresGrad = false;
    await load(model, 'w', { storage: file(), dtype: 'keep' });
    expect([model.w.dtype, model.w.requiresGrad, model.w.name]).toEqual([dtype, false, 'w']);
    expect([...(await data(model.w))]).toEqual(bits);
    const other = vector(bits.length);
    await expect(load(other, 'w', { storage: file(), dtype: 'refuse' })).rejects.toThrow(
      `loadStateDict: 'w' does not fit. Got ${dtype} [${bits.length}]; expected float32 [${bits.length}]. Pass { dtype: 'cast' }`,
    );
    expect(await toArray(other.w)).toEqual(Array.from({ length: bits.length }, () => 0));
  });

  it('comes back with the same bits from a module of its dtype', async () => {
    const storage = memory();
    const model = vector(bits.length).to(dtype);
    model.loadStateDict({ w: half(bits, dtype) });
    await save(model, 'w', storage);
    const again = vector(bits.length).to(dtype);
    await load(again, 'w', { storage, dtype: 'refuse' });
    expect([...(await data(again.w))]).toEqual(bits);
  });
});

describe('loadStateDict: dtypes', () => {
  it('rounds to the nearest, ties to even, and refuses a number that becomes infinite', async () => {
    const model = vector(4).to('float16');
    model.loadStateDict({ w: tensor([1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, Infinity]) });
    expect([...(await data(model.w))]).toEqual([0x3c00, 0x3c02, 0x0000, 0x7c00]);
    expect(() => model.loadStateDict({ w: tensor([1, 70_000, 1, 1]) })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: loadStateDict: a number of 'w' does not fit into float16. Got 70000 at element 1; expected at most 65,504 in size. Keep the dtype with { dtype: 'keep' }, or load into a module of a wider dtype.]`,
    );
    expect([...(await data(model.w))]).toEqual([0x3c00, 0x3c02, 0x0000, 0x7c00]);
    model.loadStateDict({ w: tensor([1, 70_000, 1, 1]) }, { dtype: 'keep' });
    expect(model.w.dtype).toBe('float32');
  });

  it('takes int64 counters, and no whole numbers for floats', async () => {
    const norm = new BatchNorm1d({ numFeatures: 1 });
    const state = { ...norm.stateDict(), num_batches_tracked: tensor(new BigInt64Array([7n]), { shape: [] }) };
    norm.loadStateDict(state, { dtype: 'refuse' });
    expect([...(await data(norm.num_batches_tracked!))]).toEqual([7]);
    expect(() => vector(1).loadStateDict({ w: tensor([1], { dtype: 'int32' }) })).toThrow(
      "'w' does not fit. Got int32 [1]; expected float32 [1]. Convert it first.",
    );
  });

  it('checks everything before it changes anything', async () => {
    const model = new Sequential(vector(1), vector(2));
    const state = { '0.w': half([0x3c00]), '1.w': tensor([1, 2, 3]) };
    expect(() => model.loadStateDict(state, { dtype: 'keep' })).toThrow("'1.w' does not fit");
    expect([model.parameters()[0]!.dtype, await toArray(model.parameters()[0]!)]).toEqual(['float32', [0]]);
  });
});

describe('loadStateDict: rename', () => {
  const state = { 'model.0.w': tensor([1]), 'model.1.w': tensor([2]), 'head.w': tensor([3]) };
  const model = (): Sequential => new Sequential(vector(1), vector(1));
  const values = async (net: Module): Promise<unknown[]> => Promise.all(net.parameters().map((w) => toArray(w)));

  it('is a function or an object; null leaves out', async () => {
    const net = model();
    net.loadStateDict(state, { rename: (name) => (name.startsWith('head') ? null : name.replace('model.', '')) });
    expect(await values(net)).toEqual([[1], [2]]);
    net.loadStateDict(state, { rename: { 'model.0.w': '1.w', 'model.1.w': '0.w', 'head.w': null } });
    expect(await values(net)).toEqual([[2], [1]]);
  });

  it('refuses collisions, names that are not there, and what is no name', () => {
    expect(() => model().loadStateDict(state, { rename: () => '0.w' })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: loadStateDict: two names become one. Got 'model.0.w' and 'model.1.w', both renamed to '0.w'; expected different names. Leave one out by renaming it to null.]`,
    );
    const typo = { 'model.2.w': '0.w' };
    expect(() => model().loadStateDict(state, { rename: typo })).toThrowErrorMatchingInlineSnapshot(
      `[DataError: loadStateDict: rename has names that the state does not. Got model.2.w; expected names of the state. Correct them, or pass { strict: false }.]`,
    );
    expect(() => model().loadStateDict(state, { rename: () => undefined as never })).toThrow(
      "rename gives no name. Got undefined for 'model.0.w'",
    );
    const { missing, unexpected } = model().loadStateDict(state, { strict: false, rename: { 'head.w': '0.w' } });
    expect([missing, unexpected]).toEqual([['1.w'], ['model.0.w', 'model.1.w']]);
  });
});

describe('to', () => {
  it('changes floats and leaves counters, names, and what is frozen', () => {
    const model = new Sequential(new Linear({ inFeatures: 1, outFeatures: 2 }), new BatchNorm1d({ numFeatures: 2 }));
    model.parameters()[0]!.requiresGrad = false;
    expect(model.to('bfloat16')).toBe(model);
    const dtypes = Object.values(model.stateDict()).map(({ dtype }) => dtype);
    expect(new Set(dtypes)).toEqual(new Set<DType>(['bfloat16', 'int32']));
    expect(model.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, true, true, true]);
    expect(() => model.to('int32')).toThrow('to: a module cannot have this dtype. Got int32');
  });

  it('compiles anew what was compiled from the model', async () => {
    const layer = new Linear({ inFeatures: 1, outFeatures: 1, bias: false, weightInit: () => tensor([[1.0002]]) });
    const run = jit((x: Tensor) => layer.forward(cast(x, layer.weight.dtype)));
    expect((await run(tensor([[1]]))).dtype).toBe('float32');
    layer.to('float16');
    const output = await run(tensor([[1]]));
    expect([output.dtype, await toArray(output), explain(run).compiles]).toEqual(['float16', [[1]], 2]);
  });

  it('throws for a parameter that only children() names', () => {
    class Hidden extends Module {
      readonly #w = new Parameter(tensor([1]));
      override children() {
        return super.children().set('w', this.#w);
      }
      forward(): void {}
    }
    expect(() => new Hidden().to('float16')).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: to: 'w' is in no field that can be written. Got a part that only children() names; expected a field, or an entry of an array, map, set or plain object. Make it a public field.]`,
    );
  });
});

describe('thousands of names', () => {
  it('load in time in proportion to their number', () => {
    const model = (count: number): Sequential =>
      new Sequential(...Array.from({ length: count }, () => new Sequential(new Tied(), vector(1))));
    const cost = (count: number): number => {
      const net = model(count);
      const state = net.stateDict();
      for (let index = 0; index < count; index++) state[`${index}.0.head.weight`] = state[`${index}.0.embed.weight`]!;
      const before = process.cpuUsage();
      for (let i = 0; i < 4; i++) net.loadStateDict(state);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    cost(200);
    // Eight times the names; in proportion it is 8 times the work, squared 64 times.
    expect(cost(2000) / cost(250)).toBeLessThan(30);
  });
});

it('a buffer that is not persistent is not loaded', () => {
  const model = vector(1);
  Object.assign(model, { table: new ModuleBuffer(tensor([1]), { persistent: false }) });
  expect(() => model.loadStateDict({ w: tensor([1]), table: tensor([1]) })).toThrow('unexpected: table');
});

it('a model whose parts are all private is not saved as an empty file', async () => {
  class Hidden extends Module {
    readonly #fc = new Linear({ inFeatures: 1, outFeatures: 1 });
    forward(x: Tensor): Tensor {
      return this.#fc.forward(x);
    }
  }
  const storage = memory();
  await expect(save(new Hidden(), 'w', storage)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: save: there is nothing to save in 'w'. Got a Hidden without parameters and buffers; expected at least one. Parts in #private fields are not found: make them public fields, or name them in an override of children().]`,
  );
  expect(storage.files.size).toBe(0);
});
