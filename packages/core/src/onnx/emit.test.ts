import { describe, expect, it } from 'vitest';
import { decodeModel, listNodes } from '../../test/decode-model.ts';
import { messageOf } from '../../test/message-of.ts';
import { dim, dimAdd, dimFloorDiv, dimMul } from '../dim.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { PORTABLE, nativeTarget } from '../lowering/target.ts';
import { add, mul, neg } from '../ops/elementwise.ts';
import { split } from '../ops/movement.ts';
import { expand, reshape, stopGradient, sum } from '../ops/structural.ts';
import { bindAll } from '../trace/bind.ts';
import { constant } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import { emit } from './emit.ts';

const write = (graph: Graph, names: Partial<{ inputs: string[]; outputs: string[] }> = {}) => {
  const { bytes, nodes, sources } = emit({
    graph,
    inputNames: names.inputs ?? graph.inputs.map((_, index) => `x${index}`),
    outputNames: names.outputs ?? graph.outputs.map((_, index) => `y${index}`),
    target: PORTABLE,
  });
  return { ...decodeModel(bytes), nodes, sources };
};
const lines = (graph: Graph): string => listNodes(write(graph).graph);

/** An op that needs a later operator set than most. */
const dequantize: OpDef = {
  kind: 'op',
  name: 'dequantize',
  infer: ([, { dtype }, { shape }]) => ({ dtype, shape: [shape[0]!, 4] }),
  vjp: null,
  onnx: (b, inputs) => {
    b.requires(21);
    return b.node('DequantizeLinear', inputs, { axis: 1, block_size: 2 });
  },
};

describe('the operator set', () => {
  const graph = trace(
    function packed(x: Tensor, scale: Tensor, zero: Tensor) {
      return bindAll(dequantize, [x, scale, zero], {})[0];
    },
    [spec([2, 4], 'uint8'), spec([2, 2]), spec([2, 2], 'uint8')],
  );

  it('is the highest that an op needs', () => {
    const { model } = write(graph);
    expect(model).toMatchObject({ irVersion: 10n });
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 21n]]);
  });

  it('is refused by name where the target does not take it', () => {
    const target = nativeTarget({ provider: 'old', capabilities: { opset: 20 } });
    const names = { inputNames: ['x', 's', 'z'], outputNames: ['y'] };
    expect(
      messageOf(() => emit({ graph, ...names, target })).replace(/made at .*?(?=; expected)/, 'made at …'),
    ).toMatchInlineSnapshot(
      `"BackendError: dequantize: needs ONNX operator set 21. Got old, which takes at most 20, made at …; expected one that takes 21. Use another backend, or compute it another way."`,
    );
  });
});

describe('emit', () => {
  it('writes header, borders and nodes', () => {
    const graph = trace(
      function layer(x: Tensor, y: Tensor) {
        return { sum: add(x, y), twice: mul(x, 2) };
      },
      [spec(['n', 3]), spec([3])],
    );
    const { model, graph: written, nodes } = write(graph);
    expect(model).toMatchObject({ irVersion: 9n, producerName: 'gai' });
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 20n]]);
    expect(written.name).toBe('layer');
    expect(written.input.map(({ name }) => name)).toEqual(['x0', 'x1']);
    expect(written.output.map(({ name }) => name)).toEqual(['y0', 'y1']);
    expect(nodes).toBe(2);
    expect(lines(graph)).toMatchInlineSnapshot(`
      "y0 = Add(x0, x1)
      y1 = Mul(x0, c_1)"
    `);
  });

  it('names graph outputs at their producers, and copies only where it must', () => {
    const graph = trace(
      (x: Tensor) => {
        const twice = neg(x);
        return [twice, twice, x, stopGradient(twice), neg(twice), constant([1, 2])];
      },
      [spec([2])],
    );
    expect(lines(graph)).toMatchInlineSnapshot(`
      "y0 = Neg(x0)
      y4 = Neg(y0)
      y1 = Identity(y0)
      y2 = Identity(x0)
      y3 = Identity(y0)
      y5 = Identity(c_2)"
    `);
  });

  it('removes nodes that only mark a place', () => {
    expect(lines(trace((x: Tensor) => neg(stopGradient(stopGradient(x))), [spec([2])]))).toBe('y0 = Neg(x0)');
  });

  it('writes equal small constants once, and tells −0 and dtypes apart', () => {
    const graph = trace((x: Tensor) => add(add(add(x, 2), 2), add(mul(x, 0), mul(x, -0))), [spec([2])]);
    expect(write(graph).graph.initializer).toHaveLength(3);
    const dtypes = trace((x: Tensor) => [add(x, 1), add(constant(1, { dtype: 'int32' }), 1)], [spec([])]);
    expect(
      write(dtypes)
        .graph.initializer.map(({ dataType }) => dataType)
        .sort(),
    ).toEqual([1, 6]);
  });

  it('computes symbolic sizes from the inputs, each once', () => {
    const graph = trace(
      (x: Tensor, bias: Tensor) => {
        const flat = reshape(x, [-1, 4]); // [batch·time, 4]
        return add(reshape(flat, x.shape), expand(bias, [...x.shape]));
      },
      [spec(['batch', 'time', 4]), spec([4])],
    );
    expect(lines(graph)).toMatchInlineSnapshot(`
      "Shape_0 = Shape(x0)
      Shape_1 = Shape(x0)
      Mul_2 = Mul(Shape_0, Shape_1)
      Concat_4 = Concat(Mul_2, c_3)
      Reshape_5 = Reshape(x0, Concat_4)
      Concat_6 = Concat(Shape_0, Shape_1, c_3)
      Reshape_7 = Reshape(Reshape_5, Concat_6)
      Expand_8 = Expand(x1, Concat_6)
      y0 = Add(Reshape_7, Expand_8)"
    `);
  });

  it('for a backend reshapes once what is reshaped again and again, and writes nothing that nobody reads', () => {
    const chain = (x: Tensor): Tensor[] => {
      const flat = reshape(x, [-1]);
      return [reshape(reshape(flat, [4, 3]), [2, 6]), neg(reshape(reshape(flat, [3, 4]), [12, 1]))];
    };
    const target = nativeTarget({ provider: 'mine', capabilities: { loops: true } });
    const written = (graph: Graph): { text: string; nodes: number } => {
      const { bytes, nodes } = emit({ graph, inputNames: ['x'], outputNames: ['y', 'z'], target });
      return { text: listNodes(decodeModel(bytes).graph), nodes };
    };
    const { text, nodes } = written(trace(chain, [spec([2, 2, 3])]));
    expect(text).toMatchInlineSnapshot(`
      "y = Reshape(x, c_4)
      Reshape_9 = Reshape(x, c_8)
      z = Neg(Reshape_9)"
    `);
    expect(nodes).toBe(3);
    const kept = written(trace((x: Tensor) => [reshape(x, [-1]), reshape(reshape(x, [-1]), [4, 3])], [spec([2, 6])]));
    expect(kept).toMatchObject({ nodes: 2, text: expect.stringContaining('y = Reshape(x') as string });
  });

  it('takes a composed size from the axis that has it, and refuses a name that no axis has alone', () => {
    const two = dimMul(dim('n'), 2);
    expect(lines(trace((x: Tensor) => reshape(x, [3, two]), [spec([two, 3])]))).toContain('Shape(x0)');
    const half = trace((x: Tensor) => reshape(x, [2, dim('n')]), [spec([two])]);
    expect(() => lines(half)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: export: the size 'n' cannot be found when the graph runs. Got no input with an axis of that size; expected one, since the graph computes with it. Give an input an axis named 'n', as in spec(['n', …]).]`,
    );
  });

  it('rounds sizes down, also below zero, where ONNX divides toward zero', () => {
    const n = dim('n');
    const graph = trace(
      (x: Tensor, y: Tensor) => expand(sum(x), [dimFloorDiv(dimAdd(n, -5), 2), ...y.shape]),
      [spec(['n']), spec([1])],
    );
    expect(lines(graph)).toMatch(/Mod\(.*\n.*Sub\(.*\n.*Div\(/);
  });

  it('keeps clear of the names it is given', () => {
    const graph = trace((x: Tensor, y: Tensor) => neg(add(neg(x), neg(y))), [spec([2]), spec([2])]);
    const { graph: written } = write(graph, { inputs: ['Neg_0', 'Add_1'], outputs: ['Neg_2'] });
    const made = written.node.flatMap(({ output }) => output);
    expect(new Set([...made, 'Neg_0', 'Add_1']).size).toBe(made.length + 2);
    expect(made).toContain('Neg_2');
  });

  it('tells for each ONNX node which node of ours it was written for', () => {
    const graph = trace((x: Tensor) => neg(x), [spec([2])]);
    const { graph: written, sources } = write(graph);
    expect(sources.get(written.node[0]!.name)).toBe(graph.outputs[0]!.node);
    expect(sources.get(written.node[0]!.name)!.origin).toMatch(/emit\.test\.ts:\d+/);
  });

  it('leaves out what nothing reads', () => {
    const graph = trace((x: Tensor) => split(x, 2)[1]!, [spec([4])]);
    const { graph: written } = write(graph);
    expect(written.node.map(({ opType }) => opType)).toEqual(['Split']);
    expect(written.node[0]!.output[1]).toBe('y0');
  });
});

describe('regions', () => {
  /** `condition ? then(x) : otherwise(x)`. */
  const ifOp: OpDef = {
    kind: 'op',
    name: 'if',
    infer: ([, x]) => x,
    vjp: null,
    onnx: (b, inputs, { regions: [yes, no] }) => {
      const captured = inputs.slice(1, 2);
      return b.node('If', [inputs[0]], {
        then_branch: { graph: yes!, captured },
        else_branch: { graph: no!, captured },
      });
    },
  };
  const branch = (name: string, fn: (x: Tensor) => Tensor): Graph => ({ ...trace(fn, [spec(['n'])]), name });

  it('are written inside their node, see outer values, and have names of their own', () => {
    const yes = branch('yes', (x) => mul(x, 2));
    const no = branch('no', (x) => x);
    const graph = trace(
      (c: Tensor, x: Tensor) => bindAll(ifOp, [c, neg(x)], {}, [yes, no])[0]!,
      [spec([], 'bool'), spec(['n'])],
    );
    expect(lines(graph)).toMatchInlineSnapshot(`
      "Neg_0 = Neg(x1)
      y0 = If(x0)
        then_branch:
          result_2 = Mul(Neg_0, c_3)
        else_branch:
          result_5 = Identity(Neg_0)"
    `);
    const [, node] = write(graph).graph.node;
    expect(node!.attribute.map(({ g }) => [g?.name, g?.input.length, g?.output.length])).toEqual([
      ['yes', 0, 1],
      ['no', 0, 1],
    ]);
  });

  it('compute sizes from the shapes of the outer inputs', () => {
    const pairs = branch('pairs', (x) => reshape(expand(reshape(x, [1, -1]), [2, dim('n')]), [dimMul(dim('n'), 2)]));
    const graph = trace(
      (c: Tensor, x: Tensor) => bindAll(ifOp, [c, x], {}, [pairs, pairs])[0]!,
      [spec([], 'bool'), spec(['n'])],
    );
    expect(lines(graph)).toContain('Shape(x1)');
  });
});
