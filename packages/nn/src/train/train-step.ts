import type { NonFiniteOp, Passes, Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { Module } from '../module.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Losses } from './loss-term.ts';
import { StepProgram } from './step-program.ts';

/** Models by name. */
export type Models = Readonly<Record<string, Module>>;

/** What a step trains: models, and for each the optimizer that updates it. */
export interface TrainSetup<M extends Models> {
  readonly models: M;
  /** By the model's name. Null says that the model is used but not updated; one that is frozen needs none. */
  readonly optimizers: { readonly [Name in keyof M]?: Optimizer | null };
}

/** Settings of {@link trainStep}. */
export interface TrainStepOptions {
  /** Fixes the random numbers of every step. Default 0. */
  readonly seed?: number | undefined;
  /**
   * Names of the leading axes of the batch's tensors whose size may change from step to step without compiling again
   * (see jit). Default `['batch']`; null: all sizes are fixed.
   */
  readonly dynamicAxes?: readonly (string | null)[] | null | undefined;
  /**
   * What a loss, a gradient or an updated weight or buffer that is not finite does: `error` stops before anything is
   * updated, `allow` goes on. Default `error`.
   */
  readonly nonFinite?: 'error' | 'allow' | undefined;
  /**
   * Parts that the rows of a batch are split into, one after the other in the same run: the update is that of the whole
   * batch, and the values for the way back need the memory of one part. Parts count by what their losses divide by
   * (tokens, examples; see {@link LossValue}); batch norms see the parts. What the function returns by row comes back with
   * all rows in order, anything else with an axis of parts in front; where sizes have no names, a first axis as long as that of
   * each part counts as its rows. Default 1.
   */
  readonly accumulate?: number | undefined;
  /**
   * Keeps a float32 copy of float16 and bfloat16 parameters, which small updates add up in. Optimizer state of such
   * parameters is float32 either way. Default false.
   */
  readonly masterWeights?: boolean | undefined;
  /** Parts of the compilation to leave out. Default: all are done; none changes a bit of the result. */
  readonly passes?: TrainPasses | undefined;
}

/** What is done to a train step before it runs; see {@link Passes}. */
export interface TrainPasses extends Passes {
  /** Updates small parameters of an optimizer's group as one flat tensor. Default true. */
  readonly pack?: boolean | undefined;
}

/** What a step's function gets besides models and batch. */
export interface StepContext {
  /** Random key of this step; layers that draw numbers have their own. */
  readonly key: Tensor;
  /**
   * Notes what is to be done once all models have their new weights, in the same graph: a target network that follows
   * ({@link Variable} `assign`). Not with `accumulate`.
   */
  afterUpdate(hook: () => void): void;
}

/**
 * What a step's function returns: a loss per model that is updated (null: not this time), and anything else.
 *
 * A loss that is a function is computed later: once the losses before it have updated their models, so that it sees their
 * new weights (an actor that follows the critic just updated). Not with `accumulate`.
 */
export interface StepOutputs {
  readonly losses: Losses;
  readonly [name: string]: unknown;
}

/** What a step gives: what its function returned, with each loss as one scalar, and the norm of all gradients. */
export type StepResult<R> = {
  readonly [Name in keyof R]: Name extends 'losses' ? LossScalars<R[Name]> : R[Name];
} & { readonly gradientNorm: Tensor };

type LossScalars<L> = { readonly [Name in keyof L]: L[Name] extends null ? null : Tensor };

/** Everything a run needs to go on: named tensors, and how many updates were made. */
export interface TrainState {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly step: number;
  /** True if only what is trained is there. */
  readonly trained?: boolean | undefined;
  /** Updates of the parameters, by name, that have had fewer than `step`: they came later, or were left out at times. */
  readonly updates?: Readonly<Record<string, number>> | undefined;
}

/** Which part of a state is asked for. */
export interface StateOptions {
  /**
   * Only what the step changes: trained parameters, their optimizer's slots, and the buffers it has assigned. The rest of
   * the models (the base that an adapter sits on) is not in it. Default false.
   */
  readonly trained?: boolean | undefined;
}

/** How a step runs. */
export interface StepRunOptions {
  /** Gives up before the run begins. */
  readonly signal?: AbortSignal | undefined;
}

/** A compiled train step; see {@link trainStep}. */
export interface TrainStep<B, R> {
  /** Makes one update and returns what the function returned, computed before the update. */
  (batch: B, options?: StepRunOptions): Promise<StepResult<R>>;
  /**
   * Makes one update per batch, all in one run: bitwise the same as one call after the other, without what each run
   * costs. Every tensor of the result has a leading axis of steps. If something is not finite, no update is made, and
   * the error names the step.
   *
   * Batches of another shape than those before them (the ragged last one of an epoch) begin a run of their own. Where the
   * provider has no loops (WebGPU), the function prints or gradients are accumulated, the steps run one by one.
   */
  many(batches: readonly B[], options?: StepRunOptions): Promise<StepResult<R>>;
  /**
   * Runs the next step with every op checked and updates nothing: the first op that gives a NaN or an infinity that
   * reaches a loss, a gradient or an update; see {@link findNonFinite}. With `accumulate` the batch is looked at as a whole.
   */
  findNonFinite(batch: B): Promise<NonFiniteOp | undefined>;
  /** Updates made so far. */
  readonly step: number;
  /** The state to save: `<model>.<path>`, `optimizer.<slot>.<model>.<path>`. */
  state(options?: StateOptions): TrainState;
  /** Throws what `load` would throw, and changes nothing. */
  check(state: TrainState): void;
  /**
   * Takes over a saved state, whole or only what was trained.
   * @throws {@link DataError} that names what is missing, unexpected or does not fit. Nothing is changed then.
   */
  load(state: TrainState): void;
  /**
   * Frees the compiled graphs and the optimizers' state once the steps asked for so far are done; what `state` gave stays, and so does
   * the model, whose memory `dispose(model.stateDict())` frees. A step that is dropped without it leaves its graphs to the backend, which
   * keeps the latest. Any call after that is refused.
   */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A train step of any number of models, optimizers and losses: forward, backward and update as one graph and one run.
 *
 * Each loss updates the parameters of the model it is named after. Parameters that are thawed, added or replaced later
 * are trained from the next step on, with fresh optimizer state that counts their own updates; one that nothing would update
 * is refused by name.
 * Nothing is updated if a loss, a gradient or what comes of them is not finite.
 * @param setup - Models and optimizers by name.
 * @param compute - From models and batch to `{ losses, ... }`; traced once.
 * @param options.seed - Fixes the random numbers of every step. Default 0.
 * @throws {@link GraphError} if a trainable parameter has no optimizer or no loss.
 * @example
 * const model = new Linear({ inFeatures: 2, outFeatures: 1 });
 * const step = trainStep(
 *   { models: { model }, optimizers: { model: sgd() } },
 *   ({ model }, { x, y }: { x: Tensor; y: Tensor }) => ({ losses: { model: mse(model.forward(x), y) } }),
 * );
 * const { losses } = await step({ x: tensor([[1, 2]]), y: tensor([[1]]) });
 * (await item(losses.model)) >= 0; // => true
 * @category Training
 */
export function trainStep<M extends Models, B extends object, R extends StepOutputs>(
  setup: TrainSetup<M>,
  compute: (models: M, batch: B, context: StepContext) => R,
  options: TrainStepOptions = {},
): TrainStep<B, R> {
  checkOptionNames('trainStep', options, ['seed', 'dynamicAxes', 'nonFinite', 'accumulate', 'masterWeights', 'passes']);
  const program = new StepProgram<M, B, R>(setup, compute, options);
  const call = async (batch: B, run: StepRunOptions = {}) => {
    checkOptionNames('trainStep: step', run, ['signal']);
    return program.run(batch, run);
  };
  const many = async (batches: readonly B[], run: StepRunOptions = {}) => {
    checkOptionNames('trainStep: step.many', run, ['signal']);
    return program.many(batches, run);
  };
  return Object.defineProperties(call, {
    many: { value: many },
    findNonFinite: { value: (batch: B) => program.findNonFinite(batch) },
    step: { get: () => program.step },
    state: {
      value: (which: StateOptions = {}) => {
        checkOptionNames('trainStep: step.state', which, ['trained']);
        return program.state(which);
      },
    },
    check: { value: (state: TrainState) => program.check(state) },
    load: { value: (state: TrainState) => program.load(state) },
    dispose: { value: () => program.dispose() },
    [Symbol.asyncDispose]: { value: () => program.dispose() },
  }) as TrainStep<B, R>;
}
