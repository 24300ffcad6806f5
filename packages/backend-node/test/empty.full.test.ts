import { expect, it } from 'vitest';
import { runEmptyCases } from './empty-cases.ts';

it('computes or refuses every sample with every axis made 0, and lives', async () => {
  const { cases, problems } = await runEmptyCases(Infinity);
  expect(problems).toEqual([]);
  expect(cases).toBeGreaterThan(6000);
});
