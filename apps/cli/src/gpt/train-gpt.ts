import { join, resolve } from 'node:path';
import { loadCheckpoint, manualSeed, remat, summary } from '@gai/nn';
import { LlamaForCausalLM, tokenNats } from '@gai/transformer';
import type { Streams } from '../streams.ts';
import { plain } from '../terminal/plain.ts';
import { styleFor } from '../terminal/style.ts';
import { withBackend } from '../with-backend.ts';
import { measureBaselines } from './baselines.ts';
import type { Baselines } from './baselines.ts';
import { RunClock } from './clock.ts';
import { firstTexts, openCorpus } from './corpus.ts';
import { lengthOf } from './length-of.ts';
import { GPT_PRESETS, configOf } from './presets.ts';
import type { GptPresetName } from './presets.ts';
import { ownedStorage, readRecord, refuseOldRun, writeRecord } from './record.ts';
import type { RunRecord, RunSettings } from './record.ts';
import { encode, prepareRun, resumeRun } from './setup.ts';
import { secondsOf, trainModel } from './train-model.ts';
import { writeSample } from './write-sample.ts';

/** Options of `gai train gpt`. */
export interface TrainGptOptions {
  readonly text?: string;
  readonly preset?: GptPresetName;
  readonly seed?: number;
  readonly steps?: number;
  readonly seconds?: number;
  /** Seconds that are trained, whatever reading and measuring take; in place of those of the whole run. */
  readonly trainingSeconds?: number;
  readonly device: string;
  readonly threads?: number;
  readonly resume?: boolean;
  /** Whether each layer is computed again on the way back, which takes less memory and more time. */
  readonly remat?: boolean;
  readonly out: string;
  readonly json?: boolean;
  /** Texts that are written in the end. Default 1. */
  readonly samples?: number;
  /** Whether an older run in the folder may go. Default false: it is refused. */
  readonly replaces?: boolean;
}

/** What the last line says. */
interface Result extends Baselines {
  readonly valNatsPerChar: number;
  readonly parameters: number;
  readonly tokensPerSecond: number;
  readonly steps: number;
}

/** Characters that are held out at most: measuring takes time, of the run's. */
const MOST_MEASURED = 2 ** 21;

/** Trains a language model on text, measures it beside models that only count, and saves it as a folder that others read. */
export async function trainGpt(options: TrainGptOptions, streams: Streams): Promise<void> {
  const began = performance.now();
  await withBackend(options, async () => {
    const result = await runAll(await runOf(options), { options, began }, streams);
    showResult(result, options.out, streams);
    if (options.json !== true) return;
    const { valNatsPerChar, kn3, kn5, counted: baselineCharacters, parameters, tokensPerSecond, steps } = result;
    const seconds = (performance.now() - began) / 1000;
    const line = { valNatsPerChar, kn3, kn5, parameters, tokensPerSecond, steps, seconds };
    const rounded = Object.entries(line).map(([name, value]) => [name, Number(value.toPrecision(6))]);
    streams.stdout.write(`${JSON.stringify({ ...Object.fromEntries(rounded), baselineCharacters })}\n`);
  });
}

/** A run to begin, or to go on with. */
type Run = { readonly record: RunRecord } | { readonly settings: RunSettings };

/** What the run is of: what was asked for, or what the folder says. */
async function runOf({ text, preset, seed, steps, seconds, ...options }: TrainGptOptions): Promise<Run> {
  const { out } = options;
  if (options.resume === true) return { record: await readRecord(out, { text, preset, seed, steps, seconds }) };
  if (options.replaces !== true) await refuseOldRun(out);
  return {
    settings: {
      text: text === undefined ? null : resolve(text),
      preset: preset ?? 'standard',
      seed: seed ?? 0,
      steps: steps ?? null,
      seconds: seconds ?? null,
    },
  };
}

async function runAll(
  run: Run,
  { options, began }: { readonly options: TrainGptOptions; readonly began: number },
  streams: Streams,
): Promise<Result> {
  const { out } = options;
  const log = (text: string): void => void streams.stderr.write(`${text}\n`);
  const settings = 'record' in run ? run.record : run.settings;
  const preset = GPT_PRESETS[settings.preset];
  const resume = 'record' in run ? await loadCheckpoint(join(out, 'last.safetensors')) : undefined;
  const corpus = await openCorpus(settings.text ?? undefined);
  log(`Reading ${plain(corpus.name)}; a tokenizer of ${preset.vocabSize} tokens learns from nine of ten documents.`);
  const heldOut = await firstTexts(corpus.heldOut(), MOST_MEASURED);
  const replaces = options.replaces === true;
  const setup =
    'record' in run
      ? await resumeRun(run.record, heldOut, out)
      : await prepareRun({ settings, corpus, heldOut, replaces }, out);
  try {
    const heldOutIds = heldOut.map((text) => [setup.separator, ...encode(setup.tokenizer, text)]);
    const baselines = setup.record.baselines ?? (await measureBaselines(corpus, heldOut));
    const record = { ...setup.record, baselines };
    await writeRecord(out, record); // Counting takes a while: a run that goes on has the figures.
    log(
      `3-grams foresee the text that is held out at ${baselines.kn3.toFixed(3)} nats per character, 5-grams at ` +
        `${baselines.kn5.toFixed(3)}.`,
    );
    const { seed } = settings;
    manualSeed(seed);
    const model = new LlamaForCausalLM({ ...configOf(preset), vocabSize: setup.tokenizer.vocabSize });
    if (options.remat === true) remat(model.model.blocks());
    const length = lengthOf(
      { ...settings, training: options.trainingSeconds, spent: (performance.now() - began) / 1000 },
      log,
    );
    const clock = new RunClock(length, secondsOf(resume));
    const heldOutTokens = heldOutIds.reduce((sum, ids) => sum + ids.length, 0);
    const trained = await trainModel({ model, setup, preset, clock }, { seed, out, resume, heldOutTokens }, streams);
    await model.savePretrained(out, { storage: ownedStorage(out, record.owner) });
    log(
      `Measuring ${heldOutTokens.toLocaleString('en')} tokens of the text that is held out; the model is in ${out} already.`,
    );
    const { nats } = await tokenNats(model, heldOutIds, { length: preset.length, batchSize: preset.batchSize });
    for (let sample = 0; sample < (options.samples ?? 1); sample++) {
      streams.stdout.write(`${await writeSample(model, setup, seed + sample)}\n\n`);
    }
    await writeRecord(out, { ...record, finished: true });
    return {
      ...baselines,
      valNatsPerChar: nats / baselines.characters,
      parameters: summary(model).parameters,
      ...trained,
    };
  } finally {
    await setup.tokens.close();
  }
}

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
    `${style.bold('folder')}         ${plain(out)}: gai generate ${plain(out)} "a text" goes on with a text`,
    '',
  ];
  stdout.write(`${lines.join('\n')}\n`);
}
