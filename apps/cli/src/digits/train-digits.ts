import { join } from 'node:path';
import type { NodeBackend } from '@gai/backend-node';
import { exportOnnx, spec } from '@gai/core';
import { accuracy, checkpoint, confusionMatrix, evaluate, fit, loadCheckpoint, progressBar, save } from '@gai/nn';
import type { Callback, Checkpoint } from '@gai/nn';
import { interruptSignal } from '../interrupt.ts';
import type { Streams } from '../streams.ts';
import { confusionTable } from '../terminal/confusion.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { styleFor } from '../terminal/style.ts';
import { withBackend } from '../with-backend.ts';
import { checkExport } from './check-export.ts';
import { loadDigitsData } from './data.ts';
import type { DigitsData } from './data.ts';
import { drawPredictions } from './draw-predictions.ts';
import { digitsFitOptions } from './fit-options.ts';
import { writeDigitsRecord } from './record.ts';
import { digitsSetup } from './setup.ts';
import type { DigitsSetup } from './setup.ts';

/** Options of `gai train digits`. */
export interface TrainDigitsOptions {
  readonly model: string;
  readonly epochs?: number;
  readonly seed: number;
  readonly device: string;
  readonly threads?: number;
  readonly resume?: boolean;
  readonly out: string;
  readonly dataDir?: string;
  readonly augment: boolean;
  readonly json?: boolean;
}

/** The main job: train, measure, save, export, and show that the exported file alone predicts the same. */
export function trainDigits(options: TrainDigitsOptions, streams: Streams): Promise<void> {
  return withBackend(options, (backend) => trainOn(backend, options, streams));
}

async function trainOn({ device, threads }: NodeBackend, options: TrainDigitsOptions, streams: Streams): Promise<void> {
  const { out } = options;
  const data = await loadDigitsData(options.dataDir);
  const setup = digitsSetup(options.model, options.seed);
  const log = (text: string): void => void streams.stderr.write(`${text}\n`);
  log(`${data.name}: ${data.train.size} to learn from, ${data.test.size} to test on. ${options.model} on ${device}.`);
  const { model, epochs = setup.epochs, seed, augment, dataDir = null } = options;
  await writeDigitsRecord(out, { command: 'train digits', model, epochs, seed, augment, dataDir, device, threads });
  const run = await train(setup, data, { ...options, epochs }, streams);
  const { test: metrics, onnx } = await finish(setup, data, out);
  showResult({ setup, data, run, metrics, onnx, options }, streams);
  await drawPredictions(setup, data, join(out, 'model.onnx'), streams.stdout);
  if (options.json !== true) return;
  const result = {
    testAccuracy: metrics.accuracy,
    seconds: round(run.seconds),
    stepMs: round(run.stepMs),
    device,
    onnx: onnx.path,
  };
  streams.stdout.write(`${JSON.stringify(result)}\n`);
}

const round = (value: number): number => Number(value.toPrecision(4));

interface TrainingRun {
  /** Loss of every step of this call. */
  readonly losses: readonly number[];
  /** Time spent in steps, over the whole run. */
  readonly seconds: number;
  /** Median time of a step. */
  readonly stepMs: number;
  readonly epochs: number;
}

async function train(
  setup: DigitsSetup,
  data: DigitsData,
  options: TrainDigitsOptions & { readonly epochs: number },
  streams: Streams,
): Promise<TrainingRun> {
  const { epochs } = options;
  const losses: number[] = [];
  const times: number[] = [];
  const record: Callback = {
    name: 'record',
    everySteps: Infinity,
    onStepEnd: (_, { loss, seconds }) => {
      losses.push(loss);
      times.push(seconds * 1000);
    },
  };
  const resume = await resumeFrom(options);
  const interrupt = interruptSignal();
  try {
    const { epochs: logs } = await fit(setup.model, {
      ...digitsFitOptions(setup, data, { ...options, epochs }),
      callbacks: [progressBar({ stream: streams.stderr }), checkpoint(options.out), record],
      signal: interrupt.signal,
      ...(resume && { resume }),
    });
    const seconds = logs.reduce((total, epoch) => total + (epoch['seconds'] ?? 0), 0);
    return { losses, seconds, stepMs: median(times), epochs };
  } finally {
    interrupt.release();
  }
}

function resumeFrom({ resume, out }: TrainDigitsOptions): Promise<Checkpoint> | undefined {
  return resume === true ? loadCheckpoint(join(out, 'last.safetensors')) : undefined;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

interface Metrics {
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
}

interface Onnx {
  readonly path: string;
  /** Test pictures for which the exported file and the model agree. */
  readonly agreeing: number;
  readonly tested: number;
}

async function finish(setup: DigitsSetup, data: DigitsData, out: string): Promise<{ test: Metrics; onnx: Onnx }> {
  const { model } = setup;
  model.eval();
  const result = await evaluate(model, data.test, { metrics: [accuracy(), confusionMatrix({ numClasses: 10 })] });
  const path = join(out, 'model.onnx');
  await save(model, join(out, 'model.safetensors'));
  await exportOnnx(model, { x: spec(['batch', 1, 28, 28]) }, path);
  const { agreeing, tested } = await checkExport(model, data.test, path);
  return {
    test: { accuracy: result['accuracy'] as number, confusion: result['confusionMatrix'] as number[][] },
    onnx: { path, agreeing, tested },
  };
}

function showResult(
  shown: {
    setup: DigitsSetup;
    data: DigitsData;
    run: TrainingRun;
    metrics: Metrics;
    onnx: Onnx;
    options: TrainDigitsOptions;
  },
  { stdout }: Streams,
): void {
  const { run, metrics, onnx, options } = shown;
  const style = styleFor(stdout);
  const wide = Math.min(72, (stdout.columns ?? 80) - 8);
  const lines = [
    `${style.bold('loss')}  ${sparkline(run.losses, wide)}`,
    '',
    confusionTable(metrics.confusion, style),
    '',
    `${style.bold('test accuracy')}  ${(metrics.accuracy * 100).toFixed(2)} %  after ${run.epochs} epochs, ` +
      `${run.seconds.toFixed(1)} s of training, ${run.stepMs.toFixed(2)} ms a step`,
    `${style.bold('exported')}       ${onnx.path}: ONNX Runtime alone gives the same digit for ${onnx.agreeing} of ` +
      `${onnx.tested} test pictures`,
    `${style.bold('weights')}        ${join(options.out, 'model.safetensors')}`,
    '',
  ];
  stdout.write(`${lines.join('\n')}\n`);
}
