import { readFileSync } from 'node:fs';
import { data, reshape, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { manualSeed } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BertModel,
  GPT2Model,
  LlamaModel,
  T5Model,
  causalMask,
  paddingMask,
  prefixMask,
  slidingWindowMask,
} from '../src/index.ts';

/** What the examples wrote for the page that compares the families. */
const written = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../examples/${name}.results.json`, import.meta.url), 'utf8')) as T;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const TIME = 6;
const marks = (rows: readonly (readonly boolean[])[]): string[] =>
  rows.map((row) => row.map((isSeen) => (isSeen ? '■' : '·')).join(''));
const int32 = (rows: number[][]): Tensor => tensor(rows, { dtype: 'int32' });
const ROW = [3, 4, 5, 6, 7, 8];
const said = int32(Array.from({ length: TIME + 1 }, () => ROW));
const changed = int32([ROW, ...ROW.map((_, at) => ROW.map((id, i) => (i === at ? 9 : id)))]);

/** For each place, whether its hidden state moves with each word. */
async function influence(hidden: Tensor): Promise<string[]> {
  const [, , width] = hidden.shape as [number, number, number];
  const states = await data(hidden);
  const state = (row: number, place: number): string =>
    String(states.slice((row * TIME + place) * width, (row * TIME + place + 1) * width));
  return marks(ROW.map((_, place) => ROW.map((__, word) => state(word + 1, place) !== state(0, place))));
}

describe('a model sees what its family says, and the page shows it', () => {
  const { seen } = written<{ seen: Record<string, string[]> }>('three-families');
  manualSeed(1);
  const encoder = { vocabSize: 10, hiddenSize: 12, numHiddenLayers: 2, numAttentionHeads: 3, intermediateSize: 8 };
  const [bert, llama] = [new BertModel(encoder).eval(), new LlamaModel(encoder).eval()];
  const gpt2 = new GPT2Model({ vocabSize: 10, nEmbd: 12, nLayer: 2, nHead: 3, nInner: 8 }).eval();
  const t5 = new T5Model({ vocabSize: 10, dModel: 12, dKv: 4, dFf: 8, numLayers: 2, numHeads: 3 }).eval();

  it.each<[string, () => Tensor]>([
    ['BERT', () => bert.forward(changed).lastHiddenState],
    ['GPT-2', () => gpt2.forward(changed).lastHiddenState],
    ['Llama', () => llama.forward(changed).lastHiddenState],
    ['T5 encoder', () => t5.forward(changed, { decoderInputIds: said }).encoderLastHiddenState],
    ['T5 decoder: its own words', () => t5.forward(said, { decoderInputIds: changed }).lastHiddenState],
    ["T5 decoder: the encoder's words", () => t5.forward(changed, { decoderInputIds: said }).lastHiddenState],
  ])('%s', async (name, run) => {
    expect(await influence(run())).toEqual(seen[name]);
  });
});

it('the page shows the masks as they are', async () => {
  const all = Array.from({ length: TIME }, () => Array.from({ length: TIME }, () => true));
  const rowsOf = async (mask: Tensor): Promise<string[]> =>
    marks((await toArray(reshape(mask, [-1, TIME]))) as boolean[][]);
  const padding = await rowsOf(paddingMask(int32([[1, 1, 1, 1, 0, 0]])));
  expect(written<{ grids: object }>('masks').grids).toEqual({
    'no mask': marks(all),
    causalMask: await rowsOf(causalMask(TIME)),
    'paddingMask, two at the end': ROW.map(() => padding[0]),
    'prefixMask of 3': await rowsOf(prefixMask(tensor([3], { dtype: 'int32' }), TIME)),
    'slidingWindowMask of 3': await rowsOf(slidingWindowMask(TIME, 3)),
  });
});
