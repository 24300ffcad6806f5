import { ArgumentError, GraphError } from '@gai/core';
import type { NonFiniteOp, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Storage } from '@gai/core/backend';
import { openSafetensors } from '@gai/core/io';
import type { Module } from '../module.ts';
import type { Callback } from './callback.ts';
import { checkCount } from './check-options.ts';
import { defaultStorage, loadCheckpoint } from './checkpoint-file.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import { FitRun } from './fit-run.ts';
import { FIT_OPTIONS } from './fit.ts';
import type { FitOptions } from './fit.ts';
import type { Batch } from './source.ts';

/** Options of {@link replay}. */
export interface ReplayOptions {
  /** The step to make again, counted from 1. */
  readonly step: number;
  /**
   * A checkpoint of the run, its file, or the folder that holds some: the latest before the step counts. Default: the run begins
   * anew, from the checkpoint that its options resume from, or with the model as it is.
   */
  readonly from?: Checkpoint | string | undefined;
  /** Where the file or the folder is. Default: the default backend's storage. */
  readonly storage?: Storage | undefined;
}

/** What {@link replay} tells of the step; the model has its weights afterwards. */
export interface Replayed {
  readonly step: number;
  /** The step of the checkpoint that it began with; 0: the beginning of the run. */
  readonly from: number;
  /** The loss, computed before the update; undefined if the step failed. */
  readonly loss: number | undefined;
  /** The first op that gave a NaN or an infinity; undefined if there was none. */
  readonly nonFinite: NonFiniteOp | undefined;
  /** What the step failed with, as it did in the run. */
  readonly error: GraphError | undefined;
  /** The state after the step; after the one before it if the step failed. */
  readonly checkpoint: Checkpoint;
}

/**
 * Makes a step of a run of {@link fit} again, bit for bit, with every op checked: which one was the first that gave a NaN or
 * an infinity, and in which line of yours.
 *
 * Give the model and the options that the run had. It goes on from the latest checkpoint before the step, or from the
 * beginning: from the checkpoint that the options resume from, or with the model as it is, which must be as it was then.
 * Nothing is written: of the callbacks only those that change how the model learns are called (`replays`).
 * @param model - As the run's; it is trained up to the step.
 * @param options - Those that `fit` had.
 * @param which.step - The step, counted from 1.
 * @param which.from - A checkpoint, its file, or a folder of checkpoints. Default: the run begins anew.
 * @param which.storage - Where the file or the folder is.
 * @throws {@link ArgumentError} if the run has fewer steps, the checkpoint comes after the step, or the folder is empty or not there.
 * @throws {@link GraphError} if an earlier step fails.
 * @example
 * const run = { train: [{ x: tensor([[1], [0]]), y: tensor([[0], [1]]) }], epochs: 3, optimizer: sgd(),
 *   loss: (outputs: Tensor, targets: Tensor) => mean(mul(targets, log(mul(outputs, 0)))) };
 * const { nonFinite, error } = await replay(new Linear({ inFeatures: 1, outFeatures: 1 }), run, { step: 1 });
 * nonFinite?.op; // => 'log'
 * error?.details['step']; // => 1
 * @category Training
 * @since 0.1.0
 */
export async function replay<B extends object = Batch, O = Tensor, T = Tensor>(
  model: Module,
  options: FitOptions<B, O, T>,
  which: ReplayOptions,
): Promise<Replayed> {
  // Of what is left out something else is said.
  checkOptionNames('replay', options ?? {}, FIT_OPTIONS);
  checkOptionNames('replay', which ?? {}, ['step', 'from', 'storage']);
  const { step, from, storage } = which ?? {};
  checkCount('replay', { step });
  const found = typeof from === 'string' ? await checkpointAt(from, step, storage) : from;
  // A run that went on from a checkpoint begins there.
  const resume = found ?? options.resume;
  if (resume !== undefined && resume.step >= step) throw tooLate(resume.step, step);
  let nonFinite: NonFiniteOp | undefined;
  let loss: number | undefined;
  const seen: Callback = { name: 'replay', everySteps: Infinity, onStepEnd: (_, logs) => void (loss = logs.loss) };
  const last = {
    step,
    before: async (look: () => Promise<NonFiniteOp | undefined>) => void (nonFinite = await look()),
  };
  const run = new FitRun(model, { ...quiet(options), callbacks: [...replaysOf(options), seen], resume }, last);
  const error = await run.run().then(
    () => undefined,
    (thrown: unknown) => {
      if (!(thrown instanceof GraphError) || thrown.details['step'] !== step) throw thrown;
      return thrown;
    },
  );
  if (error === undefined && run.step !== step) throw tooFew(run.step, step);
  const made = { step, from: resume?.step ?? 0, nonFinite, error, checkpoint: run.checkpoint() };
  return { ...made, loss: error === undefined ? loss : undefined };
}

const replaysOf = <B extends object, O, T>({ callbacks = [] }: FitOptions<B, O, T>): Callback[] =>
  callbacks.filter(({ replays }) => replays === true);

/** Without what only measures: it changes no weight, unless a callback goes by it. */
function quiet<B extends object, O, T>(options: FitOptions<B, O, T>): FitOptions<B, O, T> {
  return replaysOf(options).length > 0 ? options : { ...options, validation: undefined, metrics: undefined };
}

/** The checkpoint of a file, or the latest of a folder that was made before a step; undefined if there is none. */
function checkpointAt(
  path: string,
  step: number,
  storage: Storage = defaultStorage('replay'),
): Promise<Checkpoint | undefined> {
  return path.endsWith('.safetensors') ? loadCheckpoint(path, storage) : latestBefore(path, step, storage);
}

async function latestBefore(folder: string, step: number, storage: Storage): Promise<Checkpoint | undefined> {
  const files = await storage.list(folder);
  // A folder that is not there lists nothing either: to begin anew would be to replay another run.
  if (files.length === 0) throw noCheckpoints(folder);
  const names = files.filter((name) => name.endsWith('.safetensors'));
  let latest: { readonly path: string; readonly step: number } | undefined;
  for (const name of names) {
    const path = `${folder}/${name}`;
    const { metadata } = await openSafetensors(storage, path);
    if (metadata.get('format') !== 'gai-checkpoint') continue;
    const { step: made } = JSON.parse(metadata.get('state') ?? '{}') as { readonly step?: number };
    if (made !== undefined && made < step && made > (latest?.step ?? -1)) latest = { path, step: made };
  }
  return latest && loadCheckpoint(latest.path, storage);
}

const tooLate = (made: number, step: number): ArgumentError =>
  new ArgumentError(
    `replay: the checkpoint comes after the step. Got one of step ${made} for step ${step}; expected one of step ` +
      `${step - 1} or before. Give an earlier one, or none: then the run begins anew.`,
    { op: 'replay', details: { checkpoint: made, step } },
  );

const noCheckpoints = (folder: string): ArgumentError =>
  new ArgumentError(
    `replay: the folder is empty or not there. Got from '${folder}'; expected a folder of checkpoints. Look at the path, or leave ` +
      'from out: then the run begins anew.',
    { op: 'replay', details: { from: folder } },
  );

const tooFew = (made: number, step: number): ArgumentError =>
  new ArgumentError(
    `replay: the run has no such step. Got step ${step}; expected at most ${made}, which is where the run ends. Ask for an ` +
      `earlier step, or give more epochs.`,
    { op: 'replay', details: { steps: made, step } },
  );
