import {
  Variable,
  add,
  concat,
  debugPrint,
  exp,
  formatShape,
  full,
  grad,
  item,
  jit,
  matmul,
  mul,
  printGraph,
  scan,
  spec,
  square,
  stack,
  sum,
  tensor,
  toArray,
  trace,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { foldIn, key, normal, split } from '@gai/core/random';
import { describe, expect, it } from 'vitest';
import { useCountingBackend } from './counted.ts';
import { unrolled } from './unrolled.ts';

const backend = await useCountingBackend();

const cumulate = (carry: Tensor, x: Tensor) => [add(carry, x), mul(carry, x)] as const;

describe('scan', () => {
  it('carries over and stacks, outside a trace and compiled', async () => {
    const f = (init: Tensor, xs: Tensor): [Tensor, Tensor] => scan(cumulate, init, xs);
    for (const run of [f, jit(f)]) {
      const [total, products] = await run(tensor(1), tensor([1, 2, 3]));
      expect(await item(total)).toBe(7);
      expect(await toArray(products)).toEqual([1, 4, 12]);
    }
  });

  it('goes backwards, and keeps the order of the results', async () => {
    const [total, products] = scan(cumulate, tensor(1), tensor([1, 2, 3]), { reverse: true });
    expect(await item(total)).toBe(7);
    expect(await toArray(products)).toEqual([6, 8, 3]);
  });

  it('takes trees, numbers and dtypes of all kinds', async () => {
    const [carry, ys] = scan(
      (
        { count, seen, rest }: { count: Tensor; seen: Tensor; rest: null },
        [x, { flag }]: [Tensor, { flag: Tensor }],
      ) => [
        { count: add(count, flag), seen: concat([seen, mul(x, 1)]).shape.length === 1 ? add(seen, x) : seen, rest },
        { half: mul(x, 0.5), nothing: null, flags: [flag, 7] },
      ],
      { count: tensor(0, { dtype: 'int32' }), seen: tensor([0, 0]), rest: null },
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        { flag: tensor([true, false]) },
      ],
    );
    expect([await toArray(carry.count), await toArray(carry.seen), carry.rest]).toEqual([1, [4, 6], null]);
    expect(await toArray(ys.half)).toEqual([
      [0.5, 1],
      [1.5, 2],
    ]);
    expect(ys.nothing).toBeNull();
    expect(await toArray(ys.flags[0] as Tensor)).toEqual([true, false]);
    expect(await toArray(ys.flags[1] as unknown as Tensor)).toEqual([7, 7]);
  });

  it('needs no sequence if the number of steps is given, and no carry', async () => {
    const [last, powers] = scan((x: Tensor, _: null) => [mul(x, 2), x], tensor(1), null, { length: 5 });
    expect([await item(last), await toArray(powers)]).toEqual([32, [1, 2, 4, 8, 16]]);
    const [nothing, squares] = scan((_: null, x: Tensor) => [null, square(x)] as const, null, tensor([1, 2, 3]));
    expect([nothing, await toArray(squares)]).toEqual([null, [1, 4, 9]]);
    const [end] = scan((x: Tensor, _: null) => [add(x, 1), null] as const, tensor(0), null, {
      length: 3,
      reverse: true,
    });
    expect(await item(end)).toBe(3);
    expect(scan(() => [null, null] as const, null, null, { length: 3 })).toEqual([null, null]);
  });

  it('makes no step over an empty sequence', async () => {
    const [last, ys] = scan(cumulate, tensor(5), tensor([]));
    expect([await item(last), await toArray(ys)]).toEqual([5, []]);
  });

  it('uses tensors, variables and values that are computed outside', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    const f = (x: Tensor, xs: Tensor): Tensor => {
      const hidden = exp(x);
      return scan((carry: Tensor, step: Tensor) => [add(carry, mul(mul(hidden, w), step)), null] as const, w, xs)[0];
    };
    const compiled = jit((x: Tensor, xs: Tensor) => {
      const before = f(x, xs);
      w.assign(mul(w, 10));
      return { before, after: f(x, xs) };
    });
    const given = [tensor([0, 0]), tensor([1, 2])] as const;
    const lazy = f(...given);
    expect(await toArray(lazy)).toEqual([4, 8]);
    const { before, after } = await compiled(...given);
    expect([await toArray(before), await toArray(after), await toArray(w)]).toEqual([
      [4, 8],
      [40, 80],
      [10, 20],
    ]);
    const again = await compiled(...given);
    expect(await toArray(again.before)).toEqual([40, 80]);
    // What was built with the old value keeps it.
    expect(await toArray(lazy)).toEqual([4, 8]);
  });

  it('nests, and what the inner one uses may come from anywhere', async () => {
    const table = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const [total, sums] = scan(
      (carry: Tensor, row: Tensor) => {
        const [next, partial] = scan(
          (c: Tensor, x: Tensor) => [add(c, mul(x, carry)), add(c, sum(row))] as const,
          carry,
          row,
        );
        return [next, partial] as const;
      },
      tensor(1),
      table,
    );
    expect([await item(total), await toArray(sums)]).toEqual([
      112,
      [
        [7, 8, 10],
        [22, 50, 85],
      ],
    ]);
  });

  it('has random numbers from keys: sequences of them, or a counter folded into one', async () => {
    const root = key(3);
    const keys = split(root, 3);
    const [, drawn] = scan((_: null, one: Tensor) => [null, normal(one, [2])] as const, null, stack(keys));
    expect(await toArray(drawn)).toEqual(await Promise.all(keys.map((one) => toArray(normal(one, [2])))));
    const [, folded] = scan(
      (count: Tensor, _: null) => [add(count, 1), normal(foldIn(root, count), [2])] as const,
      tensor(0, { dtype: 'int32' }),
      null,
      { length: 3 },
    );
    expect(await toArray(folded)).toEqual(
      await Promise.all([0, 1, 2].map((count) => toArray(normal(foldIn(root, count), [2])))),
    );
  });

  it('takes any number of steps with one program where the size is symbolic, its gradient too', async () => {
    const f = jit(
      (w: Tensor, xs: Tensor) => {
        const loss = (v: Tensor): Tensor =>
          sum(scan((c: Tensor, x: Tensor) => [add(mul(c, v), x), c] as const, v, xs)[1]);
        return {
          value: loss(w),
          slope: grad(loss)(w),
          length: scan((c: Tensor, _: Tensor) => [add(c, 1), null] as const, tensor(0), xs)[0],
        };
      },
      { dynamicAxes: [null, ['steps']] },
    );
    backend.reset();
    for (const count of [1, 4, 9]) {
      const xs = tensor(Float32Array.from({ length: count }, (_, index) => index / 8));
      const { value, slope, length } = await f(tensor(0.5), xs);
      const loss = (w: Tensor): Tensor =>
        sum(unrolled((c: Tensor, x: Tensor) => [add(mul(c, w), x), c] as const, w, xs)[1]);
      expect(await item(value)).toBeCloseTo(await item(loss(tensor(0.5))), 5);
      expect(await item(slope)).toBeCloseTo(await item(grad(loss)(tensor(0.5))), 5);
      expect(await item(length)).toBe(count);
    }
  });

  it('may use a symbolic size that only the graph around knows', async () => {
    const f = jit(
      (x: Tensor) =>
        scan((count: Tensor, _: null) => [add(count, 1), full(x.shape, 2)] as const, tensor(0), null, { length: 2 })[1],
      { dynamicAxes: [['n']] },
    );
    expect(await toArray(await f(tensor([5, 6, 7])))).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
  });

  it('is one node whose graph does not grow with the number of steps', () => {
    const text = (length: number): string =>
      printGraph(
        trace(
          (xs: Tensor) =>
            grad((w: Tensor) => sum(scan((c: Tensor, x: Tensor) => [exp(mul(c, x)), c] as const, w, xs)[1]))(tensor(1)),
          [spec([length])],
        ),
      );
    expect(text(10).match(/ = scan\(/g)).toHaveLength(2);
    expect(text(100_000).length - text(10).length).toBeLessThan(200);
  });

  it('leaves out what nobody reads', async () => {
    const f = (x: Tensor): Tensor =>
      scan(
        ({ a, b }: { a: Tensor; b: Tensor }, step: Tensor) =>
          [{ a: add(a, step), b: matmul(b, b) }, exp(step)] as const,
        {
          a: tensor(0),
          b: tensor([
            [1, 0],
            [0, 1],
          ]),
        },
        x,
      )[0].a;
    const models: string[] = [];
    const load = backend.load.bind(backend);
    backend.load = (model: Uint8Array, options) => {
      models.push(new TextDecoder('latin1').decode(model));
      return load(model, options);
    };
    expect(await item(await jit(f)(tensor([1, 2])))).toBe(3);
    backend.load = load;
    expect(models[0]).toContain('Scan');
    expect(models[0]).not.toMatch(/MatMul|Gemm|Exp/);
  });

  it('computes what the gradient needs in the same loop, once', async () => {
    const f = jit((w: Tensor, xs: Tensor) => {
      const loss = (v: Tensor): Tensor =>
        sum(scan((c: Tensor, x: Tensor) => [exp(mul(c, mul(v, x))), c] as const, v, xs)[1]);
      return [loss(w), grad(loss)(w), grad(loss)(w)];
    });
    const graph = trace(
      (w: Tensor, xs: Tensor) =>
        grad((v: Tensor) => sum(scan((c: Tensor, x: Tensor) => [exp(mul(c, mul(v, x))), c] as const, v, xs)[1]))(w),
      [spec([]), spec([4])],
    );
    expect(printGraph(graph).match(/= exp\(/g)).toHaveLength(1);
    expect(await toArray((await f(tensor(0.5), tensor([1, 2])))[0]!)).toBeCloseTo(0.5 + Math.exp(0.25), 5);
  });

  it('refuses what it cannot do', () => {
    const xs = tensor([
      [1, 2],
      [3, 4],
    ]);
    const w = new Variable(tensor(1), 'w');
    const cases: [string, () => unknown][] = [
      ['no length', () => scan((c: Tensor) => [c, null] as const, tensor(1), null)],
      ['another length', () => scan(cumulate, tensor([0, 0]), xs, { length: 3 })],
      ['sequences that differ', () => scan((c: Tensor) => [c, null] as const, tensor(1), [xs, tensor([1, 2, 3])])],
      ['a scalar to step along', () => scan(cumulate, tensor(1), tensor(2))],
      ['a length that is none', () => scan((c: Tensor) => [c, null] as const, tensor(1), null, { length: -1 })],
      ['another shape', () => scan((c: Tensor, x: Tensor) => [concat([c, x]), null] as const, tensor([1]), xs)],
      [
        'another dtype',
        () =>
          scan(({ n }: { n: Tensor }) => [{ n: mul(n, 0.5) }, null] as const, { n: tensor(1, { dtype: 'int32' }) }, xs),
      ],
      ['another structure', () => scan(((c: Tensor) => [{ c }, null]) as never, tensor(1), xs)],
      ['no pair', () => scan(((c: Tensor) => c) as never, tensor(1), xs)],
      ['text', () => scan(((c: Tensor) => [c, 'y']) as never, tensor(1), xs)],
      ['an assignment', () => scan((c: Tensor) => (w.assign(c), [c, null] as const), tensor(1), xs)],
      ['an effect', () => scan((c: Tensor) => [debugPrint(c, 'c'), null] as const, tensor(1), xs)],
    ];
    const texts = cases.map(([what, run]) => `${what}: ${thrown(run)}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "no length: GraphError: scan: no number of steps. Got xs without tensors and no length; expected one of them. Pass { length }.
      another length: ShapeError: scan: the numbers of steps differ. Got xs [2,2]; expected 3 as first size, the length. Cut or pad it.
      sequences that differ: ShapeError: scan: the numbers of steps differ. Got xs[1] [3]; expected 2 as first size, as xs[0] has. Cut or pad it.
      a scalar to step along: ShapeError: scan: xs has no axis to step along. Got a scalar; expected at least one axis. Use a value that is the same in every step from outside the function.
      a length that is none: ShapeError: scan: not a size. Got [-1]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.
      another shape: ShapeError: scan: carry changes its type. Got float32 [3] after a step; expected float32 [1] as at the beginning. Cast or reshape it.
      another dtype: ShapeError: scan: carry.n changes its type. Got float32 [] after a step; expected int32 [] as at the beginning. Cast or reshape it.
      another structure: GraphError: scan: the carry changes its structure. Got {"c":*} after a step; expected * as at the beginning. Return every part of it.
      no pair: GraphError: scan: the function does not return a pair. Got a tensor; expected [carry, y]. Return null for no y.
      text: DataError: scan: not a tensor. Got y; expected a tensor, a number or a boolean. Make one with tensor(...).
      an assignment: GraphError: scan: 'step' assigns the variable 'w'. Got an assignment inside the function; expected none, since it may run any number of times. Return the new value, and assign it after scan.
      an effect: GraphError: scan: 'step' uses debugPrint. Got an effect inside the function; expected none, since it may run any number of times. Return the value, and look at it after scan."
    `);
  });

  it('refuses a tensor of a step after it, with the line', () => {
    let escaped: Tensor | undefined;
    scan((c: Tensor, x: Tensor) => [add(c, (escaped = mul(x, 2))), null] as const, tensor(0), tensor([1]));
    expect(thrown(() => add(escaped!, 1))).toMatch(
      /made inside .* is used after that function was traced\. It was made at .*scan\.test/,
    );
    expect(formatShape(escaped!.shape)).toBe('[]');
  });
});

function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing';
}
