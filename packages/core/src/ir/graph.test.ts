import { describe, expect, it } from 'vitest';
import { add, mul } from '../ops/elementwise.ts';
import { split } from '../ops/movement.ts';
import { tensor } from '../trace/literal.ts';
import { hasValues, toposort } from './graph.ts';
import type { Node } from './tensor.ts';

const name = (node: Node): string => node.op?.name ?? 'leaf';

describe('toposort', () => {
  it('puts operands before their users, and each node once', () => {
    const x = tensor([1, 2]);
    const twice = add(x, x);
    const order = toposort([mul(twice, add(twice, x)), twice]);
    expect(order.map(name)).toEqual(['leaf', 'add', 'add', 'mul']);
    for (const node of order) {
      for (const input of node.inputs) expect(order.indexOf(input.node)).toBeLessThan(order.indexOf(node));
    }
  });

  it('counts a node with several outputs once', () => {
    const [a, b] = split(tensor([1, 2]), 2);
    expect(toposort([a!, b!, add(a!, b!)]).map(name)).toEqual(['leaf', 'split', 'add']);
  });

  it('stops at nodes that are said to be leaves', () => {
    const inner = add(tensor([1]), 1);
    const order = toposort([mul(inner, 2)], (node) => hasValues(node) || node === inner.node);
    expect(order).toContain(inner.node);
    expect(order.map(name).filter((kind) => kind === 'leaf')).toHaveLength(1);
  });
});
