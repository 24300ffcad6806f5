import { describe, expect, it } from 'vitest';
import { dim, dimMul } from '../dim.ts';
import { hasValues } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add, mul, pow, sub } from '../ops/elementwise.ts';
import { split } from '../ops/movement.ts';
import { reshape, sum } from '../ops/structural.ts';
import { bind, bindAll } from '../trace/bind.ts';
import { constant, tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import { structureOf } from './structure.ts';

const keyOf = (...outputs: Tensor[]): string => structureOf({ name: 'g', inputs: [], outputs }, hasValues);
const traceKey = (graph: Graph): string => structureOf(graph, hasValues);
const x = tensor([1, 2]);
const y = tensor([3, 4]);

describe('structureOf', () => {
  it('is a line a node', () => {
    expect(keyOf(add(mul(x, 2), x))).toMatchInlineSnapshot(`
      "host:float32[2]
      host:float32[]
      mul(0.0 1.0)
      add(2.0 0.0)
      => 3.0"
    `);
  });

  it('is the same for other values of the same shape', () => {
    const step = (rate: number, data: Tensor): string => keyOf(sub(data, mul(rate, data)));
    expect(step(0.1, x)).toBe(step(0.2, tensor([7, 8])));
  });

  it('differs wherever the computation does', () => {
    const twiceOp = (): OpDef => ({ kind: 'op', name: 'twice', infer: ([a]) => a, vjp: null, onnx: null });
    const region = (factor: number): Graph => trace((a: Tensor) => mul(a, factor), [spec([])]);
    const withRegion = (factor: number): Tensor => bindAll(twiceOp(), [x], {}, [region(factor)])[0]!;
    const [first, second] = split(tensor([1, 2]), 2);
    const different = [
      keyOf(add(x, y)),
      keyOf(sub(x, y)),
      keyOf(sub(x, x)),
      keyOf(add(x, y), add(x, y)),
      keyOf(add(x, tensor([1]))),
      keyOf(add(tensor([1, 2], { dtype: 'float64' }), tensor([3, 4], { dtype: 'float64' }))),
      keyOf(add(x, constant([3, 4]))),
      keyOf(add(x, constant([3, 5]))),
      keyOf(add(x, constant([3, 4, 5, 6]).shape[0] === 4 ? constant([[3, 4]]) : x)),
      keyOf(constant(-0)),
      keyOf(constant(0)),
      keyOf(first!),
      keyOf(second!),
      keyOf(second!, first!),
      keyOf(sum(tensor([[1, 2]]), { axis: 0 })),
      keyOf(sum(tensor([[1, 2]]), { axis: 1 })),
      keyOf(withRegion(2)),
      keyOf(withRegion(3)),
      keyOf(bind(twiceOp(), [x], {})),
      traceKey(trace((a: Tensor) => reshape(a, [-1]), [spec(['b', 't'])])),
      traceKey(trace((a: Tensor) => reshape(a, [-1]), [spec(['t', 'b'])])),
      traceKey(trace((a: Tensor, b: Tensor) => pow(a, b), [spec([]), spec([])])),
      traceKey(trace((a: Tensor, b: Tensor) => pow(b, a), [spec([]), spec([])])),
      traceKey(trace((a: Tensor) => a, [spec([dimMul(dim('b'), 2)])])),
    ];
    expect(new Set(different).size).toBe(different.length);
  });

  it('tells two ops of one name apart', () => {
    const make = (): OpDef => ({ kind: 'op', name: 'mine', infer: ([a]) => a, vjp: null, onnx: null });
    const [one, other] = [make(), make()];
    expect(keyOf(bind(one, [x], {}))).not.toBe(keyOf(bind(other, [x], {})));
    expect(keyOf(bind(one, [x], {}))).toBe(keyOf(bind(one, [y], {})));
  });

  it('tells large tables apart by every byte', () => {
    const table = (at: number): Tensor => {
      const data = new Float32Array(5000);
      data[at] = 1;
      return constant(data);
    };
    const keys = [table(0), table(1), table(4999), constant(new Float32Array(5000))].map((leaf) => keyOf(leaf));
    expect(new Set(keys).size).toBe(4);
    expect(keyOf(table(1))).toBe(keys[1]);
  });

  it('gives settings of every kind a spelling of their own', () => {
    const op: OpDef<{ value: unknown }> = { kind: 'op', name: 'set', infer: ([a]) => a, vjp: null, onnx: null };
    const values = [1, '1', true, 'true', null, undefined, 'null', [1], [[1]], [1, 1], dim('n'), 'n', 0, -0, NaN];
    expect(new Set(values.map((value) => keyOf(bind(op, [x], { value })))).size).toBe(values.length);
    expect(keyOf(bind(op, [x], { value: () => 1 }))).toBe(keyOf(bind(op, [x], { value: () => 2 })));
  });
});
