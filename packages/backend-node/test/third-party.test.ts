import { Variable, add, exp, forLoop, jit, mul, setDefaultBackend, tensor, toArray, whileLoop, less } from '@gai/core';
import type { Tensor } from '@gai/core';
import { allSamples, backendConformance } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { Abacus } from './abacus.ts';
import { rejection } from './backends.ts';

let abacus: Abacus;
beforeAll(async () => {
  abacus = new Abacus(await nodeBackend({ device: 'cpu', threads: 1 }), undefined);
  setDefaultBackend(abacus);
});
afterAll(() => abacus.dispose());

describe('a backend from elsewhere that says nothing of itself', () => {
  it('runs compiled functions and variables', async () => {
    const total = new Variable(tensor([0, 0]), 'total');
    const step = jit((x: Tensor) => {
      total.assign(add(total, exp(mul(x, 0))));
      return total.value;
    });
    abacus.counts.loads = 0;
    for (let count = 1; count <= 3; count++) expect(await toArray(await step(tensor([1, 2])))).toEqual([count, count]);
    expect(abacus.counts).toMatchObject({ loads: 1 });
  });

  it('has no loops: short ones are written out, others refused under its name', async () => {
    const powers = (count: number) =>
      jit((x: Tensor) => forLoop(0, count, (_, y: Tensor) => mul(y, 2), x))(tensor([1]));
    expect(await toArray(await powers(5))).toEqual([32]);
    expect((await rejection(powers(65))).message).toMatch(/^scan: beads has no loops/);
    const unbounded = whileLoop(
      (x: Tensor) => less(x, 100),
      (x: Tensor) => mul(x, 2),
      tensor(1),
    );
    expect((await rejection(toArray(unbounded))).message).toMatch(/^whileLoop: beads has no loops/);
  });

  // Of every family one op, two samples of it; third-party.full.test.ts runs them all.
  const few = allSamples.map((family) =>
    Object.fromEntries(
      Object.entries(family)
        .map(([name, samples]) => [name, samples.slice(0, 2)])
        .slice(0, 1),
    ),
  );
  const refused: string[] = [];
  const limits = { onRefused: ({ name }: { readonly name: string }) => refused.push(name) };
  backendConformance({ test: (name, run) => test(name, run, 60_000), samples: few, limits });
  afterAll(() => expect([...new Set(refused)]).toEqual(['doubled until large, no gradient']));
});
