import { readFileSync } from 'node:fs';
import * as core from '@gai/core';
import { cast, data, mul, reshape, setDefaultBackend, sum, tensor, vjp } from '@gai/core';
import type { Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

/** A call and what PyTorch makes of it, in float64; the script beside the fixture says how. */
interface Case {
  op: string;
  shapes: number[][];
  options: Record<string, unknown>;
  shape: number[];
  y: number[];
  gradients: number[][];
  indices?: number[];
}

const path = new URL('fixtures/convolution.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Case[] };

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const numbers = (shape: readonly number[], at: (index: number) => number, dtype: 'float32' | 'float64'): Tensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return cast(
    tensor(
      Float64Array.from({ length: count }, (_, index) => at(index)),
      { shape },
    ),
    dtype,
  );
};

type Call = (...operands: unknown[]) => Tensor | [Tensor, Tensor];

/** The function of a case with its options. */
function callOf({ op, options }: Case): (...inputs: Tensor[]) => [Tensor, Tensor | undefined] {
  const run = (core as unknown as Record<string, Call>)[op]!;
  const only = (result: Tensor | [Tensor, Tensor]): [Tensor, Tensor | undefined] =>
    Array.isArray(result) ? result : [result, undefined];
  if (op.startsWith('adaptive')) return (x) => only(run(x, options['outputSize']));
  if (op.includes('Pool')) return (x) => only(run(x, options));
  return (x, weight, bias) => only(run(x, weight, { ...options, bias }));
}

const close = async (actual: Tensor, expected: number[], tolerance: number): Promise<void> => {
  const found = [...((await data(actual)) as Float32Array)];
  expect(found.length).toBe(expected.length);
  expect(allClose(found, expected, tolerance), `${found.slice(0, 8)} for ${expected.slice(0, 8)}`).toBe(true);
};

describe.each(['float32', 'float64'] as const)('as PyTorch, %s', (dtype) => {
  // The fixture has six digits; float32 sums of up to 200 products keep about five.
  const tolerance = dtype === 'float32' ? 2e-5 : 2e-6;
  it.each(cases.map((one, index) => ({ ...one, index })))('$index: $op $shapes $options', async (one) => {
    const call = callOf(one);
    const inputs = one.shapes.map((shape, seed) => numbers(shape, (index) => Math.sin(index * 12.9898 + seed), dtype));
    const [y, indices] = call(...inputs);
    expect(y.shape).toEqual(one.shape);
    expect(y.dtype).toBe(dtype);
    await close(y, one.y, tolerance);
    const cotangent = numbers(one.shape, (index) => Math.cos(index * 0.7), dtype);
    const loss = (given: readonly Tensor[]): Tensor => sum(mul(call(...given)[0], cotangent));
    const [gradients] = vjp(loss, inputs).pullback(reshape(cast(tensor([1]), dtype), []));
    for (const [index, gradient] of gradients.entries()) await close(gradient, one.gradients[index]!, tolerance);
    if (one.indices !== undefined) expect([...((await data(indices!)) as Int32Array)]).toEqual(one.indices);
  });
});
