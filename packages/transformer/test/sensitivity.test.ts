import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Field } from '../src/config/fields.ts';
import type { ConfigFormat } from '../src/config/read-config.ts';
import { albertFormat } from '../src/families/albert/config.ts';
import { bartFormat } from '../src/families/bart/config.ts';
import { bertFormat } from '../src/families/bert/config.ts';
import { distilbertFormat } from '../src/families/distilbert/config.ts';
import { electraFormat } from '../src/families/electra/config.ts';
import { gpt2Format } from '../src/families/gpt2/config.ts';
import { llamaFormat } from '../src/families/llama/config.ts';
import { robertaFormat } from '../src/families/roberta/config.ts';
import { t5Format } from '../src/families/t5/config.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { TOLERANCE, isFull, loadCase, runner, worstOf, zeroed } from './families.ts';
import { detailsOf, folderOf, readCases } from './fixture.ts';
import type { Case } from './fixture.ts';

const parity = parityRecord(import.meta.url);

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const laterFormats: readonly unknown[] = [robertaFormat, distilbertFormat, electraFormat, albertFormat, bartFormat];
const formats = [
  bertFormat,
  gpt2Format,
  llamaFormat,
  t5Format,
  ...(isFull ? laterFormats : []),
] as readonly ConfigFormat<never>[];

/** Fixtures whose cases are kinds of one family. */
const kindsOf: Readonly<Record<string, readonly string[]>> = isFull
  ? { llama: ['llama', 'mistral', 'qwen2', 'qwen3', 'gemma', 'smollm3'], bart: ['bart', 'marian', 'pegasus'] }
  : {};

/** Fields that only kinds of Llama depend on, and a case of BERT's that is a kind of its own. */
const ofKinds: readonly string[] = isFull ? [] : ['slidingWindow', 'layerTypes', 'noRopeLayers', 'span-random'];

/** Tensors that files have and no output depends on: without tied words the decoder has a bias, or a table, of its own. */
const unused: readonly string[] = [
  'bert/untied-random/cls.predictions.bias',
  'roberta/untied-random/lm_head.bias',
  'albert/untied-random/predictions.bias',
  'bart/untied-random/model.shared.weight',
  'pegasus/other-random/model.shared.weight',
];

/** Values to try in place of what a field is: at least one of them is another one, and valid by itself. */
const others: Readonly<Record<string, readonly unknown[]>> = {
  hiddenAct: ['gelu', 'gelu_new', 'relu', 'silu'],
  ropeParameters: [
    { ropeType: 'default', ropeTheta: 12_345 },
    { ropeType: 'linear', ropeTheta: 1000, factor: 3 },
  ],
  activation: ['gelu', 'gelu_new', 'relu'],
  slidingWindow: [3, 5],
  layerTypes: [
    ['full_attention', 'full_attention'],
    ['sliding_attention', 'sliding_attention'],
  ],
  noRopeLayers: [
    [1, 1],
    [0, 0],
  ],
  activationFunction: ['gelu', 'gelu_new', 'relu'],
  denseActFn: ['gelu', 'gelu_new', 'relu'],
  layerNormEps: [1e-5],
  layerNormEpsilon: [1e-4],
  rmsNormEps: [1e-4],
  padTokenId: [1],
};

/** Other values of the parts of scaled positions. */
function changedRope(rope: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(rope).flatMap(([name, value]): [string, unknown][] => {
    if (name === 'ropeType') return [];
    const other = Array.isArray(value)
      ? value.map((each) => 1.5 * (each as number))
      : typeof value === 'boolean'
        ? !value
        : 0.6 * (value as number);
    return [[name, { ...rope, [name]: other }]];
  });
}

function changed(key: string, value: unknown): unknown[] {
  const candidates =
    others[key] ?? (typeof value === 'boolean' ? [!value] : typeof value === 'number' ? [value + 1, 2 * value] : []);
  return candidates.filter((other) => JSON.stringify(other) !== JSON.stringify(value));
}

/** Whether the case notices, by a number out of tolerance or by refusing to load. */
async function fails(one: Case, change: object): Promise<boolean> {
  try {
    const model = await loadCase(one, folderOf(one), { newHead: false, ...change });
    return !((await worstOf(one, runner(model))).worst < TOLERANCE);
  } catch {
    return true;
  }
}

describe.each(formats.map((format) => [format.modelType, format] as const))('%s', (family, format) => {
  const cases = (kindsOf[family] ?? [family]).flatMap(readCases).filter(({ name }) => !ofKinds.includes(name));

  it.each(cases.map((one) => [`${one.family}, ${one.name}`, one] as const))(
    'no tensor of %s can be zero',
    { timeout: 60_000 },
    async (_, one) => {
      const model = await loadCase(one);
      const run = runner(model);
      const differences: number[] = [];
      for (const name of model.namedParameters().keys()) {
        const restore = zeroed(model, name);
        const { worst } = await worstOf(one, run);
        restore();
        // XLM-RoBERTa's files call a bias otherwise.
        const [, offset, amplitude] = one.weights[name] ?? [[], 0, 1];
        const isZeroAnyway = offset === 0 && amplitude === 0; // Biases at the beginning of a training.
        if (isZeroAnyway || unused.includes(`${one.family}/${one.name}/${name}`)) continue;
        expect(worst, `${name} is zero`).toBeGreaterThan(TOLERANCE);
        differences.push(worst);
      }
      expect((await worstOf(one, run)).worst).toBeLessThan(TOLERANCE);
      parity.add({
        group: one.family,
        name: one.name,
        details: detailsOf(one),
        compared: 'tensors set to zero',
        count: differences.length,
        smallest: Math.min(...differences),
        tolerance: TOLERANCE,
        reference: one.reference,
      });
    },
  );

  const fields = Object.entries(format.fields as Record<string, Field<unknown>>).filter(
    ([key, { matters }]) => matters !== false && !ofKinds.includes(key),
  );
  const noticed: string[] = [];
  it.each(fields.map(([key]) => key))('a case fails with another %s', { timeout: 60_000 }, async (key) => {
    for (const one of cases) {
      const { config } = (await loadCase(one)) as unknown as { readonly config: Readonly<Record<string, unknown>> };
      for (const other of changed(key, config[key]))
        if (await fails(one, { [key]: other })) return void noticed.push(key);
    }
    expect.fail(`no case depends on ${key}`);
  });

  it('notices other values of fields', () => {
    parity.add({
      group: family,
      name: 'config.json',
      details: noticed.map((key) => `\`${key}\``).join(', '),
      compared: 'fields with another value',
      count: noticed.length,
      tolerance: TOLERANCE,
      reference: cases[0]!.reference,
    });
  });
});

test.each([
  ['yarn', 'yarn'],
  ['yarn', 'yarn-untruncated'],
  ['yarn', 'yarn-sharper'],
  ['dynamic', 'dynamic-long'],
  ['longrope', 'longrope-short'],
  ['longrope', 'longrope-long'],
  ['longrope', 'longrope-sharper'],
  ['proportional', 'proportional'],
])('%s: every parameter is noticed', async (_, name) => {
  const cases = readCases('llama').filter((one) => one.name.startsWith(name.split('-')[0]!));
  const one = cases.find((each) => each.name === `${name}-random`)!;
  const { config } = (await loadCase(one)) as unknown as { readonly config: { readonly ropeParameters: object } };
  for (const [part, ropeParameters] of changedRope(config.ropeParameters as Readonly<Record<string, unknown>>)) {
    const noticed = await Promise.all(cases.map((each) => fails(each, { ropeParameters })));
    expect(noticed.includes(true), part).toBe(true);
  }
});

// The page lists what an ordinary run looks at.
test.skipIf(isFull)('the page on parity lists these cases', ({ task }) => parity.finish(task));
