import { GaiError, GraphError, cast, data, reshape } from '@gai/core';
import type { NonFiniteOp, Tensor, TypedArray } from '@gai/core';
import { toNumber } from '@gai/core/ops';
import type { Module } from '../module.ts';
import { adamW } from '../optim/adam.ts';
import type { Callback, EpochLogs, FitContext } from './callback.ts';
import type { Checkpoint } from './checkpoint-file.ts';
import { Evaluator } from './evaluate.ts';
import { checkFit, checkMetrics, checkTrainable, emptySource, notInStep, notResumable } from './fit-errors.ts';
import type { FitOptions, History } from './fit.ts';
import { forward, metricInputsOf } from './forward.ts';
import type { LossValue } from './loss-term.ts';
import { NO_SUMS, progressOf } from './fit-progress.ts';
import type { EpochSums } from './fit-progress.ts';
import { Pace } from './pace.ts';
import { layoutOf, toLoader } from './source.ts';
import type { BatchLoader, SourceState } from './source.ts';
import { batchType } from './stack.ts';
import type { BatchType } from './stack.ts';
import { trainStep } from './train-step.ts';
import type { StateOptions, TrainStep } from './train-step.ts';

/** What a step gives: its loss, and the sums of the training metrics. */
type FitOutputs = { readonly losses: { readonly model: LossValue }; readonly sums: readonly Tensor[] };

/** A batch that was drawn and not yet trained on. */
interface Drawn<B> {
  readonly batch: B;
  readonly type: BatchType;
  /** Where the loader stood after it. */
  readonly position: SourceState | undefined;
}

/** A step that a run ends with, and what is done before it. */
export interface LastStep {
  /** Counted from 1. */
  readonly step: number;
  /** Is given what looks at every op of the step. */
  readonly before: (look: () => Promise<NonFiniteOp | undefined>) => Promise<void>;
}

/** One call of {@link fit}. */
export class FitRun<B extends object, O, T> implements FitContext {
  readonly model: Module;
  readonly epochs: number;
  epoch = 0;
  readonly history: EpochLogs[] = [];
  readonly #options: FitOptions<B, O, T>;
  readonly #loader: BatchLoader<B>;
  readonly #trainStep: TrainStep<B, FitOutputs>;
  readonly #evaluator: Evaluator<B, O, T> | undefined;
  readonly #validation: BatchLoader<B> | undefined;
  readonly #pace: Pace;
  readonly #last: LastStep | undefined;
  #stopped: string | undefined;
  /** The step whose end callbacks are told of, while several have run. */
  #told: number | undefined;
  /** Where the loader stood after the last finished step; a batch handed out but not trained on does not count. */
  #position: SourceState | undefined;
  /** Sums over the steps of the present epoch. */
  #sums: EpochSums = NO_SUMS;
  /** When the batches of the present run began to be drawn. */
  #began = 0;

  constructor(model: Module, options: FitOptions<B, O, T>, last?: LastStep) {
    checkFit(model, options);
    this.#last = last;
    this.model = model;
    this.#options = options;
    this.epochs = options.epochs ?? 1;
    checkTrainable(model);
    checkMetrics(options);
    this.#pace = new Pace(intervalsOf(options.callbacks ?? []), options.stepsPerRun);
    const batchSize = options.batchSize ?? 32;
    const seed = options.seed ?? 0;
    this.#loader = toLoader(options.train, { batchSize, shuffle: true, seed }, 'fit');
    if (options.validation !== undefined) {
      this.#validation = toLoader(
        options.validation,
        { batchSize: Math.max(batchSize, 256), shuffle: false, seed },
        'fit',
      );
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

  checkpoint(which: StateOptions = {}): Checkpoint {
    const state = this.#trainStep.state(which);
    if (this.step !== state.step) throw notInStep(this.step, state.step);
    const loader = this.#position;
    const progress = { epoch: this.epoch, history: this.history, sums: this.#sums, ...(loader && { loader }) };
    return { ...state, progress: structuredClone(progress) as unknown as Checkpoint['progress'] };
  }

  async run(): Promise<History> {
    const restore = this.model.saveModes();
    this.model.train();
    const failures: unknown[] = [];
    await this.#runEpochs().catch((error: unknown) => failures.push(error));
    restore();
    // Every callback gets to its end, and what failed first is what is told.
    for (const callback of this.#options.callbacks ?? []) {
      try {
        await callback.onFitEnd?.(this);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return { epochs: this.history, steps: this.step, stopped: this.#stopped };
  }

  async #runEpochs(): Promise<void> {
    await this.#emit((callback) => callback.onFitBegin?.(this));
    while (this.epoch < this.epochs && this.#stopped === undefined) await this.#runEpoch();
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
      if (drawn.length >= this.#room(type.bytes) && !(await flush())) return;
    }
    if (!(await flush())) return;
    this.#checkAborted();
    if (this.#sums.steps === 0) throw emptySource();
    await this.#finishEpoch();
  }

  /** Steps of the next run; the last one of a replay stands alone. */
  #room(bytes: number): number {
    const room = this.#pace.room(this.step, bytes);
    return this.#last === undefined ? room : Math.min(room, Math.max(1, this.#last.step - 1 - this.step));
  }

  /** Several steps in one run; one by one where one of them fails, so that those before it count. */
  async #runSteps(drawn: readonly Drawn<B>[]): Promise<void> {
    const before = this.#trainStep.step;
    const isLast = this.#last?.step === before + 1;
    if (isLast) await this.#last?.before(() => this.#trainStep.findNonFinite(drawn[0]!.batch));
    const run = this.#trainStep.many(drawn.map(({ batch }) => batch));
    const { losses, gradientNorm, sums } = await run.catch(async (error: unknown) => {
      if (drawn.length === 1 || !(error instanceof GraphError) || error.details['nonFinite'] !== true) throw error;
      for (const one of drawn) await this.#runSteps([one]);
      throw error;
    });
    const [lossData, normData] = await Promise.all([data(losses.model), data(gradientNorm)]);
    const now = performance.now();
    const seconds = (now - this.#began) / 1000;
    this.#began = now;
    this.#pace.ran(drawn.length, seconds * 1000);
    let { loss, gradientNorm: norm } = this.#sums;
    for (const index of drawn.keys()) {
      loss += numberAt(losses.model, lossData, index);
      norm += numberAt(gradientNorm, normData, index);
    }
    const metrics = await addSums(this.#sums.metrics, sums);
    const { steps } = this.#sums;
    this.#sums = {
      loss,
      gradientNorm: norm,
      steps: steps + drawn.length,
      seconds: this.#sums.seconds + seconds,
      metrics,
    };
    this.#position = drawn.at(-1)!.position;
    if (isLast) this.stop('replayed');
    try {
      for (const index of drawn.keys()) {
        this.#told = before + index + 1;
        const logs = { loss: numberAt(losses.model, lossData, index), seconds: seconds / drawn.length };
        await this.#emit((callback) => callback.onStepEnd?.(this, logs));
      }
    } finally {
      this.#told = undefined;
    }
  }

  async #finishEpoch(): Promise<void> {
    const { loss, gradientNorm, steps, seconds, metrics: trainSums } = this.#sums;
    const logs: Record<string, number> = { loss: loss / steps, gradientNorm: gradientNorm / steps, seconds };
    for (const [index, metric] of (this.#options.trainMetrics ?? []).entries()) {
      const value = metric.result(trainSums[index] ?? []);
      if (typeof value === 'number') logs[`train${metric.name[0]!.toUpperCase()}${metric.name.slice(1)}`] = value;
    }
    if (this.#evaluator !== undefined && this.#validation !== undefined) {
      const { loss: validationLoss, ...metrics } = await this.#evaluator.run(this.#validation);
      if (validationLoss !== undefined) logs['validationLoss'] = validationLoss;
      for (const [name, value] of Object.entries(metrics)) if (typeof value === 'number') logs[name] = value;
    }
    this.history.push(logs);
    this.epoch += 1;
    this.#sums = NO_SUMS;
    await this.#emit((callback) => callback.onEpochEnd?.(this, logs));
  }

  #makeStep(seed: number): TrainStep<B, FitOutputs> {
    const { loss, optimizer = adamW(), trainMetrics = [], ...others } = this.#options;
    const { nonFinite, accumulate, masterWeights, dynamicAxes } = others;
    const { inputs, targets } = layoutOf(others, 'fit');
    const pairOf = metricInputsOf(this.#options, 'fit');
    const compute = ({ model }: { model: Module }, batch: B): FitOutputs => {
      const outputs = forward(model, inputs(batch), 'fit') as O;
      const wanted = targets(batch);
      // [1, size]: what an accumulated step puts in front, whatever it is, stays apart from the size.
      const sums = trainMetrics.map((metric) =>
        reshape(cast(metric.batch(...pairOf(outputs, wanted)), 'float32'), [1, -1]),
      );
      return { losses: { model: loss(outputs, wanted) }, sums };
    };
    const options = { seed, nonFinite, accumulate, masterWeights, dynamicAxes };
    return trainStep({ models: { model: this.model }, optimizers: { model: optimizer } }, compute, options);
  }

  /** Checks everything before anything is changed. */
  #restore(checkpoint: Checkpoint): void {
    this.#trainStep.check(checkpoint);
    const { epoch, history, sums, loader } = progressOf(checkpoint);
    if (loader !== undefined) {
      if (this.#loader.load === undefined) throw notResumable();
      this.#loader.load(loader);
    }
    this.#trainStep.load(checkpoint);
    this.epoch = epoch;
    this.history.push(...history);
    this.#sums = sums;
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

const intervalsOf = (callbacks: readonly Callback[]): number[] =>
  callbacks.filter((callback) => callback.onStepEnd !== undefined).map((callback) => callback.everySteps ?? 1);

const numberAt = (tensor: Tensor, values: TypedArray, index: number): number => toNumber(values[index]!, tensor.dtype);

/** Totals per metric with those of a run: `[..., size]`, of steps and of the parts of a batch. */
async function addSums(before: readonly (readonly number[])[], sums: readonly Tensor[]): Promise<number[][]> {
  const read = await Promise.all(sums.map((tensor) => data(tensor)));
  return read.map((values, index) => {
    const size = Number(sums[index]!.shape.at(-1));
    const totals = [...(before[index] ?? new Array<number>(size).fill(0))];
    for (let at = 0; at < values.length; at++) totals[at % size]! += Number(values[at]);
    return totals;
  });
}
