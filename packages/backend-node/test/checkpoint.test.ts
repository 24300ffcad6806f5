import {
  Variable,
  add,
  backward,
  checkpoint,
  debugPrint,
  exp,
  grad,
  item,
  jit,
  matmul,
  mul,
  onesLike,
  scan,
  setDefaultBackend,
  sigmoid,
  sin,
  spec,
  square,
  sum,
  tanh,
  tensor,
  toArray,
  trace,
} from '@gai/core';
import type { Graph, Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';
import { runProgram } from './programs/run.ts';

let backend: NodeBackend;
beforeAll(async () => {
  backend = await nodeBackend({ device: 'cpu', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const double = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'float64' });
const read = async (x: Tensor): Promise<number[]> => ([await toArray(x)] as unknown[]).flat(8) as number[];

const block = ({ w }: { w: Tensor }, x: Tensor): Tensor => add(x, mul(sigmoid(tanh(matmul(tanh(x), w))), 0.1));

function deep(layer: typeof block, depth: number): (w: Tensor, x: Tensor) => Tensor {
  return (w, x) => {
    let h = x;
    for (let index = 0; index < depth; index++) h = layer({ w }, h);
    return sum(square(h));
  };
}

describe('checkpoint', () => {
  const at = [
    double([
      [0.5, -0.3],
      [0.2, 0.7],
    ]),
    double([[1, 2]]),
  ] as const;
  const both = { argument: [0, 1] } as const;

  it('has the same value, gradients and second derivatives', async () => {
    const [plain, again] = [deep(block, 3), deep(checkpoint(block), 3)];
    expect(await item(again(...at))).toBe(await item(plain(...at)));
    const second =
      (f: typeof plain) =>
      (w: Tensor, x: Tensor): Tensor =>
        grad(f, both)(w, x)
          .map((one) => sum(sin(one)))
          .reduce((a, b) => add(a, b));
    for (const [a, b] of [
      [plain, again],
      [second(plain), second(again)],
    ] as const) {
      const expected = await jit((...args: [Tensor, Tensor]) => grad(a, both)(...args))(...at);
      const [eager, compiled] = [
        grad(b, both)(...at),
        await jit((...args: [Tensor, Tensor]) => grad(b, both)(...args))(...at),
      ];
      for (const index of [0, 1] as const) {
        const wanted = await read(expected[index]);
        expect(allClose(await read(eager[index]), wanted, 1e-12)).toBe(true);
        expect(allClose(await read(compiled[index]), wanted, 1e-12)).toBe(true);
      }
    }
  });

  it('keeps less: the most bytes alive at a time grow with what goes from block to block only', () => {
    const types = [spec([16, 16]), spec([64, 16])];
    const peak = (layer: typeof block, depth: number): number =>
      peakBytes(trace((w: Tensor, x: Tensor) => grad(deep(layer, depth))(w, x), types));
    const grown = (layer: typeof block): number => (peak(layer, 12) - peak(layer, 4)) / 8 / (64 * 16 * 4);
    // In tensors of the size of x, for one more block: its input, against all that its gradient reads.
    expect(grown(block)).toBeGreaterThanOrEqual(3);
    expect(grown(checkpoint(block))).toBeLessThan(1.5);
  });

  it('keeps less in the runtime too', async () => {
    const [kept, again] = await Promise.all(
      ['keep', 'again'].map(
        (way) => runProgram('checkpoint-memory.ts', way) as Promise<{ peak: number; slope: number }>,
      ),
    );
    expect(again!.slope).toBeCloseTo(kept!.slope, 2);
    expect(again!.peak).toBeLessThan(0.6 * kept!.peak);
  });

  it('hands on what is no tensor, and takes tensors and variables from outside', async () => {
    const w = new Variable(double([2, 3]), 'w');
    const scaled = checkpoint((x: Tensor, options: { power: number; label: string }) => ({
      y: mul(exp(mul(x, w)), options.power),
      label: options.label,
    }));
    const step = jit((x: Tensor) => {
      const { y, label } = scaled(x, { power: 2, label: 'a' });
      const loss = sum(square(y));
      const [dw, dx] = backward([loss], [onesLike(loss)], [w, x]);
      w.assign(add(w, 1));
      return { dw: dw!, dx: dx!, label };
    });
    const { dw, dx, label } = await step(double([0.1, 0.2]));
    const slope = (w: number, x: number): number => 8 * Math.exp(2 * w * x);
    expect(allClose(await read(dw), [0.1 * slope(2, 0.1), 0.2 * slope(3, 0.2)], 1e-12)).toBe(true);
    expect(allClose(await read(dx), [2 * slope(2, 0.1), 3 * slope(3, 0.2)], 1e-12)).toBe(true);
    expect(label).toBe('a');
    const constant = checkpoint(() => exp(w));
    expect(await read(grad((x: Tensor) => sum(mul(constant(), x)))(double([0, 0])))).toEqual(await read(exp(w)));
  });

  it('does not do effects twice, and assigns variables once', async () => {
    const printed: string[] = [];
    const count = new Variable(tensor(0), 'count');
    const f = checkpoint((x: Tensor) => {
      count.assign(add(count, 1));
      return exp(debugPrint(mul(x, 2), 'x', { print: (text) => printed.push(text) }));
    });
    expect(await item(await jit(grad((x: Tensor) => f(x)))(tensor(0)))).toBe(2);
    expect(printed).toHaveLength(1);
    expect(await item(count)).toBe(1);
  });

  it('is the body of a scan: only the carries are kept for every step', async () => {
    const f =
      (wrap: (fn: typeof step) => typeof step) =>
      (w: Tensor): Tensor =>
        sum(
          square(
            scan(
              (h: Tensor, x: Tensor) => [wrap(step)(w, h, x), null] as const,
              double([[0.1, 0.2]]),
              double([[[1, 2]], [[3, 4]], [[5, 6]]] as never),
            )[0],
          ),
        );
    const step = (w: Tensor, h: Tensor, x: Tensor): Tensor => tanh(add(matmul(sin(tanh(matmul(h, w))), w), x));
    const plain = (fn: typeof step): typeof step => fn;
    expect(allClose(await read(grad(f(checkpoint))(at[0])), await read(grad(f(plain))(at[0])), 1e-12)).toBe(true);
    const kept = (wrap: typeof plain): number => {
      const graph = trace((w: Tensor) => grad(f(wrap))(w), [spec([2, 2], 'float64')]);
      return Math.max(...nodesOf(graph).map((node) => (node.op?.name === 'scan' ? node.outputs.length : 0)));
    };
    expect(kept(checkpoint)).toBeLessThan(kept(plain));
  });
});

function nodesOf({ outputs }: Graph): Tensor['node'][] {
  const order: Tensor['node'][] = [];
  const seen = new Set<Tensor['node']>();
  const visit = (node: Tensor['node']): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const input of node.inputs) visit(input.node);
    order.push(node);
  };
  for (const output of outputs) visit(output.node);
  return order;
}

/** The most bytes alive at a time if nodes run in the order of the graph, operands before users, each freed after its last use. */
function peakBytes(graph: Graph): number {
  const order = nodesOf(graph);
  /** What a tensor stands for: nodes that only mark a place hold nothing. */
  const source = (tensor: Tensor): Tensor => {
    const { op, inputs } = tensor.node;
    if (op?.alias !== undefined) return source(inputs[op.alias(tensor.index, inputs.length)]!);
    return op?.name === 'remat' ? source(inputs[tensor.index]!) : tensor;
  };
  const lastUse = new Map<Tensor, number>();
  order.forEach((node, at) => node.inputs.forEach((input) => lastUse.set(source(input), at)));
  for (const output of graph.outputs) lastUse.set(source(output), order.length);
  const bytes = (tensor: Tensor): number => 4 * (tensor.shape as number[]).reduce((a, b) => a * b, 1);
  let alive = 0;
  let most = 0;
  order.forEach((node, at) => {
    const made = node.outputs.filter((output) => source(output) === output && node.op !== null);
    alive += made.reduce((total, output) => total + bytes(output), 0);
    most = Math.max(most, alive);
    const freed = [...new Set([...made, ...node.inputs.map(source)])].filter(
      (tensor) => tensor.node.op !== null && (lastUse.get(tensor) ?? at) === at,
    );
    alive -= freed.reduce((total, tensor) => total + bytes(tensor), 0);
  });
  return most;
}
