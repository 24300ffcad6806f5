import { allocate } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import { internalError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { fromNumber, toNumber } from '../number.ts';
import type { Plain } from './sample.ts';

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A plain tensor from its shape and values; a single value fills it. */
export function plain(shape: readonly number[], values: readonly number[] | number, dtype?: DType): Plain {
  const filled = typeof values === 'number' ? Array.from({ length: count(shape) }, () => values) : values;
  if (filled.length !== count(shape)) throw internalError(`plain: ${filled.length} values for shape [${shape}].`);
  return { shape, values: filled, dtype };
}

/** Settings of {@link randomPlain}. */
export interface RandomPlainOptions {
  /** Default -2. */
  readonly min?: number | undefined;
  /** Default 2. */
  readonly max?: number | undefined;
  readonly seed?: number | undefined;
  /** Integer dtypes get whole numbers in [min, max). Default float32. */
  readonly dtype?: DType | undefined;
}

/** Fixed pseudo-random numbers, evenly spread in [min, max): the same ones at every call with the same seed. */
export function randomPlain(shape: readonly number[], options: RandomPlainOptions = {}): Plain {
  const { min = -2, max = 2, seed = 1, dtype } = options;
  const whole = dtype !== undefined && !dtype.includes('float');
  const values = Array.from({ length: count(shape) }, (_, index) => {
    const value = min + (max - min) * hashUnit(index, seed);
    return whole ? Math.floor(value) : value;
  });
  return plain(shape, values, dtype);
}

/** A number in [0, 1) that depends on both arguments only. */
export function hashUnit(index: number, seed: number): number {
  let x = (Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 0;
  for (let round = 0; round < 3; round += 1) {
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  }
  return ((x ^ (x >>> 16)) >>> 8) / 2 ** 24;
}

/** The values as `dtype` stores them (a float32 input is rounded before the reference sees it). */
export function rounded(value: Plain): Plain {
  const dtype = value.dtype ?? 'float32';
  const store = allocate(dtype, value.values.length);
  value.values.forEach((number, index) => {
    (store as unknown as (number | bigint)[])[index] = fromNumber(number, dtype);
  });
  return plain(
    value.shape,
    Array.from(store as unknown as number[], (element) => toNumber(element, dtype)),
    dtype,
  );
}

/** The plain tensor as a tensor of the library. */
export function toTensor(value: Plain): Tensor {
  const dtype = value.dtype ?? 'float32';
  const store = allocate(dtype, value.values.length);
  value.values.forEach((number, index) => {
    (store as unknown as (number | bigint)[])[index] = fromNumber(number, dtype);
  });
  return tensor(store, { dtype, shape: value.shape });
}

/** Every index of a shape in row order. */
export function indicesOf(shape: readonly number[]): number[][] {
  const index = shape.map(() => 0);
  const all: number[][] = [];
  for (let left = count(shape); left > 0; left -= 1) {
    all.push(index.slice());
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return all;
}

/** The element at an index; axes of size 1 are repeated, and leading axes that x lacks are ignored. */
export function at(x: Plain, index: readonly number[]): number {
  const { shape, values } = x;
  const skipped = index.length - shape.length;
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis += 1) {
    const size = shape[axis]!;
    if (size !== 1) offset = offset * size + index[axis + skipped]!;
  }
  return values[offset]!;
}

/** A plain tensor from a function of the index. */
export function fillPlain(shape: readonly number[], fn: (index: number[]) => number, dtype?: DType): Plain {
  return plain(shape, indicesOf(shape).map(fn), dtype);
}

/** The reference of an elementwise op: `fn` of the operands' elements, broadcasting. */
export function mapPlain(fn: (...values: number[]) => number, dtype?: DType): (...inputs: Plain[]) => Plain {
  return (...inputs) => {
    const shape = inputs.map((input) => input.shape).reduce((a, b) => broadcastShapes(a, b, 'mapPlain') as number[]);
    return fillPlain(shape, (index) => fn(...inputs.map((input) => at(input, index))), dtype);
  };
}

/** The reference of a reduction: `fn` of all elements that end in one place. Axes count from the front; all if left out. */
export function reducePlain(
  x: Plain,
  options: { axes?: readonly number[] | undefined; keepDims?: boolean | undefined; dtype?: DType | undefined },
  fn: (values: number[]) => number,
): Plain {
  const axes = options.axes ?? x.shape.map((_, axis) => axis);
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const reduced = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const inner = indicesOf(reduced);
  const values = indicesOf(kept).map((index) =>
    fn(
      inner.map((offset) =>
        at(
          x,
          index.map((position, axis) => position + offset[axis]!),
        ),
      ),
    ),
  );
  const shape = options.keepDims === true ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  return plain(shape, values, options.dtype);
}

/** The reference of an op along one axis (softmax, cumulative sum): `fn` from each line of elements to a new line. */
export function mapAxis(x: Plain, axis: number, fn: (line: number[]) => number[], dtype?: DType): Plain {
  const position = axis < 0 ? axis + x.shape.length : axis;
  const size = x.shape[position]!;
  const stride = count(x.shape.slice(position + 1));
  const values = [...x.values];
  let length = size;
  const lines: number[][] = [];
  for (let start = 0; start < values.length; start += 1) {
    if (Math.floor(start / stride) % size !== 0) continue;
    const line = fn(Array.from({ length: size }, (_, step) => x.values[start + step * stride]!));
    length = line.length;
    lines.push(line);
  }
  const shape = x.shape.map((old, at) => (at === position ? length : old));
  const result: number[] = new Array<number>(count(shape)).fill(0);
  lines.forEach((line, index) => {
    const start = Math.floor(index / stride) * stride * length + (index % stride);
    line.forEach((value, step) => (result[start + step * stride] = value));
  });
  return plain(shape, result, dtype);
}
