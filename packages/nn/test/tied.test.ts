import { cast, compile, jit, setDefaultBackend, spec, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { openSafetensors, saveSafetensors, writeSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Parameter, load } from '../src/index.ts';
import { memory } from './memory-storage.ts';
import { Tied } from './tied-model.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('loadStateDict: tied weights', () => {
  const rows = (first: number): Tensor =>
    tensor([
      [first, 2],
      [3, 4],
      [5, 6],
    ]);

  it.each<[string, string[]]>([
    ['the first name', ['embed.weight']],
    ['the second name', ['head.weight']],
    ['both names with equal values', ['embed.weight', 'head.weight']],
  ])('come under %s', async (_, names) => {
    const model = new Tied();
    const report = model.loadStateDict(Object.fromEntries(names.map((name) => [name, rows(1)])));
    expect(report).toEqual({ missing: [], unexpected: [] });
    expect(await toArray(model.head.weight)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(model.head.weight).toBe(model.embed.weight);
    expect(Object.keys(model.stateDict())).toEqual(['embed.weight']);
  });

  it.each([
    ['equal', 1],
    ['different', 7],
  ] as const)('from a file with both names and %s values', async (_, second) => {
    const storage = memory();
    const row = (first: number): { dtype: 'float32'; shape: number[]; data: Float32Array } => ({
      dtype: 'float32',
      shape: [3, 2],
      data: Float32Array.from([first, 2, 3, 4, 5, 6]),
    });
    const host = new Map([
      ['embed.weight', row(1)],
      ['head.weight', row(second)],
    ] as const);
    storage.files.set('w', Uint8Array.from([...writeSafetensors(host)].flatMap((chunk) => [...chunk])));
    const model = new Tied();
    const loading = load(model, 'w', { storage });
    if (second === 7) await expect(loading).rejects.toThrow('one parameter has two values');
    else await loading;
    if (second === 1)
      expect(await toArray(model.head.weight)).toEqual([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
  });

  it.each([
    ['equal', 1],
    ['different', 7],
  ] as const)(
    'from an opened file with both names and %s values, which are compared when they are read',
    async (_, second) => {
      const storage = memory();
      await saveSafetensors(storage, 'w', { 'embed.weight': rows(1), 'head.weight': rows(second) });
      const model = new Tied();
      model.loadStateDict((await openSafetensors(storage, 'w')).tensors);
      expect(model.head.weight).toBe(model.embed.weight);
      const ids = tensor([0], { dtype: 'int32' });
      const specs = { ids: spec(['n'], 'int32') };
      const run = jit((x: Tensor) => model.forward(x));
      if (second === 7) {
        const refusal = 'one parameter has two values. Got different tensors for';
        await expect(run(ids)).rejects.toThrow(refusal);
        await expect(compile(model, specs)).rejects.toThrow(refusal);
        await expect(toArray(model.embed.weight)).rejects.toThrow(refusal);
        return;
      }
      const compiled = await compile(model, specs);
      expect([await toArray(await run(ids)), await toArray(await compiled(ids))]).toEqual([
        [[5, 11, 17]],
        [[5, 11, 17]],
      ]);
      const half = new Tied().to('float16');
      half.loadStateDict((await openSafetensors(storage, 'w')).tensors);
      expect(await toArray(cast(half.head.weight, 'float32'))).toEqual(await toArray(model.head.weight));
      await compiled.dispose();
    },
  );

  it('are refused under two names with different values, or that cannot be compared', async () => {
    const model = new Tied();
    const state = { 'embed.weight': rows(1), 'head.weight': rows(7) };
    expect(() => model.loadStateDict(state)).toThrowErrorMatchingInlineSnapshot(
      `[DataError: loadStateDict: one parameter has two values. Got different tensors for 'embed.weight' and 'head.weight', which are one Parameter in the module; expected equal ones. Leave one out: { rename: { 'head.weight': null } }.]`,
    );
    model.loadStateDict(state, { rename: { 'head.weight': null } });
    const computed = { ...state, 'head.weight': cast(cast(rows(1), 'float64'), 'float32') };
    expect(() => model.loadStateDict(computed)).toThrow('cannot be compared');
    model.loadStateDict({ 'embed.weight': computed['head.weight'], 'head.weight': computed['head.weight'] });
    expect(await toArray(model.embed.weight)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('stay tied under another dtype, also one from a file', () => {
    const model = new Tied().to('float16');
    expect(model.head.weight).toBe(model.embed.weight);
    expect(model.head.weight.dtype).toBe('float16');
    model.loadStateDict({ 'head.weight': rows(1) }, { dtype: 'keep' });
    expect(model.head.weight).toBe(model.embed.weight);
    expect(model.head.weight.dtype).toBe('float32');
  });

  it('of a file with one name do not fill two parameters of a module', () => {
    const model = new Tied();
    model.head.replace('weight', new Parameter(rows(1)));
    expect(() => model.loadStateDict({ 'embed.weight': rows(1) })).toThrow('missing: head.weight');
  });
});
