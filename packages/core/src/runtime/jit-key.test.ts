import { describe, expect, it } from 'vitest';
import { messageOf } from '../../test/message-of.ts';
import { tensor } from '../trace/literal.ts';
import { flattenTree } from '../tree.ts';
import type { Backend } from '../backend/backend.ts';
import { typedByAxes } from './argument-types.ts';
import type { DynamicAxes } from './argument-types.ts';
import { explainMiss, jitKey } from './jit-key.ts';

const backend = { name: 'fake', device: 'cpu' } as Backend;
const key = (args: readonly unknown[], axes?: DynamicAxes, on = backend, text = '') =>
  jitKey(typedByAxes(flattenTree(args), axes), on, text);
const textOf = (...given: Parameters<typeof key>): string => key(...given).parts.join(' | ');

describe('jitKey', () => {
  it('depends on types, not on values', () => {
    expect(textOf([tensor([1, 2]), { a: tensor(3) }])).toBe(textOf([tensor([8, 9]), { a: tensor(4) }]));
  });

  it('differs in structure, dtypes, sizes, other arguments, backend and further text', () => {
    const x = tensor([1, 2]);
    const different = [
      textOf([x]),
      textOf([[x]]),
      textOf([{ x }]),
      textOf([x, x]),
      textOf([tensor([1, 2, 3])]),
      textOf([tensor([[1, 2]])]),
      textOf([tensor([1, 2], { dtype: 'int32' })]),
      textOf([x], [['n']]),
      textOf([x], undefined, { ...backend }),
      textOf([x], undefined, backend, 'eval'),
      ...[1, 2, -0, 0, '1', 'float32[2]', true, null, undefined, 1n, NaN].map((value) => textOf([value])),
    ];
    expect(new Set(different).size).toBe(different.length);
  });

  it('cannot be fooled by text that looks like a key', () => {
    expect(textOf(['a" | "b', 'c'])).not.toBe(textOf(['a', 'b" | "c']));
  });

  it('names leading sizes, for every tensor of an argument that has the axis', () => {
    const axes: DynamicAxes = [['batch', null, 'time'], null];
    const sizes = (n: number, m: number) => [
      { x: tensor(new Float32Array(n * 6), { shape: [n, 2, 3] }), y: tensor(new Float32Array(n)) },
      tensor(new Float32Array(m)),
    ];
    expect(textOf(sizes(4, 1), axes)).toBe(textOf(sizes(9, 1), axes));
    expect(textOf(sizes(4, 1), axes)).not.toBe(textOf(sizes(4, 2), axes));
    expect(textOf(sizes(4, 1), axes)).toContain('float32[batch,2,time]');
  });

  it('refuses sizes of one name that differ, and what cannot be part of a key', () => {
    const cases: [string, () => unknown][] = [
      ['two sizes', () => key([tensor([1, 2]), { y: tensor([1, 2, 3]) }], [['n'], ['n']])],
      ['a class', () => key([{ model: new Map() }])],
      ['a typed array', () => key([new Float32Array(2)])],
      ['a function', () => key([() => 1])],
      ['a symbol', () => key([Symbol('s')])],
    ];
    expect(cases.map(([what, make]) => `${what}: ${messageOf(make)}`).join('\n')).toMatchInlineSnapshot(`
      "two sizes: ShapeError: jit: the size 'n' differs between arguments. Got 2 in argument [0] and 3 in argument [1].y; expected one size. Give the axes different names.
      a class: GraphError: jit: an argument cannot be part of the key. Got Map at argument [0].model; expected tensors, numbers, text or flags, in arrays, plain objects and classes with [treeNode](). Use it from outside the function instead, or make a tensor of it.
      a typed array: GraphError: jit: an argument cannot be part of the key. Got Float32Array at argument [0]; expected tensors, numbers, text or flags, in arrays, plain objects and classes with [treeNode](). Use it from outside the function instead, or make a tensor of it.
      a function: GraphError: jit: an argument cannot be part of the key. Got function at argument [0]; expected tensors, numbers, text or flags, in arrays, plain objects and classes with [treeNode](). Use it from outside the function instead, or make a tensor of it.
      a symbol: GraphError: jit: an argument cannot be part of the key. Got symbol at argument [0]; expected tensors, numbers, text or flags, in arrays, plain objects and classes with [treeNode](). Use it from outside the function instead, or make a tensor of it."
    `);
  });
});

describe('explainMiss', () => {
  it('says what changed, and where', () => {
    const before = key([{ x: tensor([1, 2]) }, 0.1]);
    const why = (...given: Parameters<typeof key>): string => explainMiss(key(...given), before).replace(/#\d+/g, '#N');
    expect([
      explainMiss(before, undefined),
      why([{ x: tensor([1, 2, 3]) }, 0.1]),
      why([{ x: tensor([1, 2]) }, 0.2]),
      why([{ x: tensor([1, 2]), y: tensor(1) }, 0.1]),
      why([{ x: tensor([1, 2]) }, 0.1], undefined, { ...backend, device: 'webgpu' }),
      why([{ x: tensor([1, 2]) }, 0.1], undefined, backend, 'eval'),
    ]).toMatchInlineSnapshot(`
      [
        "first call",
        "argument [0].x was float32[2], now float32[3]",
        "argument [1] was number 0.1, now number 0.2",
        "the structure of the arguments was [{"x":*},*], now [{"x":*,"y":*},*]",
        "the backend was fake/cpu#N, now fake/webgpu#N",
        "the key was , now eval",
      ]
    `);
  });
});
