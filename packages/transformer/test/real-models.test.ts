import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, data, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Compiled, Tensor } from '@gai/core';
import { sizeOf } from '@gai/core/ops';
import { nodeBackend } from '@gai/backend-node';
import { openGguf } from '@gai/formats';
import { tryModel } from '@gai/hub/node';
import { ChatTemplate, tokenizerFromFolder, tokenizerFromGGUF } from '@gai/tokenizers';
import type { Tokenizer } from '@gai/tokenizers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BertModel, LlamaForCausalLM, pool } from '../src/index.ts';
import { embedder } from '../src/text/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { TOLERANCE } from './families.ts';
import { referenceText, relativeDifference } from './fixture.ts';

interface Sentence {
  readonly text: string;
  readonly input_ids: readonly number[];
  readonly cls_hidden_first4: readonly number[];
  readonly mean_pooled_norm: number;
  readonly embedding_first8: readonly number[];
  readonly embedding_sum: number;
}

interface Prompt {
  readonly prompt: string;
  readonly templated?: string;
  readonly input_ids: readonly number[];
  readonly top5_first: readonly (readonly [id: number, logit: number])[];
  readonly logsumexp_first?: number;
  readonly greedy_ids: readonly number[];
  readonly greedy_text: string;
  readonly margins?: readonly number[];
  readonly token_logprobs?: readonly number[];
}

/** What Python gave for these files; fixtures/make_real_models.py wrote it. */
const reference = JSON.parse(readFileSync(new URL('fixtures/real-models.json', import.meta.url), 'utf8')) as {
  readonly minilm: {
    readonly versions: Readonly<Record<string, string>>;
    readonly sentences: readonly Sentence[];
    readonly cosine: readonly (readonly number[])[];
  };
  readonly smollm2: {
    readonly versions: Readonly<Record<string, string>>;
    readonly n_parameters: number;
    readonly chat: readonly Prompt[];
    readonly raw: readonly Prompt[];
  };
};

const parity = parityRecord(import.meta.url);
const MINILM = 'all-MiniLM-L6-v2';
const SMOLLM2 = 'SmolLM2-135M-Instruct.Q4_1.gguf';

/** Records what came of one comparison with a real model. */
function record(
  group: string,
  name: string,
  compared: string,
  [count, largest, tolerance]: readonly [number, number, number],
): void {
  const { versions } = group === MINILM ? reference.minilm : reference.smollm2;
  parity.add({ group, name, compared, count, largest, tolerance, reference: referenceText(versions) });
}

// Found or fetched, or said loudly that the tests are left out; an error with GAI_MODELS=required, as in CI.
const minilm = await tryModel('minilm');
const smollm2 = await tryModel('smollm2');
const PATIENCE = 300_000; // For a slow machine: some hundred megabytes are read and computed with.

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const readBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const numbers = async (x: Tensor): Promise<Float32Array> => (await data(x)) as Float32Array;
const idsOf = (tokenizer: Tokenizer, text: string, addSpecialTokens: boolean): number[] => [
  ...tokenizer.encode(text, { addSpecialTokens, truncation: null, padding: null }).ids,
];

/** The largest distance of two lists of numbers. */
const distance = (actual: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, index) => Math.abs(actual[index]! - value)));

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, index) => sum + x * b[index]!, 0);

describe.skipIf(minilm === undefined)('all-MiniLM-L6-v2, a folder of sentence-transformers', () => {
  const { sentences, cosine } = reference.minilm;

  test('the same ids', async () => {
    const tokenizer = await tokenizerFromFolder(async (name) => {
      const path = join(minilm!.folder, name);
      return existsSync(path) ? readBytes(path) : undefined;
    });
    for (const { text, input_ids } of sentences) expect(idsOf(tokenizer, text, true)).toEqual(input_ids);
    record(MINILM, 'ids', 'texts', [sentences.length, 0, 0]);
  });

  test(
    'the same embeddings and cosines to 1e-6',
    async () => {
      await using texts = await embedder(minilm!.folder);
      const { vectors, usage } = await texts.embed(sentences.map(({ text }) => text));
      expect(usage.inputTokens).toBe(sentences.reduce((count, { input_ids }) => count + input_ids.length, 0));
      expect(texts.dimensions).toBe(384);
      const differences: number[] = [];
      const ofSums: number[] = [];
      for (const [index, { text, embedding_first8, embedding_sum }] of sentences.entries()) {
        const vector = vectors[index]! as Float32Array;
        const total = vector.reduce((sum, x) => sum + x, 0);
        const cosines = vectors.map((other) => dot(vector, other as Float32Array));
        differences.push(distance(vector, embedding_first8), distance(cosines, cosine[index]!));
        ofSums.push(Math.abs(total - embedding_sum)); // Of 384 numbers.
        expect(Math.max(...differences), text).toBeLessThan(1e-6);
        expect(Math.max(...ofSums), text).toBeLessThan(1e-5);
      }
      record(MINILM, 'embeddings and cosines', 'texts', [sentences.length, Math.max(...differences), 1e-6]);
      record(MINILM, 'sums of embeddings', 'texts', [sentences.length, Math.max(...ofSums), 1e-5]);
    },
    PATIENCE,
  );

  test(
    'the same hidden states, in one batch with padding',
    async () => {
      const model = (await BertModel.fromPretrained(minilm!.folder)).eval();
      const time = Math.max(...sentences.map(({ input_ids }) => input_ids.length));
      const padded = (row: readonly number[]): number[] => [...row, ...new Array<number>(time - row.length).fill(0)];
      const ids = tensor(
        sentences.map(({ input_ids }) => padded(input_ids)),
        { dtype: 'int32' },
      );
      const attentionMask = tensor(
        sentences.map(({ input_ids }) => padded(input_ids.map(() => 1))),
        { dtype: 'int32' },
      );
      const { lastHiddenState } = model.forward(ids, { attentionMask });
      const means = await numbers(pool(lastHiddenState, attentionMask, 'mean'));
      const hidden = await numbers(lastHiddenState);
      const differences: number[] = [];
      for (const [index, { text, cls_hidden_first4, mean_pooled_norm }] of sentences.entries()) {
        const first = hidden.subarray(index * time * 384);
        const norm = Math.hypot(...means.subarray(index * 384, (index + 1) * 384));
        const found = [relativeDifference(first, cls_hidden_first4), Math.abs(norm / mean_pooled_norm - 1)];
        expect(Math.max(...found), text).toBeLessThan(TOLERANCE);
        differences.push(...found);
      }
      record(MINILM, 'hidden states, padded', 'texts', [sentences.length, Math.max(...differences), TOLERANCE]);
      for (const parameter of model.parameters()) parameter.value[Symbol.dispose]();
    },
    PATIENCE,
  );
});

describe.skipIf(smollm2 === undefined)('SmolLM2-135M-Instruct, a GGUF file', () => {
  const { chat, raw, n_parameters } = reference.smollm2;
  const path = smollm2 === undefined ? '' : join(smollm2.folder, SMOLLM2);
  let tokenizer: Tokenizer;
  let template: ChatTemplate;
  let run: Compiled<Tensor>;
  let vocabSize: number;

  beforeAll(async () => {
    const { metadata } = await openGguf(readBytes(path));
    tokenizer = tokenizerFromGGUF(metadata);
    template = new ChatTemplate(metadata['tokenizer.chat_template'] as string);
    const model = (await LlamaForCausalLM.fromPretrained(path)).eval();
    expect(model.parameters().reduce((sum, { shape }) => sum + Number(sizeOf(shape)), 0)).toBe(n_parameters);
    vocabSize = model.config.vocabSize;
    run = await compile(model, { ids: spec([1, 'time'], 'int32') });
    for (const parameter of model.parameters()) parameter.value[Symbol.dispose](); // What was compiled has its own.
  }, PATIENCE);
  afterAll(() => run.dispose());

  test.each(chat)('the text and the ids of the conversation "$prompt"', ({ prompt, templated, input_ids }) => {
    const text = template.apply([{ role: 'user', content: prompt }], { addGenerationPrompt: true });
    expect(text).toBe(templated);
    expect(idsOf(tokenizer, text, false)).toEqual(input_ids);
    record(SMOLLM2, prompt, 'ids of the templated text', [input_ids.length, 0, 0]);
  });

  test.each(raw)('the ids of $prompt', ({ prompt, input_ids }) => {
    expect(idsOf(tokenizer, prompt, false)).toEqual(input_ids);
    record(SMOLLM2, prompt, 'ids', [input_ids.length, 0, 0]);
  });

  test.each([...chat, ...raw])(
    'the logits after "$prompt", and the reference\'s answer token by token',
    async (one) => {
      const { prompt, input_ids, top5_first, logsumexp_first, greedy_ids, greedy_text, margins, token_logprobs } = one;
      expect(tokenizer.decode(greedy_ids, { skipSpecialTokens: false })).toBe(greedy_text);
      // The answer is put behind the prompt. If each of its tokens is the best after those before it, decoding greedily gives it.
      const logits = await numbers(await run(tensor([[...input_ids, ...greedy_ids]], { dtype: 'int32' })));
      const after = (place: number): Float32Array => logits.subarray(place * vocabSize, (place + 1) * vocabSize);
      const start = input_ids.length - 1;
      const bound = TOLERANCE * top5_first[0]![1];

      const first = after(start);
      expect(best(first, 5)).toEqual(top5_first.map(([id]) => id));
      const differences = top5_first.map(([id, logit]) => Math.abs(first[id]! - logit));
      if (logsumexp_first !== undefined) differences.push(Math.abs(logSumExp(first) - logsumexp_first));
      expect(Math.max(...differences)).toBeLessThan(bound);

      for (const [index, id] of greedy_ids.entries()) {
        const row = after(start + index);
        const [winner, second] = best(row, 2) as [number, number];
        // As far as two libraries can agree: where the reference's margin is below the tolerance, either may win.
        if (winner !== id) expect(row[winner]! - row[id]!).toBeLessThan(2 * bound);
        const margin = margins?.[index];
        if (margin === undefined || winner !== id) continue;
        expect(Math.abs(row[winner]! - row[second]! - margin)).toBeLessThan(2 * bound + 5e-5); // The margins have four decimals.
      }
      for (const [index, expected] of (token_logprobs ?? []).entries()) {
        const row = after(index);
        expect(Math.abs(row[input_ids[index + 1]!]! - logSumExp(row) - expected)).toBeLessThan(2 * bound);
      }
      const largest = Math.max(...differences) / top5_first[0]![1];
      record(SMOLLM2, prompt, 'best logits', [differences.length, largest, TOLERANCE]);
      record(SMOLLM2, prompt, 'tokens of the greedy answer', [greedy_ids.length, 0, 0]);
    },
    PATIENCE,
  );
});

/** The ids of the largest numbers, largest first. */
function best(row: Float32Array, count: number): number[] {
  const found: number[] = [];
  for (let id = 0; id < row.length; id += 1) {
    if (found.length === count && row[id]! <= row[found.at(-1)!]!) continue;
    const at = found.findIndex((other) => row[id]! > row[other]!);
    found.splice(at === -1 ? found.length : at, 0, id);
    found.length = Math.min(found.length, count);
  }
  return found;
}

function logSumExp(row: Float32Array): number {
  const largest = row.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(row.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

test('the page on parity lists these cases', ({ task }) => parity.finish(task));
