import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import type { NodeDevice } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { loadCheckpoint, manualSeed } from '@gai/nn';
import { LlamaForCausalLM, tokenNats } from '@gai/transformer';
import type { Streams } from '../streams.ts';
import { styleFor } from '../terminal/style.ts';
import { measureBaselines } from './baselines.ts';
import type { Baselines } from './baselines.ts';
import { RunClock } from './clock.ts';
import { openCorpus } from './corpus.ts';
import { GPT_PRESETS, configOf } from './presets.ts';
import type { GptPresetName } from './presets.ts';
import { encode, prepareRun, readRecord, resumeRun } from './setup.ts';
import type { RunRecord } from './setup.ts';
import { secondsOf, trainModel } from './train-model.ts';
import { writeSample } from './write-sample.ts';

/** Options of `gai train gpt`. */
export interface TrainGptOptions {
  readonly text?: string;
  readonly preset?: GptPresetName;
  readonly seed?: number;
  readonly steps?: number;
  readonly seconds?: number;
  readonly device: string;
  readonly threads?: number;
  readonly resume?: boolean;
  readonly out: string;
  readonly json?: boolean;
  /** Seconds of the training alone, whatever comes before and after it. */
  readonly trainingSeconds?: number;
  /** Texts that are written in the end. Default 1. */
  readonly samples?: number;
}

/** What the last line says. */
interface Result extends Baselines {
  readonly valNatsPerChar: number;
  readonly parameters: number;
  readonly tokensPerSecond: number;
  readonly steps: number;
}

/** Seconds of a run that reading and measuring are to leave, whatever they take. */
const LEAST_TRAINING = 1;

/** Trains a language model on text, measures it beside models that only count, and saves it as a folder that others read. */
export async function trainGpt(options: TrainGptOptions, streams: Streams): Promise<void> {
  const began = performance.now();
  const { device, threads, out } = options;
  const backend = await nodeBackend({ device: device as NodeDevice, ...(threads !== undefined && { threads }) });
  setDefaultBackend(backend);
  try {
    const record = await recordOf(options);
    const result = await runAll(record, { options, began }, streams);
    showResult(result, out, streams);
    if (options.json !== true) return;
    const { valNatsPerChar, kn3, kn5, parameters, tokensPerSecond, steps } = result;
    const seconds = (performance.now() - began) / 1000;
    const line = { valNatsPerChar, kn3, kn5, parameters, tokensPerSecond, steps, seconds };
    const rounded = Object.entries(line).map(([name, value]) => [name, Number(value.toPrecision(6))]);
    streams.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
  } finally {
    await backend.dispose();
  }
}

/** What the run is of: what was asked for, or what the folder says. */
function recordOf({
  text,
  preset,
  seed,
  steps,
  seconds,
  resume,
  out,
}: TrainGptOptions): RunRecord | Promise<RunRecord> {
  if (resume === true) return readRecord(out, { text, preset, seed, steps, seconds });
  return {
    text: text ?? null,
    preset: preset ?? 'standard',
    seed: seed ?? 0,
    steps: steps ?? null,
    seconds: seconds ?? null,
  };
}

async function runAll(
  record: RunRecord,
  { options, began }: { readonly options: TrainGptOptions; readonly began: number },
  streams: Streams,
): Promise<Result> {
  const { out, trainingSeconds } = options;
  const log = (text: string): void => void streams.stderr.write(`${text}\n`);
  const preset = GPT_PRESETS[record.preset];
  const resume = options.resume === true ? await loadCheckpoint(join(out, 'last.safetensors')) : undefined;
  const corpus = await openCorpus(record.text ?? undefined);
  log(`Reading ${corpus.name}; a tokenizer of ${preset.vocabSize} tokens learns from nine of ten documents.`);
  const setup = resume === undefined ? await prepareRun(corpus, record, out) : await resumeRun(out);
  try {
    const heldOut = await readAll(corpus.heldOut());
    const heldOutIds = heldOut.map((text) => [setup.separator, ...encode(setup.tokenizer, text)]);
    const baselines = await measureBaselines(corpus, heldOut);
    log(
      `3-grams foresee the text that is held out at ${baselines.kn3.toFixed(3)} nats per character, 5-grams at ` +
        `${baselines.kn5.toFixed(3)}.`,
    );
    manualSeed(record.seed);
    const model = new LlamaForCausalLM({ ...configOf(preset), vocabSize: setup.tokenizer.vocabSize });
    const spent = (performance.now() - began) / 1000;
    const seconds = trainingSeconds ?? Math.max(LEAST_TRAINING, (record.seconds ?? preset.seconds) - spent);
    const clock = new RunClock(record.steps === null ? { seconds } : { steps: record.steps }, secondsOf(resume));
    const heldOutTokens = heldOutIds.reduce((sum, ids) => sum + ids.length, 0);
    const { seed } = record;
    const settings = { seed, out, resume, heldOutTokens, keepsTime: trainingSeconds === undefined };
    const { steps, tokensPerSecond } = await trainModel({ model, setup, preset, clock }, settings, streams);
    await model.savePretrained(out);
    const { nats } = await tokenNats(model, heldOutIds, { length: preset.length, batchSize: preset.batchSize });
    for (let sample = 0; sample < (options.samples ?? 1); sample++) {
      streams.stdout.write(`${await writeSample(model, setup, seed + sample)}\n\n`);
    }
    return {
      ...baselines,
      valNatsPerChar: nats / baselines.characters,
      parameters: sizeOf(model),
      tokensPerSecond,
      steps,
    };
  } finally {
    await setup.tokens.close();
  }
}

async function readAll(texts: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const text of texts) all.push(text);
  return all;
}

/** Numbers that the model learns. */
const sizeOf = (model: LlamaForCausalLM): number =>
  model
    .parameters()
    .reduce((sum, { shape }) => sum + (shape as readonly number[]).reduce((size, axis) => size * axis, 1), 0);

function showResult(
  { valNatsPerChar, kn3, kn5, parameters, tokensPerSecond, steps }: Result,
  out: string,
  { stdout }: Streams,
): void {
  const style = styleFor(stdout);
  const below = (other: number): string =>
    `${Math.abs(other - valNatsPerChar).toFixed(3)} ${valNatsPerChar < other ? 'below' : 'above'}`;
  const lines = [
    `${style.bold('held-out text')}  ${valNatsPerChar.toFixed(3)} nats per character: ${below(kn3)} 3-grams (${kn3.toFixed(3)}), ${below(kn5)} ` +
      `5-grams (${kn5.toFixed(3)})`,
    `${style.bold('model')}          ${parameters.toLocaleString('en')} parameters, ${steps} steps, ${Math.round(tokensPerSecond).toLocaleString('en')} ` +
      'tokens per second',
    `${style.bold('folder')}         ${out}: gai generate ${out} "a text" goes on with a text`,
    '',
  ];
  stdout.write(`${lines.join('\n')}\n`);
}
