import { ArgumentError } from '@gai/core';
import type { EpochLogs } from './callback.ts';
import type { Checkpoint } from './checkpoint-file.ts';
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
  const given = record(progress, 'progress');
  const sums = record(given['sums'], 'sums');
  const { metrics = [] } = sums;
  return {
    epoch: count(given['epoch'], 'epoch'),
    history: list(given['history'], 'history').map((logs) => numbers(record(logs, 'history'), 'history')),
    sums: {
      loss: number(sums['loss'], 'sums.loss'),
      gradientNorm: number(sums['gradientNorm'], 'sums.gradientNorm'),
      steps: count(sums['steps'], 'sums.steps'),
      seconds: number(sums['seconds'], 'sums.seconds'),
      metrics: list(metrics, 'sums.metrics').map((totals) =>
        list(totals, 'sums.metrics').map((total) => number(total, 'sums.metrics')),
      ),
    },
    loader: given['loader'] === undefined ? undefined : sourceState(record(given['loader'], 'loader')),
  };
}

function sourceState(loader: Readonly<Record<string, unknown>>): SourceState {
  const { epoch, position, seed } = loader;
  if (!Number.isFinite(seed)) throw refused('loader.seed', seed, 'a number');
  return {
    ...loader,
    epoch: count(epoch, 'loader.epoch'),
    position: count(position, 'loader.position'),
    seed: seed as number,
  };
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refused(name, value, 'a record');
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw refused(name, value, 'a list');
}

function count(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw refused(name, value, 'a whole number of 0 or more');
}

/** JSON has no NaN and no infinity: they come back as null. */
function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === null) return Number.NaN;
  throw refused(name, value, 'a number');
}

function numbers(values: Readonly<Record<string, unknown>>, name: string): EpochLogs {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, number(value, `${name}.${key}`)]));
}

const refused = (name: string, got: unknown, expected: string): ArgumentError =>
  new ArgumentError(
    `fit: the checkpoint does not say where the run stood. Got ${name} ${String(JSON.stringify(got)).slice(0, 40)}; expected ` +
      `${expected}, as fit saves it. Nothing was changed. Load its tensors with trainStep(...).load, or begin anew.`,
    { op: 'fit', details: { name } },
  );
