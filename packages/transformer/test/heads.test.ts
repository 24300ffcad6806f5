import { data, ones, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  LlamaForCausalLM,
  LlamaForQuestionAnswering,
  T5ForConditionalGeneration,
  T5ForSequenceClassification,
  T5ForTokenClassification,
  T5Model,
} from '../src/index.ts';
import { folderOf, readCases } from './fixture.ts';
import type { Case } from './fixture.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const caseOf = (family: string, name: string): Case => readCases(family).find((one) => one.name === name)!;
const int32 = (rows: number[][]): Tensor => tensor(rows, { dtype: 'int32' });

const tasks = {
  question: AutoModelForQuestionAnswering,
  sequence: AutoModelForSequenceClassification,
  token: AutoModelForTokenClassification,
} as const;

test.each(
  ['bert', 'roberta', 'distilbert', 'electra', 'albert', 'gpt2', 'llama', 't5'].flatMap((family) =>
    Object.keys(tasks).map((task) => [family, task] as const),
  ),
)('AutoModel finds the head of %s for %s', async (family, task) => {
  const one = caseOf(family, `${task}-random`);
  const model = await tasks[task as keyof typeof tasks].fromPretrained('model', { storage: folderOf(one) });
  expect(model.constructor.name).toBe(one.class);
});

describe('a new head on the files of another', () => {
  test('of a Llama-style language model', async () => {
    const storage = folderOf(caseOf('llama', 'grouped-random'));
    const model = await LlamaForQuestionAnswering.fromPretrained('model', { storage, newHead: true });
    expect(model.origin!.initialised).toEqual(['qa_outputs.weight', 'qa_outputs.bias']);
    expect(model.origin!.unused).toEqual(['lm_head.weight']);
  });

  test('of Llama-style question answering, whose base has another name', async () => {
    const storage = folderOf(caseOf('llama', 'question-random'));
    const model = await LlamaForCausalLM.fromPretrained('model', { storage, newHead: true });
    expect(model.origin!.initialised).toEqual(['lm_head.weight']);
  });

  test('of a whole T5', async () => {
    const storage = folderOf(caseOf('t5', 'first-random'));
    const model = await T5ForTokenClassification.fromPretrained('model', { storage, numLabels: 3 });
    expect(model.origin!.initialised).toEqual(['classifier.weight', 'classifier.bias']);
    expect(model.origin!.unused.every((name) => name.startsWith('decoder.'))).toBe(true);
  });
});

describe('classes of texts with T5', () => {
  const small = { vocabSize: 9, dModel: 4, dKv: 2, dFf: 4, numLayers: 1, numHeads: 2 };

  test('are not a number where a text has no end', async () => {
    const model = new T5ForSequenceClassification(small).eval();
    const logits = (await data(
      model.forward(
        int32([
          [5, 1, 7],
          [5, 6, 7],
        ]),
      ),
    )) as Float32Array;
    expect([...logits].map(Number.isNaN)).toEqual([false, false, true, true]);
  });

  test('end with any of several tokens', async () => {
    const model = new T5ForSequenceClassification({ ...small, eosTokenId: [1, 8] }).eval();
    const logits = (await data(
      model.forward(
        int32([
          [5, 1, 7],
          [5, 6, 8],
        ]),
      ),
    )) as Float32Array;
    expect(logits.some(Number.isNaN)).toBe(false);
  });

  test('want an end, and a decoder of as many places', () => {
    const model = new T5ForSequenceClassification({ ...small, eosTokenId: null }).eval();
    expect(() => model.forward(int32([[5, 1]]))).toThrow(/Got no eosTokenId/);
    expect(() => model.forward(int32([[5, 1]]), { decoderInputIds: int32([[0]]) })).toThrow(
      /2 tokens and decoderInputIds of 1/,
    );
  });
});

test.each(['bert', 'roberta', 'distilbert', 'electra', 'albert', 'gpt2', 'llama', 't5'])(
  '%s refuses texts, and inputs it does not know',
  async (family) => {
    const storage = folderOf(caseOf(family, 'token-random'));
    const model = (await AutoModelForTokenClassification.fromPretrained('model', { storage })) as unknown as {
      forward(inputIds: unknown, inputs?: object): Tensor;
    };
    expect(() => model.forward('a text')).toThrow('these are no token ids. Got "a text"; expected a tensor');
    const ids = int32([[2, 7, 3]]);
    expect(() => model.forward(ids, { attention_mask: ids })).toThrow("Did you mean 'attentionMask'?");
    // -1 would be the last word of the table.
    for (const id of [-1, -100, 1e6])
      expect(() => model.forward(int32([[2, id, 3]]))).toThrow(`Got id ${id}; expected 0 to `);
  },
);

test.each([
  ['bert', ['cache', 'decoderInputIds', 'encoderLastHiddenState']],
  ['roberta', ['cache', 'decoderInputIds', 'encoderLastHiddenState']],
  ['distilbert', ['cache', 'decoderInputIds', 'encoderLastHiddenState']],
  ['electra', ['cache', 'decoderInputIds', 'encoderLastHiddenState']],
  ['albert', ['cache', 'decoderInputIds', 'encoderLastHiddenState']],
  ['gpt2', ['decoderInputIds', 'decoderAttentionMask']],
  ['llama', ['decoderInputIds', 'decoderAttentionMask']],
  ['t5', ['cache', 'positionIds', 'decoderInputIds']], // Its encoder alone.
])('%s refuses what only other families read, but for the types that every tokenizer gives', async (family, others) => {
  const storage = folderOf(caseOf(family, 'token-random'));
  const model = (await AutoModelForTokenClassification.fromPretrained('model', { storage })) as unknown as {
    forward(inputIds: unknown, inputs?: object): Tensor;
  };
  const ids = int32([[2, 7, 3]]);
  for (const name of others) expect(() => model.forward(ids, { [name]: ids }), name).toThrow(`'${name}'`);
  expect(model.forward(ids, { tokenTypeIds: int32([[0, 0, 0]]) }).shape.slice(0, 2)).toEqual([1, 3]);
});

test.each(['bert', 'roberta', 'distilbert', 'electra', 'albert', 'gpt2', 'llama', 't5'])(
  '%s refuses a mask that does not fit the tokens',
  async (family) => {
    const storage = folderOf(caseOf(family, 'token-random'));
    const model = (await AutoModelForTokenClassification.fromPretrained('model', { storage })) as unknown as {
      forward(inputIds: unknown, inputs?: object): Tensor;
    };
    const ids = int32([
      [2, 7, 3],
      [2, 6, 3],
    ]);
    for (const mask of [int32([[1]]), int32([[1, 1]]), ones([3, 3]), ones([3]), [[1, 1, 1]]])
      expect(() => model.forward(ids, { attentionMask: mask })).toThrow(
        'the attention mask does not fit the tokens. Got',
      );
    const row = [1, 1, 1];
    for (const mask of [int32([row]), int32([row, row]), ones([1, 3, 3]), ones([2, 3, 3])])
      expect(model.forward(ids, { attentionMask: mask }).shape.slice(0, 2)).toEqual([2, 3]);
  },
);

test.each([
  ['device', 'The device is that of the backend'],
  ['dtype', 'Weights become float32'],
  ['torch_dtype', 'Weights become float32'],
  ['progress', "Did you mean 'onProgress'?"],
  ['num_labels', "Did you mean 'numLabels'?"],
])('fromPretrained refuses the option %s', async (name, remedy) => {
  const storage = folderOf(caseOf('llama', 'token-random'));
  const options = { storage, [name]: 'x' };
  const message = await LlamaForCausalLM.fromPretrained('model', options).catch(String);
  expect(message).toContain(`fromPretrained: no such option. Got '${name}'; expected one of storage, newHead`);
  expect(message).toContain(remedy);
});

test('the parts of T5 refuse inputs they do not know', () => {
  const sizes = { vocabSize: 11, dModel: 8, dKv: 4, dFf: 12, numLayers: 1, numHeads: 2 };
  const ids = int32([[2, 7, 3]]);
  for (const model of [new T5Model(sizes).eval(), new T5ForConditionalGeneration(sizes).eval()]) {
    const [encode, decode] = [model.encode.bind(model), model.decode.bind(model)] as unknown as ((
      inputIds: Tensor,
      inputs: object,
    ) => unknown)[];
    expect(() => encode!(ids, { attention_mask: ids })).toThrow("Did you mean 'attentionMask'?");
    expect(() => decode!(ids, { attentionMask: ids })).toThrow("'attentionMask'");
    expect(() => decode!(ids, { decoder_attention_mask: ids })).toThrow("Did you mean 'decoderAttentionMask'?");
    expect(() => model.forward(ids, { decoderInputIds: ids, cache: ids } as object)).toThrow("'cache'");
  }
});

test('what is no path', async () => {
  const read = AutoModelForTokenClassification.fromPretrained as (path?: string) => Promise<unknown>;
  await expect(read()).rejects.toThrow('there is no folder. Got nothing');
});
