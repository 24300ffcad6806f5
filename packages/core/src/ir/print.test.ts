import { describe, expect, it } from 'vitest';
import { matmul } from '../ops/linalg.ts';
import { relu } from '../ops/activation.ts';
import { topK } from '../ops/indexing.ts';
import { add, mul } from '../ops/elementwise.ts';
import { bindAll } from '../trace/bind.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { OpDef } from './op.ts';
import { printGraph, toMermaid } from './print.ts';
import type { Tensor } from './tensor.ts';
import { Variable } from './variable.ts';

const weight = new Variable(
  tensor([
    [1, 2],
    [3, 4],
  ]),
  'fc.weight',
);
const layer = trace(
  function layer(x: Tensor) {
    return relu(add(matmul(x, weight), 0.5));
  },
  [spec(['batch', 2])],
);

describe('printGraph', () => {
  it('writes a line a node, with settings, types and names of leaves', () => {
    expect(printGraph(layer)).toMatchInlineSnapshot(`
      "graph layer(arg[0]: float32[batch,2]) {
        %0 = input arg[0] : float32[batch,2]
        %1 = variable fc.weight : float32[2,2]
        %2 = matmul(%0, %1){transposeA: false, transposeB: false} : float32[batch,2]
        %3 = constant 0.5 : float32[]
        %4 = add(%2, %3) : float32[batch,2]
        %5 = relu(%4) : float32[batch,2]
        return %5
      }"
    `);
  });

  it('numbers the outputs of nodes that have several', () => {
    const graph = trace(
      function best(x: Tensor) {
        return topK(x, 2).indices;
      },
      [spec([3])],
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph best(arg[0]: float32[3]) {
        %0 = input arg[0] : float32[3]
        %1.0, %1.1 = topK(%0){k: 2, axis: 0, largest: true, least: 0} : float32[2], int32[2]
        return %1.1
      }"
    `);
  });

  it('indents regions', () => {
    const twiceOp: OpDef = { kind: 'op', name: 'twice', infer: ([x]) => x, vjp: null, onnx: null };
    const body = trace(
      function body(x: Tensor) {
        return mul(x, 2);
      },
      [spec([])],
    );
    const graph = trace(
      function outer(x: Tensor) {
        return bindAll(twiceOp, [x], {}, [body])[0]!;
      },
      [spec([])],
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph outer(arg[0]: float32[]) {
        %0 = input arg[0] : float32[]
        %1 = twice(%0) : float32[]
          graph body(arg[0]: float32[]) {
            %0 = input arg[0] : float32[]
            %1 = constant 2 : float32[]
            %2 = mul(%0, %1) : float32[]
            return %2
          }
        return %1
      }"
    `);
  });
});

describe('toMermaid', () => {
  it('draws nodes, edges and outputs, with quotes escaped', () => {
    expect(toMermaid(layer)).toMatchInlineSnapshot(`
      "flowchart TD
        n0["input arg[0]<br/>[batch,2]"]
        n1["variable fc.weight<br/>[2,2]"]
        n2["matmul<br/>[batch,2]"]
        n0 --> n2
        n1 --> n2
        n3["constant 0.5<br/>[]"]
        n4["add<br/>[batch,2]"]
        n2 --> n4
        n3 --> n4
        n5["relu<br/>[batch,2]"]
        n4 --> n5
        out0(["output 0"])
        n5 --> out0"
    `);
    const quoted = new Variable(tensor(1), 'a "name"');
    expect(toMermaid(trace(() => add(quoted, 1), []))).toContain('variable a #quot;name#quot;');
  });
});
