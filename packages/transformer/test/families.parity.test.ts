import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { TOLERANCE, loadCase, runner, worstOf } from './families.ts';
import { folderOf, readCases, readConfigs4, weightsOf } from './fixture.ts';

const configs4 = readConfigs4();

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.each(['bert', 'gpt2', 'llama', 't5'])('%s computes what the reference does', (family) => {
  const cases = readCases(family);

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const model = await loadCase(one, folderOf(one));
    const { worst, name, compared } = await worstOf(one, runner(model));
    expect(compared).toBeGreaterThan(1);
    expect(worst, name).toBeLessThan(TOLERANCE);
  });

  // Its BERT adds the bias of the words also where it has one of its own.
  const both = cases.filter((one) => one.name !== 'untied-random');
  it('means the same by the configurations of version 4', async () => {
    for (const one of both) {
      const [now, before] = [
        await loadCase(one),
        await loadCase(one, folderOf(one, weightsOf(one), configs4[`${family}/${one.name}`])),
      ];
      // Version 5 writes that T5 1.1 is tied; only the tensor of an output could tell.
      const has = family === 't5' && one.class !== 'T5ForConditionalGeneration' ? { tieWordEmbeddings: true } : {};
      expect({ ...before.config, ...has }, one.name).toEqual(now.config);
    }
  });
});
