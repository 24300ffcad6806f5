import {
  Variable,
  add,
  compile,
  concat,
  data,
  evaluate,
  exp,
  explain,
  guard,
  item,
  jit,
  matmul,
  mean,
  mul,
  reshape,
  setDefaultBackend,
  spec,
  sub,
  sum,
  tensor,
  toArray,
  treeNode,
} from '@gai/core';
import type { Tensor, TreeNode, TreeParts } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';
import { countingBackend } from './counting.ts';

const backend = await useCountingBackend();

const floats = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
    { shape },
  );

describe('a compiled function', () => {
  it('takes and gives instances of classes that say their parts', async () => {
    class Counter implements TreeNode {
      readonly total: Tensor;
      readonly by: number;
      constructor(total: Tensor, by: number) {
        this.total = total;
        this.by = by;
      }
      [treeNode](): TreeParts {
        const { total, by } = this;
        return {
          children: { total, by },
          rebuild: (parts: { total: Tensor; by: number }) => new Counter(parts.total, parts.by),
        };
      }
      next(): Counter {
        return new Counter(add(this.total, this.by), this.by);
      }
    }
    const next = jit((counter: Counter) => counter.next());
    const once = await next(new Counter(tensor([1, 2]), 10));
    expect(once).toBeInstanceOf(Counter);
    const twice = await next(once);
    expect(await toArray(twice.total)).toEqual([21, 22]);
    expect(explain(next).compiles).toBe(1);
    expect(await toArray((await next(new Counter(tensor([1, 2]), 1))).total)).toEqual([2, 3]);
    expect(explain(next).compiles).toBe(2);
  });

  it('is traced and compiled once, and is one run a call', async () => {
    let traced = 0;
    const f = jit((x: Tensor, { w, bias }: { w: Tensor; bias: Tensor[] }) => {
      traced += 1;
      return { y: add(matmul(x, w), bias[0]!), total: sum(x) };
    });
    const weights = { w: floats(2, 2), bias: [floats(2)] };
    for (const row of [
      [1, 2],
      [3, 4],
    ]) {
      const { y, total } = await f(tensor([row]), weights);
      expect(await toArray(y)).toEqual([[2 * row[1]!, row[0]! + 3 * row[1]! + 1]]);
      expect(await item(total)).toBe(row[0]! + row[1]!);
    }
    expect(traced).toBe(1);
    expect([backend.loads, backend.runs]).toEqual([1, 2]);
  });

  it('returns trees with numbers, text and captured tensors where they were', async () => {
    const outside = tensor([7]);
    const f = jit((x: Tensor) => ({ same: x, twice: [x, x], outside, label: 'a', size: x.shape[0], none: null }));
    const result = await f(tensor([1, 2]));
    expect(result).toMatchObject({ label: 'a', size: 2, none: null });
    expect(await Promise.all([result.same, ...result.twice, result.outside].map(toArray))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [7],
    ]);
  });

  it('may return no tensor at all', async () => {
    expect(await jit(() => 3)()).toBe(3);
    expect(await jit((x: Tensor) => void mul(x, 2))(tensor(1))).toBeUndefined();
    expect(backend.runs).toBe(0);
  });

  it('computes lazy arguments first, and gives results that are read without a run', async () => {
    const f = jit((x: Tensor) => mul(x, 2));
    const y = await f(exp(tensor([0, 0])));
    backend.reset();
    expect(await data(y)).toEqual(Float32Array.of(2, 2));
    expect(backend.runs).toBe(0);
  });

  it('shares its session with another function of the same structure, and both know its size', async () => {
    const [f, g] = [1, 2].map(() => jit((x: Tensor) => mul(exp(exp(x)), 3)));
    await f!(tensor([1]));
    await g!(tensor([1]));
    expect(backend.loads).toBe(1);
    for (const fn of [f!, g!])
      expect(explain(fn).programs[0]).toMatchObject({ nodes: 3, bytes: expect.any(Number) as number });
    expect(explain(g!).programs[0]!.bytes).toBeGreaterThan(50);
  });

  it('is compiled anew after its backend was replaced by another', async () => {
    const f = jit((x: Tensor) => mul(x, 2));
    const old = await countingBackend();
    setDefaultBackend(old);
    await f(tensor([1]));
    await old.dispose();
    setDefaultBackend(backend);
    expect(await toArray(await f(tensor([1])))).toEqual([2]);
    expect(explain(f).compiles).toBe(2);
  });

  it('is not called inside another', async () => {
    const inner = jit(function inner(x: Tensor) {
      return mul(x, 2);
    });
    const compiled = await compile((x: Tensor) => mul(x, 2), { x: spec([]) });
    // Nobody waits for what is called here: were it a promise that fails, the process would end.
    for (const call of [inner, compiled, (x: Tensor) => inner.run([x])]) {
      const outer = jit((x: Tensor) => {
        void call(x);
        return mul(x, 2);
      });
      expect((await rejection(outer(tensor(1)))).message).toContain('is called inside a traced function');
    }
    await compiled.dispose();
  });

  it('fails with what its function throws, and works again', async () => {
    let broken = true;
    const f = jit((x: Tensor) => {
      if (broken) throw new RangeError('mine');
      return mul(x, 2);
    });
    expect((await rejection(f(tensor([1])))).message).toBe('mine');
    expect(explain(f)).toMatchObject({ calls: 1, compiles: 0, lastMiss: undefined });
    broken = false;
    expect(await toArray(await f(tensor([1])))).toEqual([2]);
  });
});

describe('the key', () => {
  it('has structure, dtypes, sizes and other arguments', async () => {
    const f = jit((x: { a: Tensor; b?: Tensor }, scale: number, mode: string) =>
      mode === 'twice' ? mul(x.a, 2 * scale) : mul(x.b ?? x.a, scale),
    );
    const miss = async (...args: Parameters<typeof f>): Promise<string> => {
      const { compiles } = explain(f);
      await f(...args);
      const after = explain(f);
      return after.compiles === compiles ? 'hit' : after.lastMiss!;
    };
    const a = tensor([1, 2]);
    expect([
      await miss({ a }, 3, 'once'),
      await miss({ a: tensor([8, 9]) }, 3, 'once'),
      await miss({ a }, 4, 'once'),
      await miss({ a }, 4, 'twice'),
      await miss({ a, b: a }, 4, 'twice'),
      await miss({ a: floats(3), b: a }, 4, 'twice'),
      await miss({ a: tensor([1, 2, 3], { dtype: 'int32' }), b: a }, 4, 'twice'),
      await miss({ b: a, a }, 4, 'twice'),
    ]).toMatchInlineSnapshot(`
      [
        "first call",
        "hit",
        "argument [1] was number 3, now number 4",
        "argument [2] was "once", now "twice"",
        "the structure of the arguments was [{"a":*},*,*], now [{"a":*,"b":*},*,*]",
        "argument [0].a was float32[2], now float32[3]",
        "argument [0].a was float32[3], now int32[3]",
        "hit",
      ]
    `);
    expect(explain(f)).toMatchObject({ name: 'function', calls: 8, compiles: 6 });
  });

  it('has what the function looks at outside: guards, and a text of the caller', async () => {
    const module = { training: true };
    let version = 'a';
    const f = jit(
      (x: Tensor) => {
        guard(() => String(module.training));
        return module.training ? mul(x, 2) : x;
      },
      { key: () => version },
    );
    const run = async (): Promise<number> => item(await f(tensor(3)));
    expect(await run()).toBe(6);
    module.training = false;
    expect(await run()).toBe(3);
    expect(explain(f).lastMiss).toBe('a value that the function depends on has changed');
    module.training = true;
    expect(await run()).toBe(6);
    expect(explain(f).compiles).toBe(2);
    version = 'b';
    await run();
    expect(explain(f).lastMiss).toBe('the key was a, now b');
  });

  it('keeps at most 64 programs', async () => {
    const f = jit((x: Tensor, n: number) => (n < 0 ? x : mul(x, 2)));
    for (let n = 0; n < 70; n++) await f(tensor(1), n);
    expect(explain(f).programs).toHaveLength(64);
    expect(backend.loads).toBeLessThanOrEqual(1);
  });
});

describe('values from outside', () => {
  it('a tensor is an input, not baked in: large ones too, and uploaded once', async () => {
    const weight = floats(400, 4);
    const f = jit((x: Tensor) => matmul(x, weight));
    for (let call = 0; call < 3; call++) await f(floats(1, 400));
    expect(explain(f).programs[0]!.bytes).toBeLessThan(1000);
    expect(backend.uploads).toBe(1);
    expect(backend.loads).toBe(1);
  });

  it('a variable has its value of the moment, without compiling again', async () => {
    const w = new Variable(tensor([1, 2]));
    const f = jit((x: Tensor) => mul(x, w));
    expect(await toArray(await f(tensor(1)))).toEqual([1, 2]);
    w.assign(add(w, 10));
    expect(await toArray(await f(tensor(1)))).toEqual([11, 12]);
    expect(explain(f).compiles).toBe(1);
  });

  it('a number is frozen', async () => {
    let factor = 2;
    const f = jit((x: Tensor) => mul(x, factor));
    expect(await item(await f(tensor(1)))).toBe(2);
    factor = 3;
    expect(await item(await f(tensor(1)))).toBe(2);
  });

  it('a lazy tensor is computed once for all calls', async () => {
    const table = exp(exp(floats(3)));
    const f = jit((x: Tensor) => add(x, table));
    for (let call = 0; call < 3; call++) await f(tensor(1));
    expect(backend.runs).toBe(1 + 3);
  });

  it('data of more than 1 KB made inside is refused', async () => {
    const f = jit(function embed(x: Tensor) {
      return add(x, floats(257));
    });
    expect((await rejection(f(tensor(1)))).message).toContain("1028 bytes of data inside the traced function 'embed'");
  });
});

describe('dynamic axes', () => {
  it('do not compile again', async () => {
    const f = jit(
      (x: Tensor, y: Tensor) => ({
        flat: reshape(mul(x, 2), [-1]), // [batch·time]
        both: concat([x, mul(y, 10)], { axis: 0 }), // [2·batch, time]
        centered: sub(x, mean(x, { axis: 0, keepDims: true })),
        count: sum(reshape(x, [-1, 1]), { axis: 1 }),
      }),
      {
        dynamicAxes: [
          ['batch', 'time'],
          ['batch', 'time'],
        ],
      },
    );
    const check = async (batch: number, time: number): Promise<void> => {
      const { flat, both, centered } = await f(floats(batch, time), floats(batch, time));
      expect((await data(flat)).length).toBe(batch * time);
      expect(both.shape).toEqual([2 * batch, time]);
      expect(centered.shape).toEqual([batch, time]);
    };
    await check(2, 3);
    await check(1, 1);
    await check(5, 2);
    expect(explain(f).compiles).toBe(1);
    expect(backend.loads).toBe(1);
    // A mean of nothing has no kernel: an empty batch has a program of its own, once.
    await check(0, 3);
    await check(0, 3);
    expect(explain(f).compiles).toBe(2);
  });

  it('of one name have one size', async () => {
    const f = jit((x: Tensor, y: Tensor) => add(x, y), { dynamicAxes: [['batch'], ['batch']] });
    expect((await rejection(f(floats(2), floats(3)))).message).toMatchInlineSnapshot(
      `"jit: the size 'batch' differs between arguments. Got 2 in argument [0] and 3 in argument [1]; expected one size. Give the axes different names."`,
    );
    expect(await toArray(await f(floats(2), floats(2)))).toEqual([0, 2]);
  });

  it('are the leading ones; null and what follows stay fixed', async () => {
    const f = jit((x: Tensor, y: Tensor) => [sum(x), y], { dynamicAxes: [[null, 'time'], null] });
    for (const [n, t, k] of [
      [2, 3, 1],
      [2, 7, 1],
      [4, 3, 1],
      [2, 3, 2],
    ] as const)
      await f(floats(n, t), floats(k));
    expect(explain(f).compiles).toBe(3);
  });

  it('a size used as a number is refused, with what to do', async () => {
    const f = jit((x: Tensor) => mul(x, 1 / (x.shape[0] as number)), { dynamicAxes: [['batch']] });
    expect((await rejection(f(floats(2)))).message).toMatchInlineSnapshot(
      `"dim: a size that is known only when the graph runs is used as a number. Got 'batch'; expected a number. Compute with dimAdd, dimMul and the like, pass -1 to reshape, or give the axis a fixed size."`,
    );
  });
});

describe('one call', () => {
  it('may be aborted before it begins', async () => {
    const f = jit((x: Tensor) => mul(x, 2));
    expect((await rejection(f.run([tensor(1)], { signal: AbortSignal.abort() }))).name).toBe('AbortError');
    expect(backend.runs).toBe(0);
    expect(await item((await f.run([tensor(1)])).result)).toBe(2);
  });

  it('costs little beside the run', async () => {
    const f = jit((x: Tensor[]) => x.reduce((a, b) => add(a, b)));
    const inputs = Array.from({ length: 50 }, () => floats(2));
    await evaluate(...inputs);
    await f(inputs);
    const times: number[] = [];
    for (let call = 0; call < 300; call++) {
      const begin = performance.now();
      await f(inputs);
      times.push(performance.now() - begin);
    }
    expect(times.toSorted((a, b) => a - b)[100]!).toBeLessThan(3);
  });
});
