import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { TOLERANCE, loadCase, runner, worstOf } from './families.ts';
import { detailsOf, folderOf, readCases, readConfigs4, weightsOf } from './fixture.ts';

const parity = parityRecord(import.meta.url);
const configs4 = readConfigs4();

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.each(['bert', 'gpt2', 'llama', 't5'])('%s computes what the reference does', (family) => {
  const cases = readCases(family);

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const model = await loadCase(one, folderOf(one));
    const { worst, name, compared } = await worstOf(one, runner(model));
    expect(compared).toBeGreaterThan(1);
    expect(worst, name).toBeLessThan(TOLERANCE);
    parity.add({
      group: family,
      name: one.name,
      details: detailsOf(one),
      compared: 'tensors',
      count: compared,
      largest: worst,
      tolerance: TOLERANCE,
      reference: one.reference,
    });
  });

  // Its BERT adds the bias of the words also where it has one of its own.
  const both = cases.filter((one) => one.name !== 'untied-random');
  it('means the same by the configurations of version 4', async () => {
    for (const one of both) {
      const config = configs4[`${family}/${one.name}`];
      expect(config === undefined, one.name).toBe(one.name === 'proportional-random'); // Version 5 alone has that.
      const [now, before] = [await loadCase(one), await loadCase(one, folderOf(one, weightsOf(one), config))];
      // Version 5 writes that T5 1.1 is tied; only the tensor of an output could tell.
      const has = family === 't5' && one.class !== 'T5ForConditionalGeneration' ? { tieWordEmbeddings: true } : {};
      expect({ ...before.config, ...has }, one.name).toEqual(now.config);
    }
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));
