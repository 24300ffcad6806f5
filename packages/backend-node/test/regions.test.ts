import {
  Variable,
  add,
  concat,
  exp,
  expand,
  grad,
  item,
  jit,
  mul,
  printGraph,
  reshape,
  spec,
  sum,
  tensor,
  toArray,
  trace,
} from '@gai/core';
import type { Graph, Tensor } from '@gai/core';
import { bindAll, regionGradient, traceRegion } from '@gai/core/ops';
import type { OpDef } from '@gai/core/ops';
import { describe, expect, it } from 'vitest';
import { rejection } from './backends.ts';
import { useCountingBackend } from './counted.ts';

const backend = await useCountingBackend();

/** `condition ? then(...captured) : otherwise(...captured)`, as an author of ops would write it. */
const ifOp: OpDef = {
  kind: 'op',
  name: 'if',
  infer: ([, first]) => first,
  vjp: null,
  onnx: (b, inputs, { regions: [yes, no] }) => {
    const captured = inputs.slice(1);
    return b.node('If', [inputs[0]], { then_branch: { graph: yes!, captured }, else_branch: { graph: no!, captured } });
  },
};

type Branch = (...captured: Tensor[]) => Tensor;

function choose(condition: Tensor, captured: Tensor[], yes: Branch, no: Branch): Tensor {
  const types = captured.map(({ shape, dtype }) => spec(shape, dtype));
  const regions: Graph[] = [trace(yes as never, types), trace(no as never, types)];
  return bindAll(ifOp, [condition, ...captured], {}, regions)[0]!;
}

/** Its region, written in place; result `i` has the type of operand `like[i]`. */
const callOp: OpDef<{ like: readonly number[] }> = {
  kind: 'op',
  name: 'call',
  infer: (inputs, { like }) => like.map((index) => ({ dtype: inputs[index]!.dtype, shape: inputs[index]!.shape })),
  vjp: (dys, { inputs, outputs }) => {
    const like = inputs.map((_, index) => index);
    const places = outputs.map((_, index) => index);
    const region = outputs[0].node.regions[0]!;
    const { graph, captured } = regionGradient(region, { op: 'call', outputs: places, inputs: like });
    const shifted = like.map((index) => index + captured.length);
    return bindAll(callOp, [...captured, ...inputs, ...dys], { like: shifted }, [graph]);
  },
  onnx: (b, inputs, { regions: [body] }) => b.inline(body!, inputs),
};

function call(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const request = { op: 'call', name: 'body', inputs: [{ name: 'x', dtype: x.dtype, shape: x.shape }] };
  const { graph, captured } = traceRegion(request, ([inner]) => [fn(inner!)]);
  return bindAll(callOp, [...captured, x], { like: [captured.length] }, [graph])[0]!;
}

describe('an op with regions, through the public door', () => {
  it('runs the branch that holds, outside a trace and compiled', async () => {
    const f = (c: Tensor, x: Tensor, y: Tensor): Tensor =>
      choose(
        c,
        [x, y],
        (a, b) => add(mul(a, 2), b),
        (a) => a,
      );
    const compiled = jit(f);
    for (const [condition, expected] of [
      [true, [12, 14]],
      [false, [1, 2]],
    ] as const) {
      const given = [tensor(condition), tensor([1, 2]), tensor([10, 10])] as const;
      expect(await toArray(f(...given))).toEqual(expected);
      expect(await toArray(await compiled(...given))).toEqual(expected);
    }
  });

  it('has captured values that are computed outside, variables and constants', async () => {
    const w = new Variable(tensor([5, 5]), 'w');
    const f = jit((c: Tensor, x: Tensor) => {
      const hidden = exp(x);
      const chosen = choose(
        c,
        [hidden, w.value],
        (h, v) => mul(h, add(v, [1, 2].length)),
        (h) => add(h, 0.5),
      );
      w.assign(add(w, 1));
      return { chosen, hidden };
    });
    const first = await f(tensor(true), tensor([0, 0]));
    expect([await toArray(first.chosen), await toArray(first.hidden)]).toEqual([
      [7, 7],
      [1, 1],
    ]);
    expect(await toArray((await f(tensor(true), tensor([0, 0]))).chosen)).toEqual([8, 8]);
    expect(await toArray((await f(tensor(false), tensor([0, 0]))).chosen)).toEqual([1.5, 1.5]);
  });

  it('nests', async () => {
    const inner = (c: Tensor, x: Tensor): Tensor =>
      choose(
        c,
        [x],
        (a) => mul(a, 10),
        (a) => mul(a, 100),
      );
    const f = jit((c: Tensor, d: Tensor, x: Tensor) =>
      choose(
        c,
        [x, d],
        (a, e) => inner(e, a),
        (a) => a,
      ),
    );
    const run = async (c: boolean, d: boolean): Promise<number> => item(await f(tensor(c), tensor(d), tensor(2)));
    expect([await run(true, true), await run(true, false), await run(false, true)]).toEqual([20, 200, 2]);
  });

  it('knows symbolic sizes of the graph around it', async () => {
    const doubled = (x: Tensor): Tensor => reshape(expand(reshape(x, [1, ...x.shape]), [2, ...x.shape]), [-1]);
    const f = jit(
      (c: Tensor, x: Tensor) =>
        sum(
          choose(
            c,
            [concat([x, x])],
            (a) => add(a, 1),
            (a) => add(mul(a, 0), sum(doubled(a))),
          ),
        ),
      {
        dynamicAxes: [null, ['n']],
      },
    );
    for (const n of [2, 5]) {
      const ones = tensor(new Float32Array(n).fill(1));
      expect(await item(await f(tensor(true), ones))).toBe(4 * n);
      expect(await item(await f(tensor(false), ones))).toBe(8 * n * n);
    }
  });

  it('compiles again for other regions, not for the same', async () => {
    const f = (factor: number) =>
      choose(
        tensor(true),
        [tensor([1])],
        (a) => mul(a, factor),
        (a) => a,
      );
    backend.reset();
    await toArray(f(3));
    await toArray(f(3));
    expect(backend.loads).toBe(1);
    expect(await toArray(f(4))).toEqual([4]);
    expect(backend.loads).toBe(2);
  });

  it('is printed with its regions', () => {
    const graph = trace(
      (c: Tensor, x: Tensor) =>
        choose(
          c,
          [x],
          function double(a) {
            return mul(a, 2);
          },
          function same(a) {
            return a;
          },
        ),
      [spec([], 'bool'), spec(['n'])],
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph function(arg[0]: bool[], arg[1]: float32[n]) {
        %0 = input arg[0] : bool[]
        %1 = input arg[1] : float32[n]
        %2 = if(%0, %1) : float32[n]
          graph double(arg[0]: float32[n]) {
            %0 = input arg[0] : float32[n]
            %1 = constant 2 : float32[]
            %2 = mul(%0, %1) : float32[n]
            return %2
          }
          graph same(arg[0]: float32[n]) {
            %0 = input arg[0] : float32[n]
            return %0
          }
        return %2
      }"
    `);
  });

  it('refuses a region that takes a value from outside past its inputs', async () => {
    const outside = tensor([1, 2]);
    const stolen = choose(
      tensor(true),
      [tensor([1, 2])],
      (a) => add(a, outside),
      (a) => a,
    );
    expect((await rejection(toArray(stolen))).message).toMatch(/^internal: .*reaches node \d+ \(host\)/);
    const f = jit((c: Tensor, x: Tensor) => {
      const hidden = exp(x);
      return add(
        hidden,
        choose(
          c,
          [x],
          (a) => add(a, hidden),
          (a) => a,
        ),
      );
    });
    expect((await rejection(f(tensor(true), outside))).message).toMatch(/^internal: .*(reaches|is not an input)/);
  });

  it('captures by itself what is used from outside, and has the gradient of its region', async () => {
    const w = new Variable(tensor([5, 6]), 'w');
    const f = (x: Tensor): Tensor => {
      const hidden = exp(x);
      return sum(call((a) => mul(mul(a, a), mul(w, hidden)), x));
    };
    const direct = (x: Tensor): Tensor => sum(mul(mul(x, x), mul(w, exp(x))));
    const at = tensor([1, 2]);
    expect(await item(f(at))).toBeCloseTo(await item(direct(at)), 4);
    const second = (fn: typeof f) => grad((x: Tensor) => sum(grad(fn)(x)));
    for (const derive of [grad, second]) {
      const expected = (await toArray(derive(direct)(at))) as number[];
      for (const found of [derive(f)(at), await jit((x: Tensor) => derive(f)(x))(at)]) {
        ((await toArray(found)) as number[]).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 3));
      }
    }
  });

  it('has no gradient if it says so', async () => {
    const slope = grad((x: Tensor) =>
      mul(
        x,
        choose(
          tensor(true),
          [x],
          (a) => mul(a, a),
          (a) => a,
        ),
      ),
    );
    expect(await item(slope(tensor(3)))).toBe(9);
  });
});
