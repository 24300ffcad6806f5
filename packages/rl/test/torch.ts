import { readFileSync } from 'node:fs';
import { data, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { expect } from 'vitest';

/** A tensor of the fixture, in float64. */
export interface Packed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One policy's distribution, and what PyTorch says of it. */
export interface DistributionCase {
  readonly kind: 'Categorical' | 'MultiCategorical' | 'Bernoulli' | 'DiagonalGaussian' | 'SquashedGaussian';
  readonly parameters: readonly Packed[];
  readonly others: readonly Packed[];
  readonly action: Packed;
  readonly mode: Packed;
  readonly logProb: Packed;
  readonly logProbGradients: readonly Packed[];
  readonly entropy?: Packed;
  readonly entropyGradients?: readonly Packed[];
  readonly kl?: Packed;
  readonly mask?: Packed;
  readonly nvec?: readonly number[];
}

interface Fixture {
  readonly gae: readonly (Readonly<
    Record<'rewards' | 'values' | 'nextValues' | 'terminations' | 'advantages' | 'returns', Packed>
  > & { readonly truncations: Packed | null; readonly gamma: number; readonly lambda: number })[];
  readonly surrogate: readonly (Readonly<
    Record<'logProb' | 'oldLogProb' | 'advantages' | 'loss' | 'clipFraction' | 'gradient', Packed>
  > & {
    readonly clipRange: number;
    readonly kl: Readonly<Record<'k1' | 'k2' | 'k3', { readonly value: Packed; readonly gradient: Packed }>>;
  })[];
  readonly value: readonly (Readonly<Record<'values' | 'oldValues' | 'returns' | 'loss' | 'gradient', Packed>> & {
    readonly clipRange: number | null;
    readonly isPessimistic: boolean;
  })[];
  readonly whiten: readonly Readonly<Record<'x' | 'value' | 'weights' | 'gradient', Packed>>[];
  readonly distributions: readonly DistributionCase[];
}

/** What PyTorch computed, `fixtures/make-policy-losses.py`. */
export const torch = JSON.parse(
  readFileSync(new URL('./fixtures/policy-losses.json', import.meta.url), 'utf8'),
) as Fixture;

/** A fixture's numbers as a float32 tensor. */
export const unpack = ({ shape, data: values }: Packed): Tensor => tensor(Float32Array.from(values), { shape });

/** Fails unless the tensor has the fixture's shape and, within the tolerance, its numbers. */
export async function expectClose(actual: Tensor, expected: Packed, tolerance = 1e-5): Promise<void> {
  expect([...actual.shape]).toEqual([...expected.shape]);
  expectNumbers(Array.from(await data(actual), Number), expected, tolerance);
}

/** Fails unless the numbers are the fixture's within the tolerance, relative where they are larger than 1. */
export function expectNumbers(actual: ArrayLike<number>, expected: Packed, tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.data.length);
  expected.data.forEach((wanted, index) => {
    const difference = Math.abs(actual[index]! - wanted);
    if (!(difference <= tolerance * Math.max(1, Math.abs(wanted))))
      expect.fail(`[${index}] is ${actual[index]}, PyTorch has ${wanted}`);
  });
}
