import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { FAMILIES, FIRST, TOLERANCE, loadCase, runner, worstOf } from './families.ts';
import { detailsOf, folderOf, readCases, readConfigs4, weightsOf } from './fixture.ts';
import type { Case } from './fixture.ts';

const parity = parityRecord(import.meta.url);

/** Only version 5 has these positions, positions given to DistilBERT, and words that are not shared. */
const onlyIn5: readonly string[] = [
  'llama/proportional-random',
  'distilbert/placed-random',
  'marian/apart-random',
  'bart/untied-random',
  'pegasus/other-random',
];

/** What docs/parity.json has: cases of the first families. */
const isListed = ({ family, name }: Case): boolean => FIRST.includes(family) && name !== 'span-random';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.each(FAMILIES)('%s computes what the reference does', (family) => {
  const cases = readCases(family);
  const configs4 = readConfigs4(family);

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const model = await loadCase(one, folderOf(one));
    const { worst, name, compared } = await worstOf(one, runner(model));
    expect(compared).toBeGreaterThan(1);
    expect(worst, name).toBeLessThan(TOLERANCE);
    if (!isListed(one)) return;
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
  const both = cases.filter((one) => family !== 'bert' || one.name !== 'untied-random');
  it('means the same by the configurations of version 4', async () => {
    for (const one of both) {
      const config = configs4[one.name];
      expect(config === undefined, one.name).toBe(onlyIn5.includes(`${family}/${one.name}`));
      const [now, before] = [await loadCase(one), await loadCase(one, folderOf(one, weightsOf(one), config))];
      // Version 5 writes that T5 1.1 is tied; only the tensor of an output could tell.
      const has = family === 't5' && one.class !== 'T5ForConditionalGeneration' ? { tieWordEmbeddings: true } : {};
      expect({ ...before.config, ...has }, one.name).toEqual(now.config);
    }
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));
