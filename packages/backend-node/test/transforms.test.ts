import {
  add,
  backward,
  customVjp,
  dispose,
  exp,
  grad,
  item,
  jit,
  jvp,
  matmul,
  mean,
  minimum,
  mul,
  onesLike,
  pow,
  setDefaultBackend,
  sin,
  square,
  stopGradient,
  sub,
  sum,
  tensor,
  toArray,
  topK,
  valueAndGrad,
  Variable,
  vjp,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { rejection } from './backends.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const double = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'float64' });
const read = async (x: Tensor): Promise<number[]> => ([await toArray(x)] as unknown[]).flat(8) as number[];

describe('grad', () => {
  it('is the slope, and the slope of the slope', async () => {
    const cube = (x: Tensor): Tensor => mul(x, mul(x, x));
    expect(await item(grad(cube)(tensor(2)))).toBe(12);
    expect(await item(grad(grad(cube))(tensor(2)))).toBe(12);
    expect(await item(grad(grad(grad(cube)))(tensor(2)))).toBe(6);
    expect(await item(grad(grad(grad(grad(cube))))(tensor(2)))).toBe(0);
  });

  it('has the structure of the argument, and zeros where nothing depends on it', async () => {
    const loss = (p: { w: Tensor; layers: { b: Tensor }[]; unused: Tensor }, x: Tensor): Tensor =>
      sum(square(add(matmul(x, p.w), p.layers[0]!.b)));
    const parameters = { w: double([[1], [2]]), layers: [{ b: double([1]) }], unused: double([3, 4]) };
    const [value, slopes] = valueAndGrad(loss)(parameters, double([[1, 1]]));
    expect(await item(value)).toBe(16);
    expect([await read(slopes.w), await read(slopes.layers[0]!.b), await read(slopes.unused)]).toEqual([
      [8, 8],
      [8],
      [0, 0],
    ]);
  });

  it('takes the argument by position', async () => {
    const f = (a: Tensor, k: number, b: Tensor): Tensor => sum(mul(mul(a, k), b));
    expect(await read(grad(f, { argument: 2 })(tensor([1, 2]), 3, tensor([5, 6])))).toEqual([3, 6]);
    const [, slope] = valueAndGrad(f, { argument: 0 })(tensor([1, 2]), 3, tensor([5, 6]));
    expect(await read(slope)).toEqual([15, 18]);
  });

  it('takes several arguments, in the order asked for', async () => {
    const f = (a: Tensor, k: number, p: { b: Tensor }): Tensor => sum(mul(mul(a, k), p.b));
    const given = [tensor([1, 2]), 3, { b: tensor([5, 6]) }] as const;
    const [db, da] = grad(f, { argument: [2, 0] })(...given);
    expect([await read(da), await read(db.b)]).toEqual([
      [15, 18],
      [3, 6],
    ]);
    const [value, slopes] = valueAndGrad(f, { argument: [0] })(...given);
    expect([await item(value), slopes.length, await read(slopes[0])]).toEqual([51, 1, [15, 18]]);
    expect(grad(f, { argument: [] })(...given)).toEqual([]);
  });

  it('hands on what the function returns besides its value', async () => {
    const f = (x: Tensor, scale: Tensor) => {
      const hidden = mul(x, scale);
      return [sum(square(hidden)), { hidden, label: 'a' }] as const;
    };
    const [slope, aux] = grad(f, { hasAux: true })(tensor([1, 2]), tensor(3));
    expect([await read(slope), await read(aux.hidden), aux.label]).toEqual([[18, 36], [3, 6], 'a']);
    const [[value, { hidden }], [dx, ds]] = valueAndGrad(f, { argument: [0, 1], hasAux: true })(
      tensor([1, 2]),
      tensor(3),
    );
    expect([await item(value), await read(hidden), await read(dx), await item(ds)]).toEqual([45, [3, 6], [18, 36], 30]);
    const compiled = jit((x: Tensor) => grad(f, { hasAux: true })(x, tensor(3)));
    expect(await read((await compiled(tensor([1, 2])))[1].hidden)).toEqual([3, 6]);
  });

  it('sums over what was broadcast, and over every use', async () => {
    const f = (b: Tensor): Tensor =>
      sum(
        mul(
          add(
            double([
              [1, 2],
              [3, 4],
            ]),
            b,
          ),
          b,
        ),
      );
    expect(await read(grad(f)(double([1, 1])))).toEqual([8, 10]);
    expect(await item(grad(f)(tensor(1, { dtype: 'float64' })))).toBe(18);
  });

  it('works inside a compiled function, around one argument and with dynamic sizes', async () => {
    const step = jit((w: Tensor, x: Tensor) => grad((v: Tensor) => mean(square(matmul(x, v))))(w), {
      dynamicAxes: [null, ['batch']],
    });
    for (const rows of [
      [[1, 0]],
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
    ]) {
      const slope = await read(await step(tensor([[1], [1]]), tensor(rows)));
      const expected = [0, 1].map(
        (column) => (2 / rows.length) * rows.reduce((total, row) => total + (row[0]! + row[1]!) * row[column]!, 0),
      );
      expect(slope).toEqual(expected.map(Math.fround));
    }
  });

  it('keeps inner and outer variables apart', async () => {
    const f = (x: Tensor): Tensor => mul(x, grad((y: Tensor) => mul(x, mul(y, y)))(x));
    expect(await item(grad(f)(tensor(3)))).toBe(6 * 9);
  });

  it('of a variable is of its value', async () => {
    const w = new Variable(tensor([1, 2]));
    expect(await read(grad((x: Tensor) => sum(square(x)))(w))).toEqual([2, 4]);
    const f = jit((x: Tensor) => {
      w.assign(mul(w, 10));
      return grad((v: Tensor) => sum(mul(square(v), x)))(w);
    });
    expect(await read(await f(tensor(1)))).toEqual([20, 40]);
  });

  it('refuses what has no gradient', async () => {
    const f = (x: Tensor): Tensor => sum(x);
    const refusals: [string, () => unknown][] = [
      ['a vector', () => grad((x: Tensor) => mul(x, 2))(tensor([1, 2]))],
      ['integers', () => grad(f)(tensor([1], { dtype: 'int32' }))],
      ['a number', () => grad(f as (x: unknown) => Tensor)(3)],
      [
        'a number in a tree',
        () => grad((p: { w: Tensor; rate: number }) => mul(p.w, p.rate))({ w: tensor(1), rate: 2 }),
      ],
      ['an integer result', () => grad((x: Tensor) => topK(x, 1).indices)(tensor([1, 2]))],
      ['no result', () => grad((() => undefined) as never as () => Tensor)()],
      ['no tensor as result', () => grad((() => 3) as never as (x: Tensor) => Tensor)(tensor(1))],
      ['an argument that is not there', () => grad(f, { argument: 1 as 0 })(tensor(1))],
      ['one of several that is not there', () => grad(f, { argument: [0, 1 as 0] })(tensor(1))],
      ['no pair', () => grad(f as never, { hasAux: true })(tensor(1) as never)],
      ['half an argument', () => grad(f, { argument: 0.5 as 0 })(tensor(1))],
    ];
    const texts = refusals.map(([what, run]) => `${what}: ${thrown(run)}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "a vector: ShapeError: grad: the function does not return a scalar. Got [2]; expected []. Reduce it with sum or mean, or use vjp.
      integers: DTypeError: grad: cannot take a gradient with respect to argument. Got int32; expected a float tensor. Wrap numbers with tensor(...), and pass what is not trained as another argument.
      a number: DTypeError: grad: cannot take a gradient with respect to argument. Got number; expected a float tensor. Wrap numbers with tensor(...), and pass what is not trained as another argument.
      a number in a tree: DTypeError: grad: cannot take a gradient with respect to argument.rate. Got number; expected a float tensor. Wrap numbers with tensor(...), and pass what is not trained as another argument.
      an integer result: GraphError: grad: the result is not a float. Got int32 [1]; expected a floating-point dtype.
      no result: GraphError: grad: no such argument. Got argument 0 of a call with 0; expected 0 to -1.
      no tensor as result: GraphError: grad: the function returns no tensor. Got number; expected one tensor. Return the loss itself.
      an argument that is not there: GraphError: grad: no such argument. Got argument 1 of a call with 1; expected 0 to 0.
      one of several that is not there: GraphError: grad: no such argument. Got argument 1 of a call with 1; expected 0 to 0.
      no pair: GraphError: grad: the function does not return a pair. Got a tensor; expected [value, aux] because of hasAux. Return both, or leave hasAux out.
      half an argument: GraphError: grad: no such argument. Got argument 0.5 of a call with 1; expected 0 to 0."
    `);
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

describe('stopGradient', () => {
  it('is the value without its slope', async () => {
    const f = (x: Tensor): Tensor => mul(x, stopGradient(mul(x, x)));
    expect(await item(f(tensor(3)))).toBe(27);
    expect(await item(grad(f)(tensor(3)))).toBe(9);
    expect(await item(grad(grad(f))(tensor(3)))).toBe(0);
    expect(await item(grad((x: Tensor) => stopGradient(x))(tensor(3)))).toBe(0);
  });
});

describe('vjp', () => {
  const f = (x: Tensor, y: Tensor): { product: Tensor; sums: Tensor[] } => ({
    product: mul(x, y),
    sums: [sum(x), sum(y)],
  });

  it('pulls cotangents of every result back to every argument', async () => {
    const { value, pullback } = vjp(f, double([1, 2]), double([3, 4]));
    expect(await read(value.product)).toEqual([3, 8]);
    const [dx, dy] = pullback({
      product: double([1, 10]),
      sums: [tensor(100, { dtype: 'float64' }), tensor(0, { dtype: 'float64' })],
    });
    expect([await read(dx), await read(dy)]).toEqual([
      [103, 140],
      [1, 20],
    ]);
  });

  it('can be pulled back after the value was read, also more than once', async () => {
    const { value, pullback } = vjp((x: Tensor) => exp(sin(mul(x, x))), double([0.5, 1]));
    const before = await read(value);
    const slope = (x: number): number => Math.exp(Math.sin(x * x)) * Math.cos(x * x) * 2 * x;
    for (const factor of [1, -2]) {
      const [dx] = pullback(double([factor, factor]));
      expect(
        allClose(
          await read(dx),
          [0.5, 1].map((x) => factor * slope(x)),
          1e-12,
        ),
      ).toBe(true);
    }
    expect(await read(value)).toEqual(before);
  });

  it('can be pulled back after what it was computed with was read and let go', async () => {
    let inner!: Tensor;
    const { value, pullback } = vjp((x: Tensor) => ((inner = exp(x)), mul(inner, inner)), double([0]));
    await read(inner);
    await read(value);
    const [dx] = pullback(double([1]));
    expect(await read(dx)).toEqual([2]);
  });

  it('refuses cotangents of another structure, shape or dtype', () => {
    const { pullback } = vjp(f, tensor([1, 2]), tensor([3, 4]));
    const fine = { product: tensor([1, 1]), sums: [tensor(1), tensor(1)] };
    expect(thrown(() => pullback({ ...fine, product: tensor([1]) }))).toMatchInlineSnapshot(
      `"ShapeError: vjp: the (co)tangent does not fit. Got float32 [1]; expected float32 [2] as leaf 0 of 3. Give one tensor for each."`,
    );
    expect(thrown(() => pullback({ ...fine, sums: [] }))).toContain('Got 1 leaves');
    expect(thrown(() => pullback({ ...fine, product: double([1, 1]) }))).toContain(
      'Got float64 [2]; expected float32 [2]',
    );
  });
});

describe('backward', () => {
  it('goes from tensors to tensors of a graph that exists', async () => {
    const w = tensor([1, 2]);
    const hidden = mul(w, 3);
    const loss = sum(square(hidden));
    const [dw, dHidden, none] = backward([loss], [onesLike(loss)], [w, hidden, tensor(1)]);
    expect(none).toBeUndefined();
    // A tensor asked for is where the way back ends.
    expect(dw).toBeUndefined();
    const [whole] = backward([loss], [onesLike(loss)], [w]);
    expect([await read(dHidden!), await read(whole!)]).toEqual([
      [6, 12],
      [18, 36],
    ]);
  });

  it('refuses a graph that was read away, instead of finding no gradient', async () => {
    const w = tensor([1, 2]);
    const loss = sum(square(w));
    const outer = mul(loss, 2);
    await item(loss);
    expect(thrown(() => backward([outer], [onesLike(outer)], [w]))).toContain('backward: no way leads back');
    expect(thrown(() => backward([loss], [onesLike(loss)], [w]))).toMatchInlineSnapshot(
      `"GraphError: backward: no way leads back to a tensor, but a value of 'reshape' on the way was read, and how it was computed is forgotten then. Got a value; expected a graph. Take the gradient before reading, or use valueAndGrad."`,
    );
  });
});

describe('backward of variables', () => {
  it('means their values outside traces, and themselves inside', async () => {
    const w = new Variable(tensor([1, 2]), 'w');
    const loss = sum(square(w));
    expect(await read(backward([loss], [onesLike(loss)], [w])[0]!)).toEqual([2, 4]);
    const step = jit(() => {
      const inner = sum(square(w));
      const [slope] = backward([inner], [onesLike(inner)], [w]);
      w.assign(sub(w, mul(slope!, 0.5)));
      return slope!;
    });
    expect(await read(await step())).toEqual([2, 4]);
    expect(await read(w)).toEqual([0, 0]);
  });
});

describe('customVjp', () => {
  const clippedIdentity = customVjp(
    (x: Tensor) => mul(x, 1),
    (dy) => [minimum(dy, 1)],
  );

  it('has the gradient it is given', async () => {
    expect(await item(clippedIdentity(tensor(4)))).toBe(4);
    expect(await item(grad((x: Tensor) => mul(5, clippedIdentity(x)))(tensor(2)))).toBe(1);
    expect(await item(grad((x: Tensor) => mul(0.5, clippedIdentity(x)))(tensor(2)))).toBe(0.5);
  });

  it('gives the rule inputs and output, takes null, and is differentiated again through the rule', async () => {
    const cube = customVjp(
      (x: Tensor, k: Tensor) => mul(k, pow(x, 3)),
      (dy, { inputs: [x, k], output }) => [mul(dy, mul(k!, mul(3, square(x!)))), output.shape.length === 0 ? null : dy],
    );
    const f = (x: Tensor): Tensor => cube(x, 2);
    expect(await item(grad(f)(tensor(2)))).toBe(24);
    expect(await item(grad(grad(f))(tensor(2)))).toBe(24);
    expect(await item(grad((x: Tensor, k: Tensor) => cube(x, k), { argument: 1 })(tensor(2), tensor(5)))).toBe(0);
    const [, change] = jvp((x: Tensor) => f(x), [tensor(2)], [tensor(10)]);
    expect(await item(change)).toBe(240);
  });

  it('works compiled, and adds nothing to the graph', async () => {
    const step = jit(grad((x: Tensor) => sum(mul(clippedIdentity(x), tensor([0.5, 7])))));
    expect(await read(await step(tensor([1, 1])))).toEqual([0.5, 1]);
  });

  it('refuses cotangents that do not fit', () => {
    const wrongShape = customVjp(
      (x: Tensor) => sum(x),
      (dy) => [dy],
    );
    const tooMany = customVjp(
      (x: Tensor) => mul(x, 2),
      (dy) => [dy, dy],
    );
    expect(thrown(() => grad((x: Tensor) => wrongShape(x))(tensor([1, 2])))).toMatchInlineSnapshot(
      `"ShapeError: customVjp: the rule's cotangents do not fit. Got []; expected [2]. Give each argument one of its shape, or null."`,
    );
    expect(thrown(() => grad((x: Tensor) => tooMany(x))(tensor(1)))).toContain('Got [], []; expected []');
  });
});

describe('gradients and memory', () => {
  it('gradients that were read can be freed one by one', async () => {
    const slopes = grad((p: { a: Tensor; b: Tensor }) => sum(mul(p.a, p.b)))({ a: tensor([1, 2]), b: tensor([3, 4]) });
    expect([await read(slopes.a), await read(slopes.b)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    dispose(slopes);
    expect((await rejection(toArray(add(slopes.a, 0)))).name).toMatch(/Error/);
  });
});
