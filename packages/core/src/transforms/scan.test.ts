import { describe, expect, it } from 'vitest';
import { cpuCapabilities, webgpuCapabilities } from '../backend/providers.ts';
import { GaiError } from '../errors.ts';
import type { Graph } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import type { Tensor } from '../ir/tensor.ts';
import { nativeTarget } from '../lowering/target.ts';
import { emit } from '../onnx/emit.ts';
import { tanh } from '../ops/activation.ts';
import { add, mul } from '../ops/elementwise.ts';
import { matmul } from '../ops/linalg.ts';
import { sum } from '../ops/structural.ts';
import { spec, trace } from '../trace/trace.ts';
import { checkpoint } from './checkpoint.ts';
import { grad } from './grad.ts';
import { scan } from './scan.ts';

const step = (carry: Tensor, x: Tensor) => [tanh(add(carry, x)), mul(carry, x)] as const;
const traced = (length: number | string): Graph =>
  trace((init: Tensor, xs: Tensor) => scan(step, init, xs), [spec([2]), spec([length, 2])]);

const TARGETS = {
  cpu: nativeTarget({ provider: 'cpu', capabilities: cpuCapabilities }),
  wasm: nativeTarget({ provider: 'wasm', capabilities: cpuCapabilities }),
  webgpu: nativeTarget({ provider: 'webgpu', capabilities: webgpuCapabilities }),
};

function write(graph: Graph, provider: keyof typeof TARGETS): { nodes: number; text: string } {
  const target = TARGETS[provider];
  const names = (list: readonly Tensor[], prefix: string): string[] => list.map((_, index) => `${prefix}${index}`);
  const { bytes, nodes } = emit({
    graph,
    inputNames: names(graph.inputs, 'i'),
    outputNames: names(graph.outputs, 'o'),
    target,
  });
  return { nodes, text: new TextDecoder('latin1').decode(bytes) };
}

describe('scan as ONNX', () => {
  it('is one Scan, however many steps there are', () => {
    const few = write(traced(3), 'cpu');
    const many = write(traced(1_000_000), 'wasm');
    expect(few.text).toContain('Scan');
    expect(many.nodes).toBe(few.nodes);
    expect(write(traced('time'), 'cpu').nodes).toBe(few.nodes);
  });

  it('is written step by step where there are no loops, up to 64 steps', () => {
    const unrolled = [3, 4].map((length) => write(traced(length), 'webgpu'));
    expect(unrolled[0]!.text).not.toContain('Scan');
    // The names of the ONNX nodes.
    expect(unrolled.map(({ text }) => new Set(text.match(/tanh_\d+/g)).size)).toEqual([3, 4]);
    expect(write(traced(64), 'webgpu').text).not.toContain('Scan');
  });

  it('refuses more, by name and before there is a session', () => {
    expect(() => write(traced(65), 'webgpu')).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: scan: webgpu has no loops, so the steps are written out one by one. Got 65 steps; expected a fixed number of at most 64. Fix the length, cut the sequence, or run it on cpu or wasm.]`,
    );
    const refusal = (): unknown => {
      try {
        return write(traced('time'), 'webgpu');
      } catch (error) {
        return GaiError.isInstance(error) && [error.code, error.op, error.details];
      }
    };
    expect(refusal()).toEqual(['BACKEND', 'scan', { operator: 'Scan', provider: 'webgpu', length: 'time' }]);
  });
});

describe('the graph of a scan', () => {
  it('shows the body, with what it uses from outside as inputs', () => {
    const graph = trace(
      (w: Tensor, xs: Tensor) => scan((carry: Tensor, x: Tensor) => [add(carry, mul(w, x)), null] as const, w, xs)[0],
      [spec([]), spec(['n'])],
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph function(arg[0]: float32[], arg[1]: float32[n]) {
        %0 = input arg[0] : float32[]
        %1 = input arg[1] : float32[n]
        %2 = scan(%0, %0, %1){constants: 1, carries: 1, length: n, reverse: false, steps: []} : float32[]
          graph step(captured[0]: float32[], carry: float32[], x: float32[]) {
            %0 = input carry : float32[]
            %1 = input captured[0] : float32[]
            %2 = input x : float32[]
            %3 = mul(%1, %2) : float32[]
            %4 = add(%0, %3) : float32[]
            return %4
          }
        return %2
      }"
    `);
  });

  it('has one loop more for the gradient, after which products of matrices are made of all steps at once', () => {
    const loss = (w: Tensor, h: Tensor, xs: Tensor): Tensor =>
      sum(scan((carry: Tensor, x: Tensor) => [tanh(add(matmul(carry, w), x)), null] as const, h, xs)[0]);
    const text = printGraph(trace(grad(loss), [spec([2, 2]), spec([1, 2]), spec([7, 1, 2])]));
    expect(text.match(/ = scan\(/g)).toHaveLength(2);
    expect(text).toContain('reverse: true');
    expect(text).not.toContain('sum[');
    expect(text.split('\n').at(-3)).toMatch(/matmul\(.*transposeA: true.* : float32\[2,2\]$/);
  });

  it('keeps a checkpointed body as one value for each step', () => {
    const deep = (carry: Tensor, x: Tensor): Tensor => tanh(tanh(tanh(tanh(add(carry, x)))));
    const results = (body: typeof deep): number => {
      const graph = trace(
        (init: Tensor, xs: Tensor) =>
          grad((h: Tensor) => sum(scan((c: Tensor, x: Tensor) => [body(c, x), null] as const, h, xs)[0]))(init),
        [spec([2]), spec([9, 2])],
      );
      return printGraph(graph)
        .match(/(%\d+\.\d+, )*%\d+\.\d+(?= = scan)/)![0]
        .split(',').length;
    };
    expect([results(deep), results(checkpoint(deep))]).toEqual([5, 2]);
  });
});
