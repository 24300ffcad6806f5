import { describe, expect, it } from 'vitest';
import { messageOf } from '../../test/message-of.ts';
import type { DType } from '../dtype.ts';
import { withScope } from '../ir/scope.ts';
import type { Tensor } from '../ir/tensor.ts';
import { data, evaluate, item, toArray } from '../runtime/read.ts';
import { constant, tensor } from './literal.ts';
import type { NestedArray, TensorOptions } from './literal.ts';
import { asTensor, promoteOperands } from './operands.ts';

const dataOf = ({ leaf }: Tensor): unknown => (leaf?.kind === 'host' ? leaf.data : undefined);

describe('tensor', () => {
  it.each<[NestedArray, TensorOptions, DType, number[], number[]]>([
    [3, {}, 'float32', [], [3]],
    [[1, 2], {}, 'float32', [2], [1, 2]],
    [
      [
        [1, 2],
        [3, 4],
      ],
      {},
      'float32',
      [2, 2],
      [1, 2, 3, 4],
    ],
    [[true, false], {}, 'bool', [2], [1, 0]],
    [true, { dtype: 'float32' }, 'float32', [], [1]],
    [[], {}, 'float32', [0], []],
    [[[], []], {}, 'float32', [2, 0], []],
    [[1, 2, 3, 4], { shape: [2, 2] }, 'float32', [2, 2], [1, 2, 3, 4]],
    [[2, 0, -1], { dtype: 'bool' }, 'bool', [3], [1, 0, 1]],
    [[-1, 2147483647], { dtype: 'int32' }, 'int32', [2], [-1, 2147483647]],
    [[1, 0.5], { dtype: 'float16' }, 'float16', [2], [0x3c00, 0x3800]],
    [[1], { dtype: 'bfloat16' }, 'bfloat16', [1], [0x3f80]],
    [[9007199254740991], { dtype: 'int64' }, 'int64', [1], [9007199254740991]],
  ])('%j with %j', (values, options, dtype, shape, stored) => {
    const made = tensor(values, options);
    expect(made.dtype).toBe(dtype);
    expect(made.shape).toEqual(shape);
    expect(Array.from(dataOf(made) as Float32Array, Number)).toEqual(stored);
  });

  it('copies a typed array', () => {
    const data = Float64Array.of(1, 2, 3, 4);
    expect(tensor(data, { shape: [2, 2] })).toMatchObject({ dtype: 'float64', shape: [2, 2] });
    const copy = dataOf(tensor(data));
    data[0] = 9;
    expect(copy).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(dataOf(tensor(Buffer.from([1, 2])))?.constructor).toBe(Uint8Array);
    expect(tensor(new Uint16Array(2), { dtype: 'float16' }).dtype).toBe('float16');
    expect(tensor(new Uint8Array(2), { dtype: 'bool' }).dtype).toBe('bool');
  });

  it('refuses what makes no tensor', () => {
    const cases: [string, () => unknown][] = [
      ['a shorter row', () => tensor([[1, 2], [3]])],
      ['a longer row', () => tensor([[1], [2, 3]])],
      ['a number among rows', () => tensor([[1], 2])],
      ['a row among numbers', () => tensor([1, [2]])],
      ['an empty row first', () => tensor([[], [1]])],
      ['text', () => tensor(['a'] as never)],
      ['a whole number of any length', () => tensor([1n] as never)],
      ['nothing', () => tensor(undefined as never)],
      ['a tensor inside', () => tensor([tensor(1)] as never)],
      ['too few elements', () => tensor([1, 2, 3], { shape: [2, 2] })],
      ['a negative size', () => tensor(new Float32Array(4), { shape: [-1, 4] })],
      ['an unknown dtype', () => tensor([1], { dtype: 'float' as never })],
      ['a typed array of another dtype', () => tensor(new Float32Array(2), { dtype: 'int32' })],
      ['16 bits without a dtype', () => tensor(new Uint16Array(2))],
      ['a fraction as integer', () => tensor([1.5], { dtype: 'int32' })],
      ['an integer too large', () => tensor([300], { dtype: 'uint8' })],
      ['an integer too small', () => tensor([-1], { dtype: 'uint32' })],
      ['an integer beyond 2^53', () => tensor([2 ** 53], { dtype: 'int64' })],
      ['NaN as integer', () => tensor([NaN], { dtype: 'int32' })],
    ];
    const texts = cases.map(([what, make]) => `${what}: ${messageOf(make)}`);
    expect(texts.join('\n')).toMatchInlineSnapshot(`
      "a shorter row: ShapeError: tensor: rows of unequal length. Got 1 elements at depth 1; expected 2 elements as in the first row. Pad the rows to one length.
      a longer row: ShapeError: tensor: rows of unequal length. Got 2 elements at depth 1; expected 1 elements as in the first row. Pad the rows to one length.
      a number among rows: ShapeError: tensor: rows of unequal length. Got a number at depth 1; expected 1 elements as in the first row. Pad the rows to one length.
      a row among numbers: ShapeError: tensor: rows of unequal length. Got 1 elements at depth 1; expected a number as in the first row. Pad the rows to one length.
      an empty row first: ShapeError: tensor: rows of unequal length. Got 1 elements at depth 1; expected 0 elements as in the first row. Pad the rows to one length.
      text: DataError: tensor: an element is neither number nor boolean. Got 'a'; expected nested arrays of numbers. Number the texts: texts.map((text) => classes.indexOf(text)), or read numbers with Number(...).
      a whole number of any length: DataError: tensor: an element is neither number nor boolean. Got 1n; expected nested arrays of numbers. Pass new BigInt64Array([...]) for int64, or make them numbers with Number(...).
      nothing: DataError: tensor: an element is neither number nor boolean. Got undefined; expected nested arrays of numbers. Leave out what is missing, or put NaN in its place.
      a tensor inside: DataError: tensor: an element is neither number nor boolean. Got a tensor; expected nested arrays of numbers. Join tensors with stack or concat.
      too few elements: ShapeError: tensor: the data does not fill the shape. Got 3 elements; expected 4 for [2,2]. Change the shape or the data.
      a negative size: ShapeError: tensor: not a size. Got [-1,4]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.
      an unknown dtype: DTypeError: tensor: unknown dtype. Got 'float'; expected one of bool, uint8, int8, int32, uint32, int64, bfloat16, float16, float32, float64. Choose one.
      a typed array of another dtype: DTypeError: tensor: the typed array does not hold int32. Got Float32Array; expected Int32Array. Convert it, or leave dtype out and cast the tensor.
      16 bits without a dtype: DTypeError: tensor: a Uint16Array has no dtype of its own. Got no dtype; expected float16 or bfloat16. Pass { dtype }.
      a fraction as integer: DTypeError: tensor: a number does not fit the dtype. Got 1.5 for int32; expected whole numbers from -2147483648 to 2147483647. Round it, or choose another dtype.
      an integer too large: DTypeError: tensor: a number does not fit the dtype. Got 300 for uint8; expected whole numbers from 0 to 255. Round it, or choose another dtype.
      an integer too small: DTypeError: tensor: a number does not fit the dtype. Got -1 for uint32; expected whole numbers from 0 to 4294967295. Round it, or choose another dtype.
      an integer beyond 2^53: DTypeError: tensor: a number does not fit the dtype. Got 9007199254740992 for int64; expected whole numbers from -9007199254740991 to 9007199254740991. Round it, or choose another dtype.
      NaN as integer: DTypeError: tensor: a number does not fit the dtype. Got NaN for int32; expected whole numbers from -2147483648 to 2147483647. Round it, or choose another dtype."
    `);
  });

  it('is a runtime input outside a trace, and baked inside one', () => {
    const isConstant = ({ leaf }: Tensor): boolean => leaf?.kind === 'host' && leaf.constant;
    expect(isConstant(tensor([1]))).toBe(false);
    expect(isConstant(constant([1]))).toBe(true);
    expect(withScope('f', () => isConstant(tensor([1])))).toBe(true);
  });

  it('refuses more than 1 KB inside a trace, unless it is said to be constant', () => {
    expect(withScope('f', () => tensor(new Float32Array(256)).shape)).toEqual([256]);
    expect(() => withScope('encode', () => tensor(new Float32Array(257)))).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: tensor: 1028 bytes of data inside the traced function 'encode'. Got float32 [257]; expected at most 1024 bytes. Make the tensor outside and use it inside (it becomes an input), or bake it in with constant(...).]`,
    );
    expect(withScope('encode', () => constant(new Float32Array(257)).shape)).toEqual([257]);
  });
});

describe('asTensor', () => {
  it('takes numbers and booleans as scalars', () => {
    expect(asTensor(2, 'add')).toMatchObject({ dtype: 'float32', shape: [] });
    expect(asTensor(true, 'add')).toMatchObject({ dtype: 'bool', shape: [] });
    // The data must be of the dtype, not of the boolean.
    expect(dataOf(asTensor(true, 'cast', 'float32'))).toBeInstanceOf(Float32Array);
  });

  it('says what it got instead', () => {
    for (const [value, kind] of [
      [[1, 2], 'an array'],
      [{}, 'an object'],
      [Object.create(null), 'an object'],
      ['x', 'x'],
      [null, 'null'],
      [Math.tanh, 'a function'],
      [Promise.resolve(1), 'a promise'],
    ]) {
      expect(() => asTensor(value as never, 'add')).toThrow(`add: not a tensor. Got ${kind as string};`);
    }
  });

  it.each([
    [undefined, 'undefined', 'Make one with tensor(...).'],
    [{ values: 1 }, 'an object', 'Make one with tensor(...).'],
    [3, '3', 'Make one with tensor(...).'],
    [Promise.resolve(tensor(1)), 'a promise', 'Await it.'],
  ])('refuses to read what is no tensor (%#)', async (value, kind, remedy) => {
    for (const read of [data, toArray, item, evaluate] as ((x: never) => Promise<unknown>)[]) {
      await expect(read(value as never)).rejects.toThrow(
        `tensor: not a tensor. Got ${kind}; expected a tensor. ${remedy}`,
      );
    }
  });

  it('refuses a tensor of a copy of the library whose graphs differ', () => {
    const foreign = Object.assign(Object.create({ [Symbol.for('@gai/tensor')]: 99 }) as object, {
      dtype: 'float32',
      shape: [],
    });
    expect(() => asTensor(foreign as never, 'add')).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: tensor: two copies of @gai/core are installed that do not fit together. Got a tensor of graph format 99; expected format 1. Run npm dedupe.]`,
    );
  });
});

describe('promoteOperands', () => {
  const dtypes = (a: Tensor | number | boolean, b: Tensor | number | boolean): DType[] => {
    const operands = promoteOperands(a, b, 'add');
    return [operands.a.dtype, operands.b.dtype, operands.dtype];
  };

  it('gives a number the dtype of the tensor beside it', () => {
    expect(dtypes(tensor([1], { dtype: 'int32' }), 2)).toEqual(['int32', 'int32', 'int32']);
    expect(dtypes(2, tensor([1], { dtype: 'float64' }))).toEqual(['float64', 'float64', 'float64']);
    expect(dtypes(0.5, tensor([1], { dtype: 'bfloat16' }))).toEqual(['bfloat16', 'bfloat16', 'bfloat16']);
  });

  it('gives a fraction beside integers, and any number beside booleans, a float', () => {
    expect(dtypes(tensor([1], { dtype: 'int32' }), 0.5)).toEqual(['int32', 'float32', 'float32']);
    expect(dtypes(tensor([true]), 2)).toEqual(['bool', 'float32', 'float32']);
    expect(dtypes(1, 2)).toEqual(['float32', 'float32', 'float32']);
    expect(dtypes(true, tensor([2], { dtype: 'int32' }))).toEqual(['bool', 'int32', 'int32']);
  });
});
