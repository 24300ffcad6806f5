import { ArgumentError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { EpochLogs } from './callback.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import { ProgressReader } from './progress-reader.ts';
import type { SourceState } from './source.ts';

/** Sums over the steps of an epoch so far. */
export interface EpochSums {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly steps: number;
  readonly seconds: number;
  /** Of the training metrics. */
  readonly metrics: readonly (readonly number[])[];
}

/** An epoch that has not begun. */
export const NO_SUMS: EpochSums = { loss: 0, gradientNorm: 0, steps: 0, seconds: 0, metrics: [] };

/** Where a run stood, as `fit` writes it. */
interface Progress {
  readonly epoch: number;
  readonly history: readonly EpochLogs[];
  readonly sums: EpochSums;
  readonly loader: SourceState | undefined;
}

/** Where the run of a checkpoint stood; refuses one that a program other than `fit` wrote, or that was changed. */
export function progressOf({ progress }: Checkpoint): Progress {
  const given = read.record(progress, 'progress');
  const sums = read.record(given['sums'], 'sums');
  const { metrics = [] } = sums;
  return {
    epoch: read.count(given['epoch'], 'epoch'),
    history: read.list(given['history'], 'history').map((logs) => numbers(read.record(logs, 'history'), 'history')),
    sums: {
      loss: read.number(sums['loss'], 'sums.loss'),
      gradientNorm: read.number(sums['gradientNorm'], 'sums.gradientNorm'),
      steps: read.count(sums['steps'], 'sums.steps'),
      seconds: read.number(sums['seconds'], 'sums.seconds'),
      metrics: read
        .list(metrics, 'sums.metrics')
        .map((totals) => read.list(totals, 'sums.metrics').map((total) => read.number(total, 'sums.metrics'))),
    },
    loader: given['loader'] === undefined ? undefined : sourceState(read.record(given['loader'], 'loader')),
  };
}

function sourceState(loader: Readonly<Record<string, unknown>>): SourceState {
  const { epoch, position, seed } = loader;
  if (!Number.isFinite(seed)) throw refused('loader.seed', seed, 'a number');
  return {
    ...loader,
    epoch: read.count(epoch, 'loader.epoch'),
    position: read.count(position, 'loader.position'),
    seed: seed as number,
  };
}

function numbers(values: Readonly<Record<string, unknown>>, name: string): EpochLogs {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, read.number(value, `${name}.${shown(key)}`)]),
  );
}

/** A name out of a file in a message: as it is, or as JSON writes it if that is strange. */
const shown = (name: string): string => (/^[\w.-]{1,100}$/.test(name) ? name : quoted(name));

const refused = (name: string, got: unknown, expected: string): ArgumentError =>
  new ArgumentError(
    `fit: the checkpoint does not say where the run stood. Got ${name} ${quoted(got, 40)}; expected ` +
      `${expected}, as fit saves it. Nothing was changed. Load its tensors with trainStep(...).load, or begin anew.`,
    { op: 'fit', details: { name } },
  );

const read = /* @__PURE__ */ new ProgressReader(refused);
