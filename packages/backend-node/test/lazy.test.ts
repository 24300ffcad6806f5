import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import {
  add,
  checkFinite,
  data,
  debugPrint,
  dispose,
  evaluate,
  exp,
  getDefaultBackend,
  item,
  jit,
  mul,
  setDefaultBackend,
  split,
  stopGradient,
  sub,
  sum,
  tensor,
  toArray,
  topK,
  trace,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';
import { countingBackend } from './counting.ts';

const backend = await useCountingBackend();

describe('reading', () => {
  it('computes what is read', async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(await toArray(add(mul(x, x), 1))).toEqual([
      [2, 5],
      [10, 17],
    ]);
    expect(await data(add(x, 1))).toEqual(Float32Array.of(2, 3, 4, 5));
    expect(await item(sum(x))).toBe(10);
  });

  it('gives booleans, scalars, empty tensors and 16-bit floats as what they are', async () => {
    expect(await toArray(tensor([[true], [false]]))).toEqual([[true], [false]]);
    expect(await toArray(add(tensor(1), 1))).toBe(2);
    expect(await toArray(add(tensor([[], []]), 1))).toEqual([[], []]);
    expect(await toArray(tensor([1.5, -2], { dtype: 'float16' }))).toEqual([1.5, -2]);
    expect(await item(tensor([9], { dtype: 'int64' }))).toBe(9);
  });

  it('needs no run for what is in memory', async () => {
    const values = Float32Array.of(1, 2);
    expect(await data(tensor(values))).toEqual(values);
    await evaluate(tensor([1, 2]));
    expect(backend.runs).toBe(0);
  });

  it('refuses an item that is not one', async () => {
    expect((await rejection(item(tensor([1, 2])))).message).toMatchInlineSnapshot(
      `"item: not one element. Got [2]; expected a tensor with exactly one. Use toArray or data."`,
    );
    expect((await rejection(item(tensor([])))).message).toContain('Got [0]');
  });
});

describe('what compiles', () => {
  it('a changing number or other data does not', async () => {
    for (const rate of [0.1, 0.2, -3, 1e9])
      expect(await item(mul(tensor(2), rate))).toBe(Math.fround(2 * Math.fround(rate)));
    for (const row of [
      [1, 2],
      [5, 6],
    ])
      await toArray(mul(tensor(row), 2));
    expect(backend.loads).toBe(2);
  });

  it('another shape or dtype does', async () => {
    for (const x of [tensor([1, 2, 3]), tensor([1, 2, 3, 4]), tensor([1, 2, 3], { dtype: 'int32' })])
      await toArray(sub(x, 2));
    expect(backend.loads).toBe(3);
  });

  it('a graph that does not compile is an error every time, and poisons nothing', async () => {
    // The runtime has no tensors of bfloat16.
    const bad = (): Tensor => add(tensor([1, 2], { dtype: 'bfloat16' }), tensor([1, 2], { dtype: 'bfloat16' }));
    for (let time = 0; time < 2; time++) expect((await rejection(toArray(bad()))).name).toMatch(/Error$/);
    expect(await item(add(tensor(1), 1))).toBe(2);
  });
});

describe('what is computed once', () => {
  it('reads of one turn are one run', async () => {
    const shared = exp(tensor([0, 0]));
    expect(await Promise.all([toArray(add(shared, 1)), toArray(mul(shared, 3)), item(sum(shared))])).toEqual([
      [2, 2],
      [3, 3],
      2,
    ]);
    expect(backend.runs).toBe(1);
  });

  it('what two reads share, though they come one after the other', async () => {
    const shared = exp(exp(exp(tensor([0, 0]))));
    const [a, b] = [add(shared, 1), mul(shared, 3)];
    await toArray(a);
    backend.reset();
    await toArray(b);
    expect(backend.nodes).toBe(1);
    await toArray(b);
    expect(backend.runs).toBe(1);
  });

  it('what two reads share behind a stopGradient', async () => {
    const shared = stopGradient(exp(exp(exp(tensor([0, 0])))));
    const [a, b] = [add(shared, 1), mul(shared, 3)];
    await toArray(a);
    backend.reset();
    await toArray(b);
    expect(backend.nodes).toBe(1);
  });

  it('what a read needs that an earlier one, still running, computes', async () => {
    const shared = exp(exp(exp(tensor([1, 1]))));
    const [a, b] = [add(shared, 1), mul(shared, 3)];
    const first = toArray(a);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([first, toArray(b), toArray(a)]);
    expect(backend.runs).toBe(2);
    expect(backend.nodes).toBe(4 + 1);
  });

  it('what was read and is then computed with', async () => {
    const x = exp(exp(exp(tensor([0, 0]))));
    await evaluate(x);
    backend.reset();
    await toArray(add(x, 1));
    expect(backend.nodes).toBe(1);
  });

  it('keeps only what is of use: a chain has one output', async () => {
    await toArray(exp(exp(exp(tensor([0, 0])))));
    expect(backend.outputs).toBe(1);
  });
});

describe('a node that was computed', () => {
  it('lets go of what led to it', async () => {
    const x = add(tensor([1, 2]), 1);
    const y = mul(x, 2);
    expect(y.node.inputs).toHaveLength(2);
    await evaluate(y);
    expect(y.node.inputs).toEqual([]);
    expect(y.leaf?.kind).toBe('device');
  });

  it('has a value for each of its outputs, whichever was read', async () => {
    const { values, indices } = topK(tensor([3, 1, 2]), 2);
    expect(await toArray(values)).toEqual([3, 2]);
    backend.reset();
    expect(await toArray(add(indices, 10))).toEqual([10, 12]);
    expect(backend.nodes).toBe(1);
    const [, tail] = split(tensor([1, 2, 3, 4]), 2);
    expect(await toArray(await jit((x: Tensor) => add(tail!, x))(tensor(1)))).toEqual([4, 5]);
  });

  it('is freed by dispose and at the end of a using block; what was read stays', async () => {
    const x = add(tensor([1, 2]), 1);
    const values = await data(x);
    dispose({ x, other: [3, 'text', tensor([1])] });
    expect(values).toEqual(Float32Array.of(2, 3));
    expect((await rejection(toArray(x))).message).toMatchInlineSnapshot(
      `"read: a tensor was disposed. Got float32 [2] whose memory is released; expected one that is still held. Dispose it, and the backend that computed it, after its last use."`,
    );
    expect((await rejection(toArray(mul(x, 2)))).message).toContain('disposed');
    let outer: Tensor;
    {
      using inner = add(tensor([1]), 1);
      await evaluate(inner);
      outer = inner;
    }
    expect((await rejection(toArray(outer))).message).toContain('disposed');
  });
});

describe('errors', () => {
  it('of one read do not reach the reads beside it', async () => {
    const bad = checkFinite(tensor(NaN), 'bad');
    const [good, failed, also] = await Promise.allSettled([
      item(add(tensor(1), 1)),
      item(bad),
      item(add(tensor(2), 2)),
    ]);
    expect([good, also]).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 4 },
    ]);
    expect(failed.status).toBe('rejected');
  });

  it('a read inside a traced function is refused, with or without await', async () => {
    let inner: Promise<Error> | undefined;
    const sync = jit(function step(x: Tensor) {
      inner = rejection(item(x));
      return mul(x, 2);
    });
    await sync(tensor(1));
    expect((await inner!).message).toMatchInlineSnapshot(
      `"read: 'step' reads a tensor while it is being traced. Got a read inside a traced function; expected it outside. Return the tensor, or look at it with debugPrint."`,
    );
    const asynchronous = jit(async (x: Tensor) => add(x, await item(x)));
    expect((await rejection(asynchronous(tensor(1)))).message).toContain('is asynchronous');
    expect(() => trace(async (x: Tensor) => item(x), [tensor(1)])).toThrow('is asynchronous');
  });

  it('a tensor that escaped its trace is refused, with the line that made it', async () => {
    let escaped!: Tensor;
    let argument!: Tensor;
    const leak = jit(function leak(x: Tensor) {
      argument = x;
      escaped = mul(x, 2);
      return escaped;
    });
    await leak(tensor(1));
    const line = (text: string): string => text.replace(/made at [^\n]*?(lazy\.test\.ts):[\d:]+\)?/, 'made at $1:LINE');
    expect(line((await rejection(item(escaped))).message)).toMatchInlineSnapshot(
      `"read: a tensor made inside 'leak' is used after that function was traced. It was made at lazy.test.ts:LINE. Return it from the function, or use debugPrint to look at it."`,
    );
    expect(line((await rejection(item(argument))).message)).toMatch(/^read: a tensor made inside 'leak'/);
    expect(line((await rejection(jit(() => escaped)())).message)).toContain("made inside 'leak'");
    expect(() => add(escaped, 1)).toThrow("add: a tensor made inside 'leak'");
    await expect(jit(() => add(escaped, 1))()).rejects.toThrow("add: a tensor made inside 'leak'");
  });

  it('tensors of two backends do not meet', async () => {
    const other = await countingBackend();
    const here = add(tensor([1, 2]), 1);
    await evaluate(here);
    setDefaultBackend(other);
    try {
      const there = add(tensor([1, 2]), 1);
      await evaluate(there);
      expect((await rejection(toArray(add(here, there)))).message).toMatchInlineSnapshot(
        `"read: tensors of two backends meet. Got one of 'node' (cpu) on another 'node' (cpu); expected one backend. Make a backend once and set it once, or read the tensor with data(...) and make it anew."`,
      );
      expect((await rejection(jit((x: Tensor) => add(x, 1))(here))).message).toContain('two backends meet');
      expect(await toArray(here)).toEqual([2, 3]);
      expect(await toArray(add(tensor(await data(here)), there))).toEqual([4, 6]);
    } finally {
      setDefaultBackend(backend);
      await other.dispose();
    }
  });

  it('a read belongs to the backend that was the default when it was asked for', async () => {
    const other = await countingBackend();
    const first = item(add(tensor(1), 1));
    setDefaultBackend(other);
    const second = item(add(tensor(2), 2));
    setDefaultBackend(backend);
    expect(await Promise.all([first, second])).toEqual([2, 4]);
    expect([backend.runs, other.runs]).toEqual([1, 1]);
    await other.dispose();
  });

  it('without a backend the error has the line to write', async () => {
    setDefaultBackend(undefined);
    try {
      expect((await rejection(item(add(tensor(1), 1)))).message).toMatchInlineSnapshot(
        `"no backend: nothing is set that could run a graph. Got a read before setDefaultBackend; expected a backend. In Node: npm install @gai/backend-node, then setDefaultBackend(await nodeBackend()). In a page: npm install @gai/backend-web, then setDefaultBackend(await webBackend())."`,
      );
      expect(() => getDefaultBackend()).toThrow('no backend');
      expect(await item(tensor(1))).toBe(1);
    } finally {
      setDefaultBackend(backend);
    }
  });
});

describe('a loop of 10,000 steps with a read in each', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

  it('neither grows nor slows', async () => {
    const target = tensor([1, 2, 3, 4]);
    let w = tensor([0, 0, 0, 0]);
    const times: number[] = [];
    const sizes: number[] = [];
    let heap = 0;
    for (let step = 0; step < 10_000; step++) {
      const begin = performance.now();
      const nodes = backend.nodes;
      const error = sub(w, target);
      w = sub(w, mul(error, 1 / (step + 10)));
      await item(sum(mul(error, error)));
      times.push(performance.now() - begin);
      sizes.push(backend.nodes - nodes);
      if (step === 2000) {
        collect();
        heap = process.memoryUsage().heapUsed;
      }
    }
    collect();
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(4 * 2 ** 20);
    expect(backend.runs).toBe(10_000);
    expect(backend.loads).toBeLessThanOrEqual(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6);
    expect(median(times.slice(-2000))).toBeLessThan(3 * median(times.slice(1000, 3000)));
    expect(await toArray(w)).toSatisfy((values: number[]) =>
      values.every((value, index) => Math.abs(value - index - 1) < 0.01),
    );
  });
});

describe('debugPrint outside traces', () => {
  it('prints once, when the tensor is computed', async () => {
    const lines: string[] = [];
    const x = debugPrint(exp(tensor([0, 0])), 'x', { print: (line) => lines.push(line) });
    const [a, b] = [add(x, 1), mul(x, 3)];
    expect(lines).toEqual([]);
    await toArray(a);
    await toArray(b);
    expect(lines).toEqual(['x: float32[2] [1, 1]']);
  });
});
