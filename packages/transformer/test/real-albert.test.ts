import { readFileSync } from 'node:fs';
import { compile, data, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { tryModel } from '@gai/hub/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { AutoModelForMaskedLM } from '../src/index.ts';
import { AutoTokenizer } from '../src/text/index.ts';
import { TOLERANCE } from './families.ts';

/** What transformers gives for reactions, tokens masked in the middle; the ids are those of the package's pattern and vocab.txt. */
const reference = JSON.parse(readFileSync(new URL('fixtures/real-albert.json', import.meta.url), 'utf8')) as {
  readonly n_parameters: number;
  readonly rows: readonly {
    readonly reaction: string;
    readonly input_ids: readonly number[];
    readonly hidden_cls_first6: readonly number[];
    readonly hidden_abs_mean: number;
    readonly masked_position: number;
    readonly top5: readonly (readonly [id: number, score: number])[];
  }[];
};

// Found or fetched, or said loudly that the tests are left out; an error with GAI_MODELS=required, as in CI.
const rxnmapper = await tryModel('rxnmapper');

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.skipIf(rxnmapper === undefined)('ALBERT of RXNMapper, a folder with pytorch_model.bin', () => {
  test('hidden states of reactions, and the best tokens in place of a masked one', { timeout: 60_000 }, async () => {
    const model = await AutoModelForMaskedLM.fromPretrained(rxnmapper!.folder);
    expect(model.constructor.name).toBe('AlbertForMaskedLM');
    expect(model.origin!.unused).toEqual(['albert.pooler.weight', 'albert.pooler.bias']);
    const counts = model.parameters().map(({ shape }) => (shape as number[]).reduce((all, size) => all * size, 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(reference.n_parameters);
    const { albert, predictions } = model as unknown as {
      readonly albert: { forward(ids: Tensor): { readonly lastHiddenState: Tensor } };
      readonly predictions: { forward(hidden: Tensor): Tensor };
    };
    await using run = await compile(
      {
        forward: (ids: Tensor) => {
          const { lastHiddenState } = albert.forward(ids);
          return { hidden: lastHiddenState, logits: predictions.forward(lastHiddenState) };
        },
        eval: () => model.eval(),
        saveModes: () => model.saveModes(),
      } as never,
      { ids: spec(['batch', 'time'], 'int32') },
    );
    const mask = (await AutoTokenizer.fromPretrained(rxnmapper!.folder)).tokenToId('[MASK]')!;
    const numbersOf = async (ids: readonly number[]): Promise<{ hidden: Float32Array; logits: Float32Array }> => {
      const { hidden, logits } = (await run(tensor([[...ids]], { dtype: 'int32' }))) as unknown as Record<
        'hidden' | 'logits',
        Tensor
      >;
      return { hidden: (await data(hidden)) as Float32Array, logits: (await data(logits)) as Float32Array };
    };
    let worst = 0;
    for (const { input_ids: ids, hidden_cls_first6: first, masked_position: at, ...row } of reference.rows) {
      const { hidden } = await numbersOf(ids);
      const largest = Math.max(...first.map(Math.abs));
      for (const [index, value] of first.entries()) worst = Math.max(worst, Math.abs(hidden[index]! - value) / largest);
      const mean = hidden.reduce((sum, value) => sum + Math.abs(value), 0) / hidden.length;
      worst = Math.max(worst, Math.abs(mean / row.hidden_abs_mean - 1));
      const { logits } = await numbersOf(ids.map((id, index) => (index === at ? mask : id)));
      const width = logits.length / ids.length;
      const scores = [...logits.subarray(at * width, (at + 1) * width)];
      const best = scores.map((score, id) => [id, score] as const).sort((a, b) => b[1] - a[1]);
      expect(
        best.slice(0, 5).map(([id]) => id),
        row.reaction,
      ).toEqual(row.top5.map(([id]) => id));
      const most = Math.max(...row.top5.map(([, score]) => Math.abs(score)));
      for (const [id, score] of row.top5) worst = Math.max(worst, Math.abs(scores[id]! - score) / most);
    }
    expect(worst).toBeLessThan(TOLERANCE);
  });
});
