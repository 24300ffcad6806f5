import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { TOLERANCE, loadCase, runner, worstOf } from './families.ts';
import { folderOf, readCases } from './fixture.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.each(['bert', 'llama'])('%s computes what the reference does', (family) => {
  const cases = readCases(family);

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const model = await loadCase(one, folderOf(one));
    const { worst, name, compared } = await worstOf(one, runner(model));
    expect(compared).toBeGreaterThan(1);
    expect(worst, name).toBeLessThan(TOLERANCE);
  });
});
