import { add, cast, compile, data, evaluate, jit, mul, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { openSafetensors, writeSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Module, ModuleBuffer, Parameter, load, save } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const folder = mkdtempSync(join(tmpdir(), 'gai-range-'));
afterAll(() => rmSync(folder, { recursive: true }));

class Pair extends Module {
  readonly a: Parameter;
  readonly b: Parameter;
  constructor(dtype: DType = 'float32', values: Tensor = tensor([1, 2])) {
    super();
    this.a = new Parameter(cast(tensor([1, 2]), dtype));
    this.b = new Parameter(cast(values, dtype));
  }
  forward(x: Tensor): Tensor {
    return add(mul(x, this.a), this.b);
  }
}

/** The kinds of values whose numbers are known later. */
const LATER: [string, (values: number[]) => Promise<Tensor>][] = [
  ['computed', async (values) => mul(tensor(values), 1)],
  [
    'on the device',
    async (values) => {
      const value = mul(tensor(values), 1);
      await evaluate(value);
      return value;
    },
  ],
  [
    'in a file',
    async (values) => {
      const path = join(folder, 'w.safetensors');
      const host = { dtype: 'float32' as const, shape: [values.length], data: Float32Array.from(values) };
      writeFileSync(path, Buffer.concat([...writeSafetensors(new Map([['b', host]]))]));
      return (await openSafetensors(storage(), path)).tensors['b']!;
    },
  ],
];

let backend: Awaited<ReturnType<typeof nodeBackend>>;
beforeAll(async () => (backend = await nodeBackend()));
const storage = () => backend.storage!;

describe.each(LATER)('a number too large for float16, %s', (_, make) => {
  it('is refused by name when it becomes known, and the rest is right', async () => {
    const model = new Pair('float16');
    model.loadStateDict({ a: tensor([3, 4]), b: await make([65_519, -70_000]) });
    await expect(data(model.b)).rejects.toThrow(
      "loadStateDict: a number of 'b' does not fit into float16. Got a number of size 70000; expected at most 65,504 in size. Keep",
    );
    const run = jit((x: Tensor) => model.forward(x));
    await expect(run(cast(tensor([1, 1]), 'float16'))).rejects.toThrow("a number of 'b' does not fit into float16");
    await expect(compile(model, { x: spec([2], 'float16') })).rejects.toThrow("a number of 'b' does not fit");
    await expect(save(model, join(folder, 'out.safetensors'), storage())).rejects.toThrow("a number of 'b' does not");
    expect(await toArray(model.a)).toEqual([3, 4]);
    model.loadStateDict({ a: tensor([3, 4]), b: await make([65_519, Infinity]) });
    expect(await toArray(model.b)).toEqual([65_504, Infinity]);
  });

  it('is refused by to', async () => {
    const model = new Pair('float32', tensor([1, 2]));
    model.loadStateDict({ a: tensor([1, 2]), b: await make([1, 70_000]) });
    await expect(data(model.to('float16').b)).rejects.toThrow(
      "to: a number of 'b' does not fit into float16. Got a number of size 70000; expected at most 65,504 in size. Keep the model in float32",
    );
  });
});

describe('a number that is known', () => {
  it.each<[DType, DType, number]>([
    ['float32', 'float16', 70_000],
    ['bfloat16', 'float16', 70_144],
    ['float64', 'float32', 1e300],
    ['float32', 'bfloat16', 3.4e38],
    ['float64', 'bfloat16', -3.4e38],
  ])('is refused from %s to %s, and nothing is changed', async (from, dtype, value) => {
    const wide = cast(tensor([1, value], { dtype: 'float64' }), from);
    const known = tensor(await data(wide), { dtype: from });
    const state = { a: known, b: known };
    const model = new Pair(dtype);
    expect(() => model.loadStateDict(state)).toThrow(`loadStateDict: a number of 'a' does not fit into ${dtype}. Got`);
    expect(() => model.loadStateDict({ ...state, a: tensor([9, 9]) })).toThrow("a number of 'b' does not fit");
    const [a, b] = await Promise.all([data(cast(model.a, 'float32')), data(cast(model.b, 'float32'))]);
    expect([...a, ...b]).toEqual([1, 2, 1, 2]);
    const own = new Pair(from);
    own.b.assign(known);
    expect(() => own.to(dtype)).toThrow(`to: a number of 'b' does not fit into ${dtype}. Got`);
    expect([own.a.dtype, own.b.dtype]).toEqual([from, from]);
  });

  it('is refused in a file before anything is assigned', async () => {
    const path = join(folder, 'large.safetensors');
    const large = new Pair('float32');
    large.b.assign(tensor([1, 1e6]));
    await save(large, path, storage());
    const model = new Pair('float16');
    await expect(load(model, path, { storage: storage() })).rejects.toThrow("a number of 'b' does not fit");
    expect([await toArray(model.a), await toArray(model.b)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('is refused for a counter', () => {
    class Counter extends Module {
      readonly n = new ModuleBuffer(tensor(0, { dtype: 'int32' }));
      forward(): Tensor {
        return this.n;
      }
    }
    const n = tensor(BigInt64Array.of(2n ** 31n), { shape: [] });
    expect(() => new Counter().loadStateDict({ n })).toThrow(
      "loadStateDict: a number of 'n' does not fit into int32. Got 2147483648 at element 0; expected at most 2,147,483,647",
    );
  });
});

it('a bfloat16 number of a file is refused as float16 when it is read', async () => {
  const path = join(folder, 'bfloat16.safetensors');
  const bits = { dtype: 'bfloat16' as const, shape: [2], data: Uint16Array.of(0x3f80, 0x4789) };
  writeFileSync(path, Buffer.concat([...writeSafetensors(new Map([['b', bits]]))]));
  const { tensors } = await openSafetensors(storage(), path);
  const model = new Pair('float16');
  model.loadStateDict({ a: tensor([1, 2]), ...tensors });
  await expect(data(model.b)).rejects.toThrow(
    "a number of 'b' does not fit into float16. Got a number of size 70144; expected at most 65,504",
  );
});
