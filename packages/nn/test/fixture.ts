import { readFileSync } from 'node:fs';
import { data, isTensor, tensor } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { expect } from 'vitest';

/** A tensor in a fixture file. */
export interface Packed {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: readonly number[];
}

/** Reads a fixture beside this file. */
export function readFixture<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8')) as T;
}

/** A fixture's tensor. */
export function unpack({ shape, dtype, data: values }: Packed): Tensor {
  const array = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  return tensor(array, { shape, dtype: dtype satisfies DType });
}

/** Tensors by name. */
export function unpackAll(packed: Readonly<Record<string, Packed>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(packed).map(([name, value]) => [name, unpack(value)]));
}

/** A tensor as a fixture. */
export async function pack(x: Tensor): Promise<Packed> {
  return { shape: x.shape.map(Number), dtype: x.dtype as Packed['dtype'], data: [...(await data(x))].map(Number) };
}

/** Absolute and relative difference that float32 sums of a few hundred terms may have between two libraries. */
const TOLERANCE = 1e-5;

/** Fails unless the tensor has the fixture's shape, dtype and, within 1e-5, its numbers. */
export async function expectClose(actual: unknown, expected: Packed, what: string): Promise<void> {
  if (!isTensor(actual)) throw new TypeError(`${what} is not a tensor`);
  expect([what, actual.dtype, ...actual.shape]).toEqual([what, expected.dtype, ...expected.shape]);
  const numbers = [...(await data(actual))].map(Number);
  numbers.forEach((value, index) => {
    const wanted = expected.data[index]!;
    const difference = Math.abs(value - wanted);
    if (difference <= TOLERANCE * Math.max(1, Math.abs(wanted))) return;
    expect.fail(`${what}[${index}] is ${value}, PyTorch has ${wanted}`);
  });
}
