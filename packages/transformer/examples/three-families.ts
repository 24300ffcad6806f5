/**
 * Teaches: what BERT, GPT-2, a Llama-style model and T5 see, learn from and answer, on one sentence and with one size.
 * Part 1 changes one word at a time and looks which hidden states change. Part 2 makes of the sentence what each objective asks. Part 3
 * learns that, and asks each model.
 * Expected: BERT and T5's encoder see everything, the others only what came before; every loss under 0.1 nats after 60 steps. Takes 10 s.
 *
 * pnpm example transformer/three-families [--smoke] [--write]
 */
import { writeFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { abs, argmax, jit, max, setDefaultBackend, slice, sub, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { adamW, manualSeed, trainStep } from '@gai/nn';
import type { Module } from '@gai/nn';
import {
  BertForMaskedLM,
  BertModel,
  GPT2LMHeadModel,
  GPT2Model,
  LlamaModel,
  T5ForConditionalGeneration,
  T5Model,
  nextToken,
  shiftRight,
  tokenLoss,
} from '../src/index.ts';

const [isSmoke, isWrite] = ['--smoke', '--write'].map((flag) => process.argv.includes(flag));
setDefaultBackend(await nodeBackend());

const SENTENCE = 'the river bank is green today'.split(' ');
const VOCABULARY = ['<pad>', '</s>', '[MASK]', '<extra_id_0>', '<extra_id_1>', ...SENTENCE, 'blue'];
const ids = (words: readonly string[]): number[] => words.map((word) => VOCABULARY.indexOf(word));
const int32 = (rows: number[][]): Tensor => tensor(rows, { dtype: 'int32' });

// One size for all: 2 layers of 32 features and 4 heads.
const vocabSize = VOCABULARY.length;
const bert = { vocabSize, hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 4, intermediateSize: 64 };
const gpt2 = { vocabSize, nEmbd: 32, nLayer: 2, nHead: 4, nInner: 64, nPositions: 16 };
const t5 = { vocabSize, dModel: 32, dKv: 8, dFf: 64, numLayers: 2, numHeads: 4 };
const seeded = <M extends Module>(make: () => M): M => {
  manualSeed(0);
  return make();
};

// 1. Row 0 is the sentence; row i has another word at place i − 1.
const changed = int32([
  ids(SENTENCE),
  ...SENTENCE.map((_, at) => ids(SENTENCE.map((w, i) => (i === at ? 'blue' : w)))),
]);
const same = int32(SENTENCE.concat('blue').map(() => ids(SENTENCE)));

/** For each place, whether its hidden state differs from that of the sentence when the word of each other place does. */
async function influence(hidden: (rows: Tensor) => Tensor): Promise<string[]> {
  const differences = await jit((rows: Tensor) => {
    const states = hidden(rows); // [1 + words, time, features]
    return max(abs(sub(slice(states, [[1]]), slice(states, [[0, 1]]))), { axis: -1 });
  })(changed);
  const byWord = (await toArray(differences)) as number[][]; // [word, place]
  return SENTENCE.map((_, place) => byWord.map((row) => (row[place]! > 1e-6 ? '■' : '·')).join(''));
}

const models = {
  bert: seeded(() => new BertModel(bert)).eval(),
  gpt2: seeded(() => new GPT2Model(gpt2)).eval(),
  llama: seeded(() => new LlamaModel(bert)).eval(),
  t5: seeded(() => new T5Model(t5)).eval(),
};
const seen = {
  BERT: await influence((rows) => models.bert.forward(rows).lastHiddenState),
  'GPT-2': await influence((rows) => models.gpt2.forward(rows).lastHiddenState),
  Llama: await influence((rows) => models.llama.forward(rows).lastHiddenState),
  'T5 encoder': await influence((rows) => models.t5.forward(rows, { decoderInputIds: same }).encoderLastHiddenState),
  'T5 decoder: its own words': await influence(
    (rows) => models.t5.forward(same, { decoderInputIds: rows }).lastHiddenState,
  ),
  "T5 decoder: the encoder's words": await influence(
    (rows) => models.t5.forward(rows, { decoderInputIds: same }).lastHiddenState,
  ),
};
console.log('1. A row is a place, a column a word: ■ if the hidden state of the place changes with the word.\n');
for (const [name, rows] of Object.entries(seen)) {
  console.log(`${name}\n${rows.map((row, at) => `  ${[...row].join(' ')}  ${SENTENCE[at]}`).join('\n')}\n`);
}

// 2. What each learns from. −100: nothing is learned at this place.
const masked = SENTENCE.map((word) => (word === 'bank' ? '[MASK]' : word));
const hidden = SENTENCE.map((word, at) => (masked[at] === word ? '–' : word));
const spanInput = ['the', '<extra_id_0>', 'is', 'green', '<extra_id_1>', '</s>'];
const spanTarget = ['<extra_id_0>', 'river', 'bank', '<extra_id_1>', 'today', '</s>'];
const examples = [
  { family: 'BERT', objective: 'masked words', input: masked, target: hidden },
  { family: 'GPT-2', objective: 'next word', input: SENTENCE, target: [...SENTENCE.slice(1), '–'] },
  { family: 'T5', objective: 'span corruption', input: spanInput, target: spanTarget },
];
console.log('2. What is put in, and what has to come out at each place (–: nothing is asked).\n');
for (const { family, objective, input, target } of examples) {
  console.log(`${family}, ${objective}\n  in   ${input.join(' ')}\n  out  ${target.join(' ')}\n`);
}

// 3. The same optimizer and number of steps for each.
const [maskedIds, sentenceIds, spanIds] = [masked, SENTENCE, spanInput].map((words) => int32([ids(words)]));
const maskedLabels = int32([ids(SENTENCE).map((id, i) => (masked[i] === '[MASK]' ? id : -100))]);
const spanLabels = int32([ids(spanTarget)]);

async function learn<M extends Module>(model: M, lossOf: (model: M) => Tensor): Promise<[first: number, last: number]> {
  const optimizers = { model: adamW({ learningRate: 0.01, weightDecay: 0 }) };
  const step = trainStep({ models: { model }, optimizers }, ({ model: each }) => ({ losses: { model: lossOf(each) } }));
  const { losses } = await step.many(Array.from({ length: isSmoke ? 3 : 60 }, () => ({})));
  const values = (await toArray(losses.model)) as number[];
  return [values[0]!, values.at(-1)!];
}
const answer = async (logits: Tensor): Promise<string[]> =>
  ((await toArray(argmax(logits, { axis: -1 }))) as number[][])[0]!.map((id) => VOCABULARY[id]!);

const noDropout = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 };
const bertLM = seeded(() => new BertForMaskedLM({ ...bert, ...noDropout }));
const gptLM = seeded(() => new GPT2LMHeadModel({ ...gpt2, residPdrop: 0, embdPdrop: 0, attnPdrop: 0 }));
const t5LM = seeded(() => new T5ForConditionalGeneration({ ...t5, dropoutRate: 0 }));
const decoderInputIds = shiftRight(spanLabels, t5LM.config);
const losses = [
  await learn(bertLM, (model) => tokenLoss(model.forward(maskedIds!), maskedLabels)),
  await learn(gptLM, (model) => nextToken(model.forward(sentenceIds!), sentenceIds!)),
  await learn(t5LM, (model) => tokenLoss(model.forward(spanIds!, { decoderInputIds }), spanLabels)),
];
const answers = [
  await answer(bertLM.eval().forward(maskedIds!)),
  await answer(gptLM.eval().forward(sentenceIds!)),
  await answer(t5LM.eval().forward(spanIds!, { decoderInputIds })),
];
const chance = Math.log(vocabSize).toFixed(2);
console.log(`3. After ${isSmoke ? 3 : 60} steps; chance is ln ${vocabSize} = ${chance} nats.\n`);
const results = examples.map((example, i) => {
  const [before, after] = losses[i]!;
  const given = answers[i]!.map((word, at) => (example.target[at] === '–' ? '–' : word));
  console.log(`${example.family.padEnd(6)} ${before.toFixed(2)} → ${after.toFixed(3)} nats   ${given.join(' ')}`);
  return { ...example, before: Number(before.toFixed(3)), after: Number(after.toFixed(4)), answer: given };
});
if (isWrite) {
  const command = 'pnpm example transformer/three-families --write';
  const record = { command, sentence: SENTENCE, seen, results };
  writeFileSync(new URL('three-families.results.json', import.meta.url), `${JSON.stringify(record, null, 1)}\n`);
}
