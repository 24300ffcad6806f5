/**
 * A scaling law: five models of characters, each trained for the same processor time on the Brown corpus, on one thread. A small one reads
 * more in that time, a large one learns more of what it reads, so the law is one of both: `loss = E + A · N^-a + B · D^-b` of N numbers
 * that have read D tokens (Hoffmann et al. 2022, eq. 2). It is fitted to what the four smaller ones reach on the way, and foretells the fifth.
 * The rate stays, for then what is reached on the way is what a shorter run would have reached. `--write` keeps what was found in
 * scaling-law.results.json.
 *
 * `tsx --conditions=@gai/source packages/transformer/bench/scaling-law.ts [--smoke] [--seconds 60] [--write]`
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { packed, tokenArray } from '@gai/data';
import { loadBrown } from '@gai/data/node';
import { adamW, chain, clipByGlobalNorm, fit, manualSeed, summary } from '@gai/nn';
import { characterTokenizer } from '@gai/tokenizers';
import { LlamaForCausalLM, segmentMask, tokenLoss, tokenNats } from '../src/index.ts';

const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({ options: { smoke: flag, write: flag, seconds: { type: 'string', default: '60' } } });
const seconds = values.smoke ? 0.2 : Number(values.seconds);
const widths = [8, 12, 16, 24, 40];
const settings = { layers: 2, length: 64, batchSize: 16, rate: 5e-3, warmUp: 30, seed: 0 };
/** When it is measured, as shares of the time. */
const MARKS = [0.2, 0.4, 0.6, 0.8, 1];
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

/** What a model has reached after a part of its time. */
interface Point {
  readonly steps: number;
  readonly tokens: number;
  readonly natsPerCharacter: number;
}

interface Curve {
  readonly width: number;
  readonly parameters: number;
  readonly points: readonly Point[];
}

/** Trains a model for its time, and measures it on the way; measuring is not counted. */
async function curveOf(width: number): Promise<Curve> {
  manualSeed(settings.seed);
  const model = new LlamaForCausalLM({
    vocabSize: tokenizer.vocabSize,
    hiddenSize: width,
    intermediateSize: 3 * width,
    numHiddenLayers: settings.layers,
    numAttentionHeads: width / 4,
    tieWordEmbeddings: true,
  });
  const { parameters } = summary(model);
  const points: Point[] = [];
  let began = 0;
  const measure = async (steps: number): Promise<void> => {
    const before = processorSeconds();
    const { nats } = await tokenNats(model, heldOut, { length: settings.length });
    const natsPerCharacter = nats / characters;
    points.push({ steps, tokens: steps * settings.length * settings.batchSize, natsPerCharacter });
    console.log(
      `${String(parameters).padStart(6)} parameters, ${steps} steps: ${natsPerCharacter.toFixed(4)} nats per character`,
    );
    began += processorSeconds() - before;
  };
  await fit(model, {
    train: packed(tokens, { length: settings.length, batchSize: settings.batchSize, seed: settings.seed }),
    epochs: 1000,
    inputs: ({ x, segments, positionIds }) => [x, { attentionMask: segmentMask(segments), positionIds }],
    loss: tokenLoss,
    optimizer: chain(
      clipByGlobalNorm(1),
      adamW({
        learningRate: (step) => settings.rate * Math.min(1, (step + 1) / settings.warmUp),
        b2: 0.98,
        weightDecay: 0.01,
      }),
    ),
    callbacks: [
      {
        name: 'time',
        everySteps: 8,
        onStepEnd: async (context) => {
          began ||= processorSeconds(); // Compiled by now.
          const mark = MARKS[points.length];
          if (mark !== undefined && processorSeconds() - began >= mark * seconds) await measure(context.step);
          if (points.length === MARKS.length) context.stop('its time is over');
        },
      },
    ],
  });
  return { width, parameters, points };
}

/** `loss = E + A · (N / 10⁴)^-a + B · (D / 10⁶)^-b`. */
interface Law {
  readonly e: number;
  readonly a: number;
  readonly b: number;
  readonly alpha: number;
  readonly beta: number;
}

const features = (parameters: number, read: number, { alpha, beta }: Pick<Law, 'alpha' | 'beta'>): number[] => [
  1,
  (parameters / 1e4) ** -alpha,
  (read / 1e6) ** -beta,
];
const lossOf = (law: Law, parameters: number, read: number): number => {
  const [one, size, data] = features(parameters, read, law) as [number, number, number];
  return law.e * one + law.a * size + law.b * data;
};

/** Least squares: for each pair of exponents the best coefficients, of which none is below 0. */
function lawOf(curves: readonly Curve[]): Law {
  const all = curves.flatMap(({ parameters, points }) => points.map((point) => ({ ...point, parameters })));
  const losses = all.map(({ natsPerCharacter }) => natsPerCharacter);
  const exponents = Array.from({ length: 60 }, (_, index) => (index + 1) / 40);
  let best: { readonly law: Law; readonly error: number } | undefined;
  for (const alpha of exponents) {
    for (const beta of exponents) {
      const rows = all.map(({ parameters, tokens: read }) => features(parameters, read, { alpha, beta }));
      const [e = NaN, a = NaN, b = NaN] = leastSquares(rows, losses);
      if (!values.smoke && !(e >= 0 && a >= 0 && b >= 0)) continue; // A few steps show no law.
      const law = { e, a, b, alpha, beta };
      const error = all.reduce(
        (sum, one) => sum + (lossOf(law, one.parameters, one.tokens) - one.natsPerCharacter) ** 2,
        0,
      );
      if (best === undefined || error < best.error) best = { law, error };
    }
  }
  if (best === undefined) throw new Error('no law of this form fits');
  return best.law;
}

/** The coefficients by the normal equations. */
function leastSquares(rows: readonly number[][], values: readonly number[]): number[] {
  const size = rows[0]!.length;
  const dot = (f: (row: readonly number[], index: number) => number): number =>
    rows.reduce((sum, row, index) => sum + f(row, index), 0);
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => dot((row) => row[i]! * row[j]!)),
    dot((row, index) => row[i]! * values[index]!),
  ]);
  for (let i = 0; i < size; i++) {
    for (let r = 0; r < size; r++) {
      if (r === i) continue;
      const factor = system[r]![i]! / system[i]![i]!;
      for (let c = i; c <= size; c++) system[r]![c]! -= factor * system[i]![c]!;
    }
  }
  return system.map((row, i) => row[size]! / row[i]!);
}

const curves: Curve[] = [];
for (const width of widths) curves.push(await curveOf(width));
const law = lawOf(curves.slice(0, -1));
const { parameters, points } = curves.at(-1)!;
const predicted = points.map(({ tokens: read }) => lossOf(law, parameters, read));
const [foretold, reached] = [predicted.at(-1)!, points.at(-1)!.natsPerCharacter];
console.log(
  `loss = ${law.e.toFixed(3)} + ${law.a.toFixed(3)} · (N / 10⁴)^-${law.alpha} + ${law.b.toFixed(3)} · (D / 10⁶)^-${law.beta} by the four ` +
    `smaller ones: ${foretold.toFixed(4)} for the fifth, which has ${reached.toFixed(4)} (${(100 * (foretold / reached - 1)).toFixed(2)} %)`,
);
if (values.write) {
  const command = `pnpm bench transformer/scaling-law --seconds ${seconds} --write`;
  const record = { command, ...settings, processorSeconds: seconds, characters, curves, law, predicted };
  writeFileSync(
    new URL('scaling-law.results.json', import.meta.url),
    `${JSON.stringify(record, null, 1)}
`,
  );
}
