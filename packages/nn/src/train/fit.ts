import { ArgumentError, GaiError, GraphError, data, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Module } from '../module.ts';
import type { Metric } from '../metrics/metric.ts';
import { adamW } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Callback, EpochLogs, FitContext } from './callback.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import { Evaluator } from './evaluate.ts';
import { Pace } from './pace.ts';
import { layoutOf, toLoader } from './source.ts';
import { batchType } from './stack.ts';
import type { BatchType } from './stack.ts';
import type { Batch, BatchLayout, BatchLoader, Batches, SourceState } from './source.ts';
import { trainStep } from './train-step.ts';
import type { TrainStep, TrainStepOptions } from './train-step.ts';

/** From a model's output and the targets to a scalar. */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** Options of {@link fit}. */
export interface FitOptions<B extends object = Batch> extends BatchLayout<B>, Pick<TrainStepOptions, 'nonFinite'> {
  /** What to learn from: a data set, a loader, or any (async) iterable of batches. */
  readonly train: Batches<B>;
  /** What to measure on after every epoch. */
  readonly validation?: Batches<B> | undefined;
  /** From outputs and targets to a scalar, for example crossEntropy. */
  readonly loss: LossFunction;
  /** Default `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /** Passes over the data. Default 1. */
  readonly epochs?: number | undefined;
  /** Rows per batch, where `train` is a data set. Default 32. */
  readonly batchSize?: number | undefined;
  /** Fixes the order of the data and the random numbers of layers. Default 0. */
  readonly seed?: number | undefined;
  /** Measured on `validation`. */
  readonly metrics?: readonly Metric[] | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Goes on from here; the run is then bitwise the one that was not interrupted. */
  readonly resume?: Checkpoint | undefined;
  /**
   * Train steps that run as one, which changes no bit of the result. Default: as many as take up to 80 ms, ending where
   * a callback looks at the model (`Callback.everySteps`).
   */
  readonly stepsPerRun?: number | undefined;
  /** Ends the run after the present step, with an error of code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link fit} returns. */
export interface History {
  /** One record per epoch. */
  readonly epochs: readonly EpochLogs[];
  /** Updates made since the very beginning. */
  readonly steps: number;
  /** Why a callback ended the run early. */
  readonly stopped: string | undefined;
}

/**
 * Trains a model on batches: one graph for a step, several steps in one run, a measurement after every epoch.
 *
 * For more than one model or loss, or steps of another shape, use {@link trainStep}, which this is built on.
 * @param model - Trained in place.
 * @param options - Data, loss, optimizer, length, callbacks.
 * @throws {@link GraphError} if a loss or gradient is not finite: the weights are those of the last good step.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 1 });
 * const batch = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
 * const { epochs } = await fit(model, { train: [batch], loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 50 });
 * epochs[49].loss < epochs[0].loss; // => true
 * @category Training
 */
export async function fit<B extends object = Batch>(model: Module, options: FitOptions<B>): Promise<History> {
  const run = new FitRun(model, options);
  return run.run();
}

/** A batch that was drawn and not yet trained on. */
interface Drawn<B> {
  readonly batch: B;
  readonly type: BatchType;
  /** Where the loader stood after it. */
  readonly position: SourceState | undefined;
}

class FitRun<B extends object> implements FitContext {
  readonly model: Module;
  readonly epochs: number;
  epoch = 0;
  readonly history: EpochLogs[] = [];
  readonly #options: FitOptions<B>;
  readonly #loader: BatchLoader<B>;
  readonly #trainStep: TrainStep<B, { losses: { model: Tensor } }>;
  readonly #evaluator: Evaluator<B> | undefined;
  readonly #validation: BatchLoader<B> | undefined;
  readonly #pace: Pace;
  #stopped: string | undefined;
  /** The step whose end callbacks are told of, while several have run. */
  #told: number | undefined;
  /** Where the loader stood after the last finished step; a batch handed out but not trained on does not count. */
  #position: SourceState | undefined;
  /** Sums over the steps of the present epoch. */
  #sums = { loss: 0, gradientNorm: 0, steps: 0, seconds: 0 };
  /** When the batches of the present run began to be drawn. */
  #began = 0;

  constructor(model: Module, options: FitOptions<B>) {
    this.model = model;
    this.#options = options;
    this.epochs = options.epochs ?? 1;
    checkCount('epochs', this.epochs);
    if (options.stepsPerRun !== undefined) checkCount('stepsPerRun', options.stepsPerRun);
    this.#pace = new Pace(intervalsOf(options.callbacks ?? []), options.stepsPerRun);
    const batchSize = options.batchSize ?? 32;
    const seed = options.seed ?? 0;
    this.#loader = toLoader(options.train, { batchSize, shuffle: true, seed });
    if (options.validation !== undefined) {
      this.#validation = toLoader(options.validation, { batchSize: Math.max(batchSize, 256), shuffle: false, seed });
      this.#evaluator = new Evaluator(model, { ...options, loss: options.loss, metrics: options.metrics ?? [] });
    }
    this.#trainStep = this.#makeStep(seed);
    if (options.resume !== undefined) this.#restore(options.resume);
    this.#position = this.#loader.state?.();
  }

  get step(): number {
    return this.#told ?? this.#trainStep.step;
  }

  get stepsPerEpoch(): number | undefined {
    return this.#loader.length;
  }

  stop(reason: string): void {
    this.#stopped ??= reason;
  }

  checkpoint(): Checkpoint {
    const { tensors, step } = this.#trainStep.state();
    if (this.step !== step) throw notInStep(this.step, step);
    const loader = this.#position;
    const progress = { epoch: this.epoch, history: this.history, sums: this.#sums, ...(loader && { loader }) };
    return { tensors, step, progress: structuredClone(progress) as unknown as Checkpoint['progress'] };
  }

  async run(): Promise<History> {
    const restore = this.model.saveModes();
    this.model.train();
    try {
      await this.#emit((callback) => callback.onFitBegin?.(this));
      while (this.epoch < this.epochs && this.#stopped === undefined) await this.#runEpoch();
    } finally {
      restore();
      await this.#emit((callback) => callback.onFitEnd?.(this));
    }
    return { epochs: this.history, steps: this.step, stopped: this.#stopped };
  }

  async #runEpoch(): Promise<void> {
    // A checkpoint made between the last step of an epoch and its end has nothing left to train on.
    const finished = this.#sums.steps > 0 && this.#position !== undefined && this.#position.epoch > this.epoch;
    if (finished) return this.#finishEpoch();
    let drawn: Drawn<B>[] = [];
    const flush = async (): Promise<boolean> => {
      if (drawn.length > 0) await this.#runSteps(drawn);
      drawn = [];
      return this.#stopped === undefined;
    };
    this.#began = performance.now();
    for await (const batch of this.#loader) {
      this.#checkAborted();
      const type = batchType(batch);
      if (drawn.length > 0 && drawn[0]!.type.key !== type.key && !(await flush())) return;
      drawn.push({ batch, type, position: this.#loader.state?.() });
      if (drawn.length >= this.#pace.room(this.step, type.bytes) && !(await flush())) return;
    }
    if (!(await flush())) return;
    this.#checkAborted();
    if (this.#sums.steps === 0) throw emptySource();
    await this.#finishEpoch();
  }

  /** Several steps in one run; one by one where one of them fails, so that those before it count. */
  async #runSteps(drawn: readonly Drawn<B>[]): Promise<void> {
    const before = this.#trainStep.step;
    const run = this.#trainStep.many(drawn.map(({ batch }) => batch));
    const { losses, gradientNorm } = await run.catch(async (error: unknown) => {
      if (drawn.length === 1 || !(error instanceof GraphError) || error.details['nonFinite'] !== true) throw error;
      for (const one of drawn) await this.#runSteps([one]);
      throw error;
    });
    const [lossData, normData] = await Promise.all([data(losses.model), data(gradientNorm)]);
    const now = performance.now();
    const seconds = (now - this.#began) / 1000;
    this.#began = now;
    this.#pace.ran(drawn.length, seconds * 1000);
    for (const index of drawn.keys()) {
      this.#sums.loss += Number(lossData[index]);
      this.#sums.gradientNorm += Number(normData[index]);
    }
    this.#sums.steps += drawn.length;
    this.#sums.seconds += seconds;
    this.#position = drawn.at(-1)!.position;
    try {
      for (const index of drawn.keys()) {
        this.#told = before + index + 1;
        const logs = { loss: Number(lossData[index]), seconds: seconds / drawn.length };
        await this.#emit((callback) => callback.onStepEnd?.(this, logs));
      }
    } finally {
      this.#told = undefined;
    }
  }

  async #finishEpoch(): Promise<void> {
    const { loss, gradientNorm, steps, seconds } = this.#sums;
    const logs: Record<string, number> = { loss: loss / steps, gradientNorm: gradientNorm / steps, seconds };
    if (this.#evaluator !== undefined && this.#validation !== undefined) {
      const { loss: validationLoss, ...metrics } = await this.#evaluator.run(this.#validation);
      if (validationLoss !== undefined) logs['validationLoss'] = validationLoss;
      for (const [name, value] of Object.entries(metrics)) if (typeof value === 'number') logs[name] = value;
    }
    this.history.push(logs);
    this.epoch += 1;
    this.#sums = { loss: 0, gradientNorm: 0, steps: 0, seconds: 0 };
    await this.#emit((callback) => callback.onEpochEnd?.(this, logs));
  }

  #makeStep(seed: number): TrainStep<B, { losses: { model: Tensor } }> {
    const { loss, optimizer = adamW(), nonFinite } = this.#options;
    const { inputs, targets } = layoutOf(this.#options);
    const compute = ({ model }: { model: Module }, batch: B) => {
      const outputs = model.forward(...inputs(batch));
      if (!isTensor(outputs)) throw notATensor();
      return { losses: { model: loss(outputs, targets(batch)) } };
    };
    return trainStep({ models: { model: this.model }, optimizers: { model: optimizer } }, compute, { seed, nonFinite });
  }

  #restore(checkpoint: Checkpoint): void {
    this.#trainStep.load(checkpoint);
    const { epoch, history, sums, loader } = progressOf(checkpoint);
    this.epoch = epoch;
    this.history.push(...history);
    this.#sums = { ...sums };
    if (loader === undefined) return;
    if (this.#loader.load === undefined) throw notResumable();
    this.#loader.load(loader);
  }

  #checkAborted(): void {
    if (this.#options.signal?.aborted !== true) return;
    throw new GaiError('ABORTED', `fit: interrupted after step ${this.step}. Resume from the last checkpoint.`, {
      op: 'fit',
      cause: this.#options.signal.reason,
    });
  }

  async #emit(hook: (callback: Callback) => void | Promise<void> | undefined): Promise<void> {
    for (const callback of this.#options.callbacks ?? []) await hook(callback);
  }
}

/** Where a run stood, as `fit` writes it. */
interface Progress {
  readonly epoch: number;
  readonly history: readonly EpochLogs[];
  readonly sums: { loss: number; gradientNorm: number; steps: number; seconds: number };
  readonly loader?: SourceState;
}

/** Refuses a checkpoint that a program other than `fit` wrote. */
function progressOf({ progress }: Checkpoint): Progress {
  const { epoch, history, sums } = (progress ?? {}) as unknown as Partial<Progress>;
  const names = ['loss', 'gradientNorm', 'steps', 'seconds'] as const;
  const isWhole = Number.isSafeInteger(epoch) && Array.isArray(history);
  if (isWhole && names.every((name) => typeof sums?.[name] === 'number')) return progress as unknown as Progress;
  throw new ArgumentError(
    'fit: the checkpoint does not say where the run stood. Got one without epoch, history or sums; expected one that fit ' +
      'saved. Load its tensors with trainStep(...).load, or begin anew.',
    { op: 'fit' },
  );
}

/** Every how many steps a callback looks at the model. */
const intervalsOf = (callbacks: readonly Callback[]): number[] =>
  callbacks.filter((callback) => callback.onStepEnd !== undefined).map((callback) => callback.everySteps ?? 1);

function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ArgumentError(`fit: ${name} is not a count. Got ${value}; expected a whole number of 1 or more.`, {
    op: 'fit',
  });
}

const emptySource = (): ArgumentError =>
  new ArgumentError('fit: the training source gave no batch. Got 0 batches; expected at least 1 per epoch.', {
    op: 'fit',
  });

const notInStep = (told: number, step: number): ArgumentError =>
  new ArgumentError(
    `fit: no checkpoint can be made of a step inside a run of several. Got step ${told} when the weights are those of ` +
      `step ${step}; expected a callback that says when it needs them. Set everySteps on the callback.`,
    { op: 'fit', details: { told, step } },
  );

const notATensor = (): ArgumentError =>
  new ArgumentError(
    'fit: the model does not return one tensor. Got another value; expected a tensor. Use trainStep for models with several outputs.',
    { op: 'fit' },
  );

const notResumable = (): ArgumentError =>
  new ArgumentError(
    'fit: the training source cannot go back to where the checkpoint was made. Got a source without load(state); ' +
      'expected a data set or a DataLoader.',
    { op: 'fit' },
  );
