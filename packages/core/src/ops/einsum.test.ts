import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { toposort } from '../ir/graph.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { einsum } from './einsum.ts';
import { inner, kron, tensordot, vdot } from './products.ts';

const lowered = (equation: string, ...shapes: (number | string)[][]): string => {
  const graph = trace(
    (...operands: Tensor[]) => einsum(equation, ...operands),
    shapes.map((shape) => spec(shape)),
  );
  const ops = toposort(graph.outputs).flatMap((node) => (node.op === null ? [] : [node.op.name]));
  return `${ops.join(' ')} ${formatShape(graph.outputs[0]!.shape)}`;
};

describe('einsum', () => {
  it('is one matrix product where it can be', () => {
    expect(lowered('ij,jk->ik', [2, 3], [3, 4])).toBe('matmul [2,4]');
    expect(lowered('ij,kj->ik', [2, 3], [4, 3])).toBe('matmul [2,4]');
    expect(lowered('ji,jk->ik', [3, 2], [3, 4])).toBe('matmul [2,4]');
    expect(lowered('bhqd,bhkd->bhqk', ['n', 8, 't', 4], ['n', 8, 't', 4])).toBe('matmul [n,8,t,t]');
    expect(lowered('bhqk,bhkd->bhqd', ['n', 8, 't', 't'], ['n', 8, 't', 4])).toBe('matmul [n,8,t,4]');
    expect(lowered('btd,de->bte', ['n', 't', 3], [3, 4])).toBe('reshape matmul reshape [n,t,4]');
    expect(lowered('i,i->', [3], [3])).toBe('reshape reshape matmul reshape []');
  });
  it('sums before it multiplies what only one operand has', () => {
    expect(lowered('ij,k->k', [2, 3], [4])).toBe('sum reshape reshape mul [4]');
  });
  it('needs nothing for nothing', () => {
    const x = tensor([[1, 2]]);
    expect(
      einsum(
        'ij->ij',
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).node.op,
    ).toBe(null);
    expect(einsum('ij,->ij', x, 2).shape).toEqual([1, 2]);
  });
});

describe('refused', () => {
  const x = tensor([[1, 2, 3]]);
  it('equations', () => {
    expect(() => einsum('i1->i', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: no label in 'i1'. Got 'i1->i'; expected letters and '...' only, as in 'bij,bjk->bik'. Rewrite the equation.]`,
    );
    expect(() => einsum('...i...', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: '...' stands twice in '...i...'. Got '...i...'; expected '...' at most once for each operand. Rewrite the equation.]`,
    );
    expect(() => einsum('ij->ik', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: 'k' is in no operand. Got 'ij->ik'; expected output indices that an operand has. Rewrite the equation.]`,
    );
    expect(() => einsum('ij->ii', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: an index stands twice in the output. Got 'ij->ii'; expected each at most once. Use diagEmbed for a diagonal. Rewrite the equation.]`,
    );
    expect(() => einsum('ij->i->j', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: two '->'. Got 'ij->i->j'; expected at most one '->'. Rewrite the equation.]`,
    );
    expect(() => einsum('ij,jk', x)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: the number of operands does not fit. Got 'ij,jk'; expected one term for each of the 1 operands. Rewrite the equation.]`,
    );
    expect(() => einsum('')).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: einsum: no operands. Got the equation alone; expected one tensor for each term of ''.]`,
    );
  });
  it('operands that do not fit', () => {
    expect(() => einsum('ijk', x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: einsum: the number of axes does not fit 'ijk' of 'ijk'. Got an operand [1,3]; expected 3 axes. Reshape it, or rewrite the equation.]`,
    );
    expect(() => einsum('...ijk', x)).toThrow('at least 3 axes');
    expect(() => einsum('ij,jk', x, tensor([[1], [2]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: einsum: an index has two sizes in 'ij,jk'. Got 3 and 2 for 'j', operands [1,3], [2,1]; expected equal sizes, or 1. Rename one of them.]`,
    );
    expect(() => einsum('...,...', tensor([1, 2]), tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: einsum: an index has two sizes in '...,...'. Got 2 and 3 for an axis of '...', operands [2], [3]; expected equal sizes, or 1. Rename one of them.]`,
    );
  });
  it('products that do not fit', () => {
    expect(() => tensordot(x, x, 1)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: tensordot: sizes differ. Got axis 1 of a [1,3] and axis 0 of b [1,3]; expected equal sizes. Name other axes.]`,
    );
    expect(() => tensordot(x, x, [[0], [0, 1]])).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: tensordot: the axes do not pair up. Got [[0],[0,1]] for a [1,3] and b [1,3]; expected a count of at most 2, or two lists of equal length. Name an axis of b for each of a.]`,
    );
    expect(() => tensordot(x, x, 3)).toThrow('do not pair up');
    expect(() => inner(x, tensor([1, 2]))).toThrow('the last axes differ');
    expect(() => vdot(x, tensor([1, 2]))).toThrow('inner sizes differ');
    expect(kron(x, x).shape).toEqual([1, 9]);
  });
});
