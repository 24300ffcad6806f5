import {
  add,
  cast,
  compile,
  concat,
  explain,
  jit,
  matmul,
  mul,
  spec,
  sum,
  tensor,
  toArray,
  transpose,
  treeNode,
} from '@gai/core';
import type { Tensor, TreeNode, TreeParts } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';

await useCountingBackend();

const floats = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index + 1),
    { shape },
  );

/** Keys so far, one row per token; `window` decides nothing here but is part of the value. */
class Cache implements TreeNode {
  readonly keys: Tensor[];
  readonly window: number;

  constructor(keys: readonly unknown[], window: number) {
    this.keys = keys as Tensor[];
    this.window = window;
  }

  [treeNode](): TreeParts {
    return {
      children: { keys: this.keys, window: this.window },
      rebuild: (parts: { keys: unknown[]; window: number }) => new Cache(parts.keys, parts.window),
    };
  }
}

/** Scores of new rows against all so far, with a mask of [time, past+time], and the grown cache. */
function attend(x: Tensor, cache: Cache, mask: Tensor): { scores: Tensor; cache: Cache } {
  const keys = concat([cache.keys[0]!, x]); // [past+time, 2]
  return { scores: add(matmul(x, transpose(keys)), mask), cache: new Cache([keys], cache.window) };
}

const specs = {
  x: spec(['time', 2]),
  cache: new Cache([spec(['past', 2])], 7),
  mask: spec(['time', 'past + time']),
};

const plain = (x: number[][], keys: number[][], mask: number[][]): number[][] =>
  x.map((row, i) => [...keys, ...x].map((key, j) => row[0]! * key[0]! + row[1]! * key[1]! + mask[i]![j]!));

const inputs = (time: number, past: number): [Tensor, Cache, Tensor] => [
  floats(time, 2),
  new Cache([mul(floats(past, 2), 2)], 7),
  floats(time, past + time),
];

describe.each(['jit', 'compile'] as const)('%s with a tree of specs', (way) => {
  const make = async (): Promise<(...args: ReturnType<typeof inputs>) => Promise<ReturnType<typeof attend>>> =>
    way === 'jit' ? jit(attend, { specs }) : compile<ReturnType<typeof attend>>(attend, specs);

  it('compiles once for all sizes, with a class among arguments and results', async () => {
    const run = await make();
    for (const [time, past] of [
      [1, 3],
      [2, 1],
      [4, 4],
      [1, 0],
    ] as const) {
      const [x, cache, mask] = inputs(time, past);
      const { scores, cache: grown } = await run(x, cache, mask);
      const [rows, keys, masks] = await Promise.all([x, cache.keys[0]!, mask].map(toArray));
      expect(await toArray(scores)).toEqual(plain(rows as number[][], keys as number[][], masks as number[][]));
      expect(grown).toBeInstanceOf(Cache);
      expect([grown.window, grown.keys[0]!.shape]).toEqual([7, [past + time, 2]]);
    }
    // One program; the others are the reads of what the arguments are made from, one per size.
    if (way === 'jit') expect(explain(run as never).compiles).toBe(1);
  });

  it('refuses sizes that do not fit, with the numbers', async () => {
    const run = await make();
    const [x, cache] = inputs(2, 3);
    const message = async (...args: unknown[]): Promise<string> => {
      const error = await rejection((run as (...args: unknown[]) => Promise<unknown>)(...args));
      return `${error.name}: ${error.message}`.replace(way, 'WAY');
    };
    expect(await message(x, cache, floats(2, 4))).toBe(
      `ShapeError: WAY: 'mask' does not fit its spec. Got float32 [2,4]; expected float32 [time,past+time] with ` +
        `time = 2, past = 3. Reshape or cast it, or compile for another spec.`,
    );
    expect(await message(x, cache, floats(3, 5))).toMatch(/'mask' .* Got float32 \[3,5\]; .* with time = 2, past = 3/);
    expect(await message(floats(2, 3), cache, floats(2, 5))).toMatch(
      /'x' .* Got float32 \[2,3\]; expected float32 \[time,2\]\./,
    );
    expect(await message(cast(x, 'int32'), cache, floats(2, 5))).toMatch(/'x' .* Got int32 \[2,2\]; expected float32/);
    expect(await message(x, new Cache([floats(2)], 7), floats(2, 5))).toMatch(
      /'cache.keys\[0\]' .* Got float32 \[2\];/,
    );
    expect(await message(x, cache)).toBe(
      'ArgumentError: WAY: wrong number of arguments. Got 2; expected 3, one per entry of the specs (x, cache, mask). ' +
        'Pass them in the order of the specs.',
    );
    expect(await message(x, { keys: cache.keys, window: 7 }, floats(2, 5))).toMatch(
      /^ArgumentError: WAY: 'cache' has another structure than its spec\. Got {"keys":\[\*\],"window":\*}; expected Cache/,
    );
  });
});

describe('specs', () => {
  it('are one program for each value of what is no tensor, and for what they leave open', async () => {
    const f = jit(
      (x: Tensor, options: { by: number } | undefined, more: Tensor[]) => more.reduce(add, mul(x, options?.by ?? 1)),
      {
        specs: { x: spec(['n']), options: { by: 0 }, more: null },
      },
    );
    expect(await toArray(await f(floats(2), { by: 2 }, []))).toEqual([2, 4]);
    expect(await toArray(await f(floats(3), { by: 2 }, []))).toEqual([2, 4, 6]);
    expect(explain(f).compiles).toBe(1);
    expect(await toArray(await f(floats(2), { by: 3 }, []))).toEqual([3, 6]);
    expect(await toArray(await f(floats(2), { by: 3 }, [floats(1), floats(1)]))).toEqual([5, 8]);
    expect(explain(f).compiles).toBe(3);
  });

  it('take a number for a scalar, without compiling for its value', async () => {
    const f = jit((x: Tensor, by: Tensor | number) => mul(x, by), { specs: { x: spec(['n']), by: spec([]) } });
    expect(await toArray(await f(floats(2), 3))).toEqual([3, 6]);
    expect(await toArray(await f(floats(2), tensor(4)))).toEqual([4, 8]);
    expect(explain(f).compiles).toBe(1);
  });

  it('solve a name that only a sum holds, and compare sums whose names nothing tells', async () => {
    const f = jit((x: Tensor, y: Tensor) => add(sum(x), sum(y)), {
      specs: { x: spec(['n']), y: spec(['n + 2*m', 'm']) },
    });
    await f(floats(1), floats(7, 3));
    const odd = await rejection(f(floats(1), floats(6, 3)));
    expect(odd.message).toMatch(
      /'y' does not fit .* Got float32 \[6,3\]; expected float32 \[2\*m\+n,m\] with m = 3, n = 1/,
    );
    const g = jit((x: Tensor, y: Tensor) => add(x, y), { specs: { x: spec(['a+b']), y: spec(['a+b']) } });
    expect(await toArray(await g(floats(2), floats(2)))).toEqual([2, 4]);
    expect((await rejection(g(floats(2), floats(3)))).message).toMatch(
      /'y' .* Got float32 \[3\]; expected float32 \[a\+b\] with a\+b = 2/,
    );
    const h = jit((x: Tensor) => sum(x), { specs: { x: spec(['2*n']) } });
    expect((await rejection(h(floats(3)))).message).toMatch(
      /'x' does not fit its spec\. Got float32 \[3\]; expected float32 \[2\*n\]\./,
    );
  });

  it('are not given beside names of axes', () => {
    expect(() => jit((x: Tensor) => x, { specs: { x: spec(['n']) }, dynamicAxes: [['n']] })).toThrow(
      'jit: sizes are named twice. Got specs and dynamicAxes; expected one of them. Name the sizes in the specs.',
    );
  });

  it('of a compiled function fix what is no tensor', async () => {
    const run = await compile((x: Tensor, { by }: { by: number }) => mul(x, by), {
      x: spec(['n']),
      options: { by: 2 },
    });
    expect(await toArray((await run(floats(2), { by: 2 })) as Tensor)).toEqual([2, 4]);
    expect(await toArray((await run(floats(2))) as Tensor)).toEqual([2, 4]);
    expect((await rejection(run(floats(2), { by: 3 }))).message).toBe(
      "compile: 'options.by' is another value than in the specs. Got 3; expected 2, for which the function is compiled. " +
        'Compile for this value, too, or describe it with spec([]).',
    );
    await run.dispose();
  });
});
