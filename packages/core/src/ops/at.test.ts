import { describe, expect, it } from 'vitest';
import * as core from '../index.ts';
import { spec, tensor, trace } from '../index.ts';
import type { Tensor } from '../index.ts';
import { refusalsOf } from '../testing/refused.ts';
import { at } from './at.ts';
import type { Index } from './at-items.ts';

// What it picks is compared with NumPy in backend-node/test/indexing.parity.test.ts.
describe('at', () => {
  it('refuses what is no index of the tensor', () => {
    const x = tensor(new Float32Array(6), { shape: [2, 3] });
    const row = (...indices: unknown[]): [string, ...unknown[]] => ['at', x, ...indices];
    expect(
      refusalsOf(core, [
        row(2),
        row(':', [0, 3]),
        row(tensor([-3], { dtype: 'int32' })),
        row(0, 0, 0),
        row('...', '...'),
        row('a:b'),
        row(1.5),
        row('::0'),
        row([true]),
        row(tensor([0.5])),
        row([0, 1], [0, 1, 2]),
        row({}),
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ShapeError: at: the index is out of range. Got 2 for axis 0 of x [2,3]; expected -2 to 1. Change the index.",
        "ShapeError: at: the index is out of range. Got 3 for axis 1 of x [2,3]; expected -3 to 2. Change the index.",
        "ShapeError: at: the index is out of range. Got -3 for axis 0 of x [2,3]; expected -2 to 1. Change the index.",
        "ShapeError: at: too many indices. Got indices for 3 axes of x [2,3]; expected at most 2. Leave some out.",
        "ShapeError: at: '...' stands twice. Got 2 of them; expected one at most. Write ':' for single axes.",
        "ArgumentError: at: not an index. Got 'a:b'; expected a whole number, 'start:stop:step', '...', null for a new axis, or a list or tensor of whole numbers or flags. Write it as between NumPy's brackets.",
        "ArgumentError: at: not an index. Got 1.5; expected a whole number, 'start:stop:step', '...', null for a new axis, or a list or tensor of whole numbers or flags. Write it as between NumPy's brackets.",
        "ArgumentError: at: not an index. Got '::0'; expected a whole number, 'start:stop:step', '...', null for a new axis, or a list or tensor of whole numbers or flags. Write it as between NumPy's brackets.",
        "ShapeError: at: the mask does not fit. Got a mask [1] for axis 0 of x [2,3]; expected [2]. Reshape the mask.",
        "DTypeError: at: indices are not integers. Got float32 [1]; expected int32. Convert them with cast(indices, 'int32').",
        "ShapeError: at: shapes do not broadcast. Got a [2] and b [3]; expected sizes 2 and 3 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ArgumentError: at: not an index. Got an object; expected a whole number, 'start:stop:step', '...', null for a new axis, or a list or tensor of whole numbers or flags. Write it as between NumPy's brackets.",
      ]
    `);
  });

  it('refuses an index that no axis has, whatever its size is called', () => {
    const long = (...values: bigint[]): Tensor => tensor(BigInt64Array.from(values));
    for (const index of [long(2n ** 32n), long(-(2n ** 32n) + 1n), [0, 2 ** 31 - 1], 2 ** 32] as Index[]) {
      const run = (x: Tensor): Tensor => at(x, index);
      expect(() => trace(run, [spec(['n', 2])]), String(index)).toThrow(/^at: the index is out of range/);
      expect(() => trace((x: Tensor) => at(x, index, [0]), [spec(['n', 2])]), String(index)).toThrow(
        /^at: the index is/,
      );
    }
  });

  it('uses a tensor of indices as it is: an input of what is compiled, however long', () => {
    const indices = tensor(Int32Array.from({ length: 1000 }, (_, index) => (index % 5) - 2));
    const one = trace((x: Tensor) => at(x, indices), [spec([3, 2])]);
    expect(one.outputs[0]!.node.inputs[1]).toBe(indices);
    const both = trace((x: Tensor) => at(x, indices, indices), [spec([3, 3])]);
    const seen = new Set<Tensor>();
    const visit = (x: Tensor): void => {
      if (seen.has(x)) return;
      seen.add(x);
      x.node.inputs.forEach(visit);
    };
    both.outputs.forEach(visit);
    const baked = [...seen]
      .filter(({ leaf }) => leaf?.kind === 'host' && leaf.constant)
      .map(({ shape }) => shape.join());
    expect(baked.filter((shape) => shape !== '')).toEqual([]);
    expect(seen.has(indices)).toBe(true);
  });

  it('needs to know a mask', () => {
    expect(() => trace((a: Tensor, mask: Tensor) => at(a, mask), [spec([3]), spec([3], 'bool')])).toThrow(
      'at: the mask is not known. Got a bool tensor that is not computed yet',
    );
  });
});
