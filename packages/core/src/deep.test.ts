import { describe, expect, it } from 'vitest';
import { decodeModel } from '../test/decode-model.ts';
import { hasValues, toposort } from './ir/graph.ts';
import type { Graph } from './ir/graph.ts';
import { printGraph, toMermaid } from './ir/print.ts';
import type { Tensor } from './ir/tensor.ts';
import { verify } from './ir/verify.ts';
import { PORTABLE } from './lowering/target.ts';
import { emit } from './onnx/emit.ts';
import { mul, neg } from './ops/elementwise.ts';
import { structureOf } from './runtime/structure.ts';
import { spec, trace } from './trace/trace.ts';
import { grad } from './transforms/grad.ts';

const DEPTH = 20_000;

function chain(x: Tensor): Tensor {
  let y = x;
  for (let step = 0; step < DEPTH; step++) y = neg(y);
  return y;
}

describe('a graph 20,000 nodes deep', () => {
  const graph: Graph = trace(chain, [spec([])]);

  it('is sorted, verified, given a key, printed and written without recursion', () => {
    expect(toposort(graph.outputs)).toHaveLength(DEPTH + 1);
    verify(graph);
    expect(structureOf(graph, hasValues).split('\n')).toHaveLength(DEPTH + 2);
    expect(printGraph(graph).split('\n')).toHaveLength(DEPTH + 4);
    expect(toMermaid(graph)).toContain('n20000 --> out0');
    const { bytes, nodes } = emit({
      graph,
      inputNames: ['x'],
      outputNames: ['y'],
      target: PORTABLE,
    });
    expect(nodes).toBe(DEPTH);
    expect(decodeModel(bytes).graph.node).toHaveLength(DEPTH);
  });

  it('is differentiated', () => {
    const slope = trace(
      grad((x: Tensor) => mul(chain(x), x)),
      [spec([])],
    );
    expect(toposort(slope.outputs).length).toBeGreaterThan(2 * DEPTH);
  });
});
