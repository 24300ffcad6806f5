import { checkOptionNames, describeValue } from '../argument.ts';
import { allocate, dtypeOf, holds, integerRange, isInteger, parseDType } from '../dtype.ts';
import type { DType, TypedArray } from '../dtype.ts';
import { DTypeError, DataError, GraphError, ShapeError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';
import { Node, isTensor } from '../ir/tensor.ts';
import type { StoredData, Tensor } from '../ir/tensor.ts';
import { checkShape, formatShape } from '../shape.ts';
import { fromNumber } from '../number.ts';
import { recordOrigin } from './origin.ts';

/** Nested arrays of numbers or booleans, as deep as the tensor has axes. */
export type NestedArray = number | boolean | readonly NestedArray[];

/**
 * What an operation takes where it takes a tensor: a tensor, or a number or boolean as a scalar of matching dtype.
 * @category Tensors
 */
export type TensorLike = Tensor | number | boolean;

/** How {@link tensor} reads its data. */
export interface TensorOptions {
  /** Element type. Default: that of a typed array; `float32` for numbers; `bool` for booleans. */
  readonly dtype?: DType | undefined;
  /** Sizes. Default: the nesting of the arrays; one axis for a typed array. */
  readonly shape?: readonly number[] | undefined;
}

/** Bytes up to which a literal made inside a traced function is baked into its graph without a word. */
const MAX_BAKED_BYTES = 1024;

/**
 * A tensor from data: nested arrays, a typed array, a number or a boolean. The data is copied: what is written to an
 * array afterwards changes no tensor, and nothing that was compiled.
 *
 * Outside a traced function the data is an input of whatever is computed from it, so other data of the same shape
 * does not compile again. Inside one it is baked into the graph, if it is not larger than 1 KB.
 *
 * @param values - The data, row by row.
 * @param options.dtype - Element type. Default: that of a typed array; `float32` for numbers; `bool` for booleans.
 * @param options.shape - Sizes. Default: the nesting of the arrays; one axis for a typed array.
 * @throws {@link ShapeError} if rows have unequal lengths or the number of elements does not fit `shape`.
 * @throws {@link DTypeError} if a typed array does not hold `dtype`, or a number does not fit an integer dtype.
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // => [2, 2]
 * tensor(new Int32Array([1, 2, 3])).dtype; // => 'int32'
 * @category Tensors
 */
export function tensor(values: NestedArray | TypedArray, options: TensorOptions = {}): Tensor {
  checkOptionNames('tensor', options, ['dtype', 'shape']);
  return literal(values, options, false);
}

/**
 * As {@link tensor}, but baked into the graph of whatever is computed from it, however large: for tables that belong
 * to a function (positions, filters). Other data compiles again.
 * @example
 * constant([1, 2, 3]).shape; // => [3]
 * @category Tensors
 */
export function constant(values: NestedArray | TypedArray, options: TensorOptions = {}): Tensor {
  checkOptionNames('constant', options, ['dtype', 'shape']);
  return literal(values, options, true);
}

function literal(values: NestedArray | TypedArray, options: TensorOptions, baked: boolean): Tensor {
  const { data, dtype, shape } = ArrayBuffer.isView(values) ? fromTyped(values, options) : fromNested(values, options);
  const scope = currentScope();
  if (scope !== null && !baked && data.byteLength > MAX_BAKED_BYTES) {
    throw new GraphError(
      `tensor: ${data.byteLength} bytes of data inside the traced function '${scope.name}'. Got ${dtype} ` +
        `${formatShape(shape)}; expected at most ${MAX_BAKED_BYTES} bytes. Make the tensor outside and use it inside ` +
        `(it becomes an input), or bake it in with constant(...).`,
      { op: 'tensor', details: { bytes: data.byteLength } },
    );
  }
  return hostLeaf(data, { dtype, shape }, baked);
}

/**
 * A leaf over data in memory, which is not copied: nobody may write to it afterwards. Inside a traced function it is always
 * baked.
 */
export function hostLeaf(
  data: TypedArray,
  type: { dtype: DType; shape: readonly number[] },
  isConstant: boolean,
): Tensor {
  const scope = currentScope();
  const leaf = { kind: 'host' as const, data, constant: isConstant || scope !== null };
  return new Node({ op: null, types: [type], leaf, scope, origin: recordOrigin(scope !== null) }).outputs[0]!;
}

/** A leaf over data in a file; its data is an input of whatever is computed from it. */
export function storedLeaf(source: StoredData, type: { dtype: DType; shape: readonly number[] }): Tensor {
  return new Node({ op: null, types: [type], leaf: { kind: 'stored', source }, scope: null }).outputs[0]!;
}

interface HostData {
  readonly data: TypedArray;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

function fromTyped(data: TypedArray, options: TensorOptions): HostData {
  const dtype = options.dtype === undefined ? dtypeOf(data) : parseDType(options.dtype, 'tensor');
  if (!holds(dtype, data)) {
    throw new DTypeError(
      `tensor: the typed array does not hold ${dtype}. Got ${data.constructor.name}; expected ` +
        `${allocate(dtype, 0).constructor.name}. Convert it, or leave dtype out and cast the tensor.`,
      { op: 'tensor', details: { dtype } },
    );
  }
  const shape = options.shape ?? [data.length];
  checkCount(data.length, shape);
  // Shared memory would be seen to change, or not, by where and when it is computed with.
  const copy = allocate(dtype, data.length);
  (copy as Float32Array).set(data as Float32Array);
  return { data: copy, dtype, shape };
}

function checkCount(count: number, shape: readonly number[]): void {
  checkShape(shape, 'tensor');
  const expected = shape.reduce((product, size) => product * size, 1);
  if (count === expected) return;
  throw new ShapeError(
    `tensor: the data does not fill the shape. Got ${count} elements; expected ${expected} for ${formatShape(shape)}. ` +
      `Change the shape or the data.`,
    { op: 'tensor', details: { count, shape } },
  );
}

function fromNested(values: NestedArray, options: TensorOptions): HostData {
  const nesting: number[] = [];
  for (let level: NestedArray | undefined = values; Array.isArray(level); level = level[0] as NestedArray | undefined) {
    nesting.push(level.length);
  }
  const flat: (number | boolean)[] = [];
  collect(values, nesting, 0, flat);
  const guess: DType = typeof flat[0] === 'boolean' ? 'bool' : 'float32';
  const dtype = options.dtype === undefined ? guess : parseDType(options.dtype, 'tensor');
  const shape = options.shape ?? nesting;
  checkCount(flat.length, shape);
  const data = allocate(dtype, flat.length);
  for (const [index, value] of flat.entries()) {
    const number = Number(value);
    if (isInteger(dtype)) checkWhole(number, dtype);
    (data as unknown as (number | bigint)[])[index] = fromNumber(number, dtype);
  }
  return { data, dtype, shape };
}

function checkWhole(value: number, dtype: DType): void {
  const [least, greatest] = integerRange(dtype);
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new DTypeError(
    `tensor: a number does not fit the dtype. Got ${value} for ${dtype}; expected whole numbers from ${least} to ` +
      `${greatest}. Round it, or choose another dtype.`,
    { op: 'tensor', details: { value, dtype } },
  );
}

function collect(values: NestedArray, nesting: readonly number[], depth: number, into: (number | boolean)[]): void {
  if (!Array.isArray(values)) {
    if (depth !== nesting.length) throwRagged(nesting, depth, undefined);
    if (typeof values !== 'number' && typeof values !== 'boolean') {
      throw new DataError(
        `tensor: an element is neither number nor boolean. Got ${typeof values === 'bigint' ? `${String(values)}n` : describeValue(values)}` +
          `; expected nested arrays of numbers. ${remedyFor(values)}`,
        { op: 'tensor' },
      );
    }
    into.push(values);
    return;
  }
  if (values.length !== nesting[depth]) throwRagged(nesting, depth, values.length);
  for (const item of values as readonly NestedArray[]) collect(item, nesting, depth + 1, into);
}

function remedyFor(element: unknown): string {
  if (typeof element === 'bigint')
    return 'Pass new BigInt64Array([...]) for int64, or make them numbers with Number(...).';
  if (typeof element === 'string')
    return 'Number the texts: texts.map((text) => classes.indexOf(text)), or read numbers with Number(...).';
  return isTensor(element)
    ? 'Join tensors with stack or concat.'
    : 'Leave out what is missing, or put NaN in its place.';
}

function throwRagged(nesting: readonly number[], depth: number, length: number | undefined): never {
  const first = nesting[depth];
  throw new ShapeError(
    `tensor: rows of unequal length. Got ${length === undefined ? 'a number' : `${length} elements`} at depth ${depth};` +
      ` expected ${first === undefined ? 'a number' : `${first} elements`} as in the first row. Pad the rows to one length.`,
    { op: 'tensor', details: { depth, length } },
  );
}
