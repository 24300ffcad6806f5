/**
 * A scaling law: five models of characters, each trained for the same processor time on the Brown corpus, on one thread. `loss = a ·
 * parameters^-b` is fitted to the four smaller ones and foretells the fifth. The time must be enough for all of them: with 12 seconds the
 * second is no better than the first. `--write` keeps what was found in scaling-law.results.json.
 *
 * `tsx --conditions=@gai/source packages/transformer/bench/scaling-law.ts [--smoke] [--seconds 60] [--write]`
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { sizeOf } from '@gai/core/ops';
import { packed, tokenArray } from '@gai/data';
import { loadBrown } from '@gai/data/node';
import { adamW, chain, clipByGlobalNorm, cosineSchedule, fit, manualSeed } from '@gai/nn';
import { characterTokenizer } from '@gai/tokenizers';
import { LlamaForCausalLM, segmentMask, tokenLoss, tokenNats } from '../src/index.ts';

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { smoke: flag, write: flag, seconds: { type: 'string', default: '60' } } });
const seconds = values.smoke ? 0.2 : Number(values.seconds);
const widths = [8, 12, 16, 24, 40];
const settings = { layers: 2, length: 64, batchSize: 16, rate: 1e-2, seed: 0 };
setDefaultBackend(await nodeBackend({ threads: 1 }));

const { train, test } = await loadBrown();
const texts = train.map(({ text }) => text);
const tokenizer = characterTokenizer(texts.join(''));
const SEPARATOR = 0;
const encode = (text: string): number[] => [...tokenizer.encode(text).ids];
const tokens = tokenArray(texts.map(encode), { separator: SEPARATOR });
// A piece of each document that was held out.
const pieces = test.map(({ text }) => text.slice(0, values.smoke ? 50 : 2000));
const heldOut = pieces.map((text) => [SEPARATOR, ...encode(text)]);
const characters = pieces.reduce((sum, text) => sum + text.length, 0);

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Point {
  readonly width: number;
  readonly parameters: number;
  readonly steps: number;
  readonly natsPerCharacter: number;
}

/** Trains a model for its time: the rate falls with it. */
async function pointOf(width: number): Promise<Point> {
  manualSeed(settings.seed);
  const model = new LlamaForCausalLM({
    vocabSize: tokenizer.vocabSize,
    hiddenSize: width,
    intermediateSize: 3 * width,
    numHiddenLayers: settings.layers,
    numAttentionHeads: width / 4,
    tieWordEmbeddings: true,
  });
  let began = 0;
  const done = (): number => (began === 0 ? 0 : Math.min(1, (processorSeconds() - began) / seconds));
  const places = 1000;
  const cosine = cosineSchedule({ initial: settings.rate, steps: places, warmupSteps: 30, final: settings.rate / 50 });
  const rate = (): number => cosine(Math.floor(done() * places));
  let steps = 0;
  await fit(model, {
    train: packed(tokens, { length: settings.length, batchSize: settings.batchSize, seed: settings.seed }),
    epochs: 1000,
    inputs: ({ x, segments, positionIds }) => [x, { attentionMask: segmentMask(segments), positionIds }],
    loss: tokenLoss,
    optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: rate, b2: 0.98, weightDecay: 0.01 })),
    callbacks: [
      {
        name: 'time',
        everySteps: 8,
        onStepEnd: (context) => {
          steps = context.step;
          began ||= processorSeconds(); // Compiled by now.
          if (done() === 1) context.stop('its time is over');
        },
      },
    ],
  });
  const { nats } = await tokenNats(model, heldOut, { length: settings.length });
  const parameters = model.parameters().reduce((sum, { shape }) => sum + Number(sizeOf(shape)), 0);
  const point = { width, parameters, steps, natsPerCharacter: nats / characters };
  console.log(
    `${String(parameters).padStart(6)} parameters, ${steps} steps: ${point.natsPerCharacter.toFixed(4)} nats per character`,
  );
  return point;
}

/** `loss = a · parameters^-b` by least squares of the logarithms. */
function powerLaw(points: readonly Point[]): { readonly a: number; readonly b: number } {
  const [x, y] = [points.map((p) => Math.log(p.parameters)), points.map((p) => Math.log(p.natsPerCharacter))];
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope = mean(x.map((n, i) => (n - mx) * (y[i]! - my))) / mean(x.map((n) => (n - mx) ** 2));
  return { a: Math.exp(my - slope * mx), b: -slope };
}

const points: Point[] = [];
for (const width of widths) points.push(await pointOf(width));
const { a, b } = powerLaw(points.slice(0, -1));
const last = points.at(-1)!;
const predicted = a * last.parameters ** -b;
const error = predicted - last.natsPerCharacter;
console.log(
  `loss = ${a.toFixed(3)} · parameters^-${b.toFixed(4)} by the four smaller ones: ${predicted.toFixed(4)} for the fifth, which has ` +
    `${last.natsPerCharacter.toFixed(4)} (${error >= 0 ? '+' : ''}${error.toFixed(4)})`,
);
if (values.write) {
  const command = `pnpm bench transformer/scaling-law --seconds ${seconds} --write`;
  const record = { command, ...settings, processorSeconds: seconds, characters, points, a, b, predicted, error };
  writeFileSync(new URL('scaling-law.results.json', import.meta.url), `${JSON.stringify(record, null, 1)}\n`);
}
