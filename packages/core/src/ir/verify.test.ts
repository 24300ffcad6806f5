import { describe, expect, it } from 'vitest';
import { messageOf } from '../../test/message-of.ts';
import { dim } from '../dim.ts';
import { add, mul, neg } from '../ops/elementwise.ts';
import { split } from '../ops/movement.ts';
import { sum } from '../ops/structural.ts';
import { bindAll } from '../trace/bind.ts';
import { tensor } from '../trace/literal.ts';
import { placeholder, spec, trace } from '../trace/trace.ts';
import type { Graph } from './graph.ts';
import type { OpDef } from './op.ts';
import { Node, Tensor } from './tensor.ts';
import { verify } from './verify.ts';

const float = (...shape: number[]): { dtype: 'float32'; shape: number[] } => ({ dtype: 'float32', shape });
const graphOf = (outputs: Tensor[], inputs: Tensor[] = []): Graph => ({ name: 'test', inputs, outputs });

/** The node of `sample` with some of its parts replaced by wrong ones. */
const broken = (sample: Tensor, parts: Partial<ConstructorParameters<typeof Node>[0]>): Tensor => {
  const { op, inputs, attrs, scope } = sample.node;
  return new Node({ op, inputs, attrs, scope, types: [float(2)], ...parts }).outputs[0]!;
};

const holdingOp: OpDef = { kind: 'op', name: 'holding', infer: ([x]) => x, vjp: null, onnx: null };
const x = tensor([1, 2]);
const input = (name: string): Tensor => placeholder(name, float(2), null);

describe('verify', () => {
  it('is content with what ops and traces make', () => {
    verify(
      trace(
        (a: Tensor, b: Tensor) => ({ out: sum(mul(a, b), { axis: 1 }), parts: split(a, 2, { axis: 1 }) }),
        [spec(['n', 4]), spec([4])],
      ),
    );
    verify(graphOf([add(x, x)]));
    verify(graphOf([]));
  });

  it('names the rule and the node where an invariant is broken', () => {
    const [a, b] = [input('a'), input('a')];
    const missing = new Tensor(x.node, 3, float(2));
    const inRegion = (outputs: Tensor[]): Tensor =>
      bindAll(holdingOp, [x], {}, [{ name: 'body', inputs: [], outputs }])[0]!;
    const cases: [string, Graph][] = [
      ['an input that is no placeholder', graphOf([neg(x)], [x])],
      ['two inputs of one name', graphOf([add(a, b)], [a, b])],
      ['a placeholder that is no input', graphOf([neg(input('lost'))])],
      ['a leaf without value', graphOf([broken(x, { op: null, inputs: [] })])],
      ['an output that does not exist', graphOf([broken(neg(x), { inputs: [missing] })])],
      ['another shape than the rule says', graphOf([broken(neg(x), { types: [float(3)] })])],
      ['another dtype than the rule says', graphOf([broken(neg(x), { types: [{ dtype: 'int32', shape: [2] }] })])],
      ['another number of outputs', graphOf([broken(neg(x), { types: [float(2), float(2)] })])],
      [
        'a size nobody knows',
        graphOf([broken(x, { op: null, inputs: [], types: [float(2)] })].slice(1).concat(unknownSize())),
      ],
      ['a region with a fault', graphOf([inRegion([neg(input('inner'))])])],
      ['a region that reaches outside', graphOf([inRegion([neg(x)])])],
    ];
    const numbers = (text: string): string => text.replace(/node \d+/g, 'node N');
    const texts = cases.map(([what, graph]) => `${what}: ${numbers(messageOf(() => verify(graph)))}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "an input that is no placeholder: GaiError: internal: graph 'test' breaks the rule "graph inputs are leaves of kind input, each once": an input is node N (host). Please open an issue with the code that led here.
      two inputs of one name: GaiError: internal: graph 'test' breaks the rule "graph inputs are leaves of kind input, each once": input 'a' occurs twice. Please open an issue with the code that led here.
      a placeholder that is no input: GaiError: internal: graph 'test' breaks the rule "every placeholder reached is an input of the graph": node N (input): 'lost' is not an input. Please open an issue with the code that led here.
      a leaf without value: GaiError: internal: graph 'test' breaks the rule "a node without an op has a value": node N (leaf): no value. Please open an issue with the code that led here.
      an output that does not exist: GaiError: internal: graph 'test' breaks the rule "operands refer to outputs that exist": node N (neg): operand refers to output 3 of node N (host). Please open an issue with the code that led here.
      another shape than the rule says: GaiError: internal: graph 'test' breaks the rule "result types are what the shape rule says": node N (neg): output 0 is float32 [3], its rule gives float32 [2]. Please open an issue with the code that led here.
      another dtype than the rule says: GaiError: internal: graph 'test' breaks the rule "result types are what the shape rule says": node N (neg): output 0 is int32 [2], its rule gives float32 [2]. Please open an issue with the code that led here.
      another number of outputs: GaiError: internal: graph 'test' breaks the rule "result types are what the shape rule says": node N (neg): has 2 outputs, its rule gives 1. Please open an issue with the code that led here.
      a size nobody knows: GaiError: internal: graph 'test' breaks the rule "symbolic sizes use names that an input or a leaf has": no input has a size 'k'. Please open an issue with the code that led here.
      a region with a fault: GaiError: internal: graph 'body' breaks the rule "every placeholder reached is an input of the graph": node N (input): 'inner' is not an input. Please open an issue with the code that led here.
      a region that reaches outside: GaiError: internal: graph 'test' breaks the rule "regions obey the same rules, and take values from outside through their inputs only": node N (holding): region 'body' reaches node N (host). Please open an issue with the code that led here."
    `);
  });
});

/** An op that invents a size. */
function unknownSize(): Tensor {
  const op: OpDef = {
    kind: 'op',
    name: 'invent',
    infer: () => ({ dtype: 'float32', shape: [dim('k')] }),
    vjp: null,
    onnx: null,
  };
  return bindAll(op, [x], {})[0]!;
}
