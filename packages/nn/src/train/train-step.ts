import {
  GraphError,
  Variable,
  backward,
  full,
  getDefaultBackend,
  jit,
  onesLike,
  runSteps,
  tensor,
  zerosLike,
} from '@gai/core';
import type { Passes, Tensor } from '@gai/core';
import { foldIn, key as makeKey } from '@gai/core/random';
import type { Module } from '../module.ts';
import type { Parameter } from '../parameter.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { globalNorm } from '../optim/clip.ts';
import { withRandomKey } from '../random-scope.ts';
import { stackTrees } from './stack.ts';
import { checkScalar, firstNonFinite, missingSlot, noBatches, nonFinite, unknownModel } from './step-errors.ts';

/** Models by name. */
export type Models = Readonly<Record<string, Module>>;

/** What a step trains: models, and for each the optimizer that updates it. */
export interface TrainSetup<M extends Models> {
  readonly models: M;
  /** By the model's name; a model without one is used but not updated. */
  readonly optimizers: { readonly [Name in keyof M]?: Optimizer };
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
   * What a loss or gradient that is not finite does: `error` stops before anything is updated, `allow` goes on.
   * Default `error`.
   */
  readonly nonFinite?: 'error' | 'allow' | undefined;
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
}

/** What a step's function returns: a loss per model that is updated, and anything else worth having. */
export interface StepOutputs {
  readonly losses: Readonly<Record<string, Tensor>>;
  readonly [name: string]: unknown;
}

/** Everything a run needs to go on: named tensors, and how many updates were made. */
export interface TrainState {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly step: number;
}

/** How a step runs. */
export interface StepRunOptions {
  /** Gives up before the run begins. */
  readonly signal?: AbortSignal | undefined;
}

/** A compiled train step; see {@link trainStep}. */
export interface TrainStep<B, R> {
  /** Makes one update and returns what the function returned, computed before the update. */
  (batch: B, options?: StepRunOptions): Promise<R & { readonly gradientNorm: Tensor }>;
  /**
   * Makes one update per batch, all in one run: bitwise the same as one call after the other, without what each run
   * costs. The batches have tensors of equal shapes. Every tensor of the result has a leading axis of steps. If a loss
   * or gradient is not finite, no update is made, and the error names the step.
   *
   * Where the provider has no loops (WebGPU) or the function prints, the steps run one by one.
   */
  many(batches: readonly B[], options?: StepRunOptions): Promise<R & { readonly gradientNorm: Tensor }>;
  /** Updates made so far. */
  readonly step: number;
  /** The state to save: `model.<path>`, `optimizer.<slot>.<model>.<path>`. */
  state(): TrainState;
  /** Takes over a saved state. */
  load(state: TrainState): void;
}

/**
 * A train step of any number of models, optimizers and losses: forward, backward and update as one graph and one run.
 *
 * Each loss updates the parameters of the model it is named after. Nothing is updated if a loss or gradient is not
 * finite.
 * @param setup - Models and optimizers by name.
 * @param compute - From models and batch to `{ losses, ... }`; traced once.
 * @param options.seed - Fixes the random numbers of every step. Default 0.
 * @example
 * const model = new Linear({ inFeatures: 2, outFeatures: 1 });
 * const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, ({ model }, { x, y }) => ({
 *   losses: { model: mse(model.forward(x), y) },
 * }));
 * const { losses } = await step({ x: tensor([[1, 2]]), y: tensor([[1]]) });
 * (await item(losses.model)) >= 0; // => true
 * @category Training
 */
export function trainStep<M extends Models, B extends object, R extends StepOutputs>(
  setup: TrainSetup<M>,
  compute: (models: M, batch: B, context: StepContext) => R,
  options: TrainStepOptions = {},
): TrainStep<B, R> {
  const program = new StepProgram<M, B, R>(setup, compute, options);
  const call = (batch: B, run: StepRunOptions = {}) => program.run(batch, run);
  return Object.defineProperties(call, {
    many: { value: (batches: readonly B[], run: StepRunOptions = {}) => program.many(batches, run) },
    step: { get: () => program.step },
    state: { value: () => program.state() },
    load: { value: (state: TrainState) => program.load(state) },
  }) as TrainStep<B, R>;
}

type Slots = ReadonlyMap<string, Readonly<Record<string, Variable>>>;
type Scalars = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
type StepResult<R> = R & { readonly gradientNorm: Tensor };

/** Providers that run a loop inside a graph. */
const LOOPING: readonly string[] = ['cpu', 'wasm'];

class StepProgram<M extends Models, B extends object, R extends StepOutputs> {
  step = 0;
  readonly #setup: TrainSetup<M>;
  readonly #nonFinite: 'error' | 'allow';
  readonly #key: Tensor;
  readonly #slots = new Map<string, Slots>();
  readonly #pack: boolean;
  readonly #compiled;
  readonly #compiledMany;
  /** False once the function turned out to do something that only separate runs can. */
  #loops = true;

  constructor(
    setup: TrainSetup<M>,
    compute: (models: M, batch: B, context: StepContext) => R,
    options: TrainStepOptions,
  ) {
    this.#setup = setup;
    this.#nonFinite = options.nonFinite ?? 'error';
    this.#pack = options.passes?.pack ?? true;
    this.#key = makeKey(options.seed ?? 0);
    for (const name of Object.keys(setup.optimizers)) this.#slots.set(name, this.#makeSlots(name));
    const axes = options.dynamicAxes === undefined ? ['batch'] : options.dynamicAxes;
    const trainAll = (batch: B, stepKey: Tensor, scalars: Scalars): StepResult<R> => {
      const outputs = withRandomKey(foldIn(stepKey, 'layers'), () => compute(setup.models, batch, { key: stepKey }));
      return { ...outputs, gradientNorm: this.#updateAll(outputs.losses, scalars) };
    };
    const { passes } = options;
    this.#compiled = jit(trainAll, { dynamicAxes: [axes], passes });
    const trainMany = (batches: B, keys: Tensor, scalars: Scalars) => runSteps(trainAll, [batches, keys, scalars]);
    this.#compiledMany = jit(trainMany, {
      dynamicAxes: [['steps', ...(axes ?? [])], ['steps'], ['steps']],
      passes,
    });
  }

  async run(batch: B, options: StepRunOptions): Promise<StepResult<R>> {
    const [key, scalars] = this.#inputs(this.step + 1);
    const { result, commit } = await this.#compiled.run([batch, key, scalars], options);
    if (this.#nonFinite === 'error') {
      const bad = await firstNonFinite(result);
      if (bad !== undefined) throw nonFinite(bad, this.step);
    }
    commit();
    this.step += 1;
    return result;
  }

  async many(batches: readonly B[], options: StepRunOptions): Promise<StepResult<R>> {
    if (batches.length === 0) throw noBatches();
    if (!this.#loops || !LOOPING.includes(getDefaultBackend().provider)) return this.#oneByOne(batches, options);
    const inputs = batches.map((_, index) => this.#inputs(this.step + 1 + index));
    const [stacked, keys, scalars] = await Promise.all([
      stackTrees(batches),
      stackTrees(inputs.map(([key]) => key)),
      stackTrees(inputs.map(([, numbers]) => numbers)),
    ]);
    const run = await this.#compiledMany.run([stacked, keys, scalars], options).catch((error: unknown) => {
      if (!(error instanceof GraphError) || error.details['effects'] !== true) throw error;
      this.#loops = false;
      return undefined;
    });
    if (run === undefined) return this.#oneByOne(batches, options);
    const bad = this.#nonFinite === 'error' ? await firstNonFinite(run.result) : undefined;
    if (bad !== undefined) throw nonFinite(bad, this.step);
    run.commit();
    this.step += batches.length;
    return run.result;
  }

  async #oneByOne(batches: readonly B[], options: StepRunOptions): Promise<StepResult<R>> {
    const results: StepResult<R>[] = [];
    for (const batch of batches) results.push(await this.run(batch, options));
    return stackTrees(results);
  }

  state(): TrainState {
    const tensors: Record<string, Tensor> = {};
    for (const [name, model] of Object.entries(this.#setup.models)) {
      for (const [path, value] of Object.entries(model.stateDict())) tensors[`${name}.${path}`] = value;
    }
    for (const [name, slots] of this.#slots) {
      for (const [path, variables] of slots) {
        for (const [slot, variable] of Object.entries(variables)) {
          tensors[`optimizer.${slot}.${name}.${path}`] = variable.value;
        }
      }
    }
    return { tensors, step: this.step };
  }

  load(state: TrainState): void {
    const rest = { ...state.tensors };
    for (const [name, model] of Object.entries(this.#setup.models)) {
      model.loadStateDict(take(rest, `${name}.`));
    }
    for (const [name, slots] of this.#slots) {
      for (const [path, variables] of slots) {
        for (const [slot, variable] of Object.entries(variables)) {
          const saved = take(rest, `optimizer.${slot}.${name}.${path}`)[''];
          if (saved === undefined) throw missingSlot(`optimizer.${slot}.${name}.${path}`);
          variable.assign(saved);
        }
      }
    }
    this.step = state.step;
  }

  #makeSlots(name: string): Slots {
    const optimizer = this.#setup.optimizers[name];
    const model = this.#setup.models[name];
    if (optimizer === undefined || model === undefined) throw unknownModel(name, Object.keys(this.#setup.models));
    const slots = new Map<string, Readonly<Record<string, Variable>>>();
    for (const [path, parameter] of trained(model)) {
      const zeros = () => new Variable(zeroTensor(parameter), `optimizer.${name}.${path}`);
      slots.set(path, Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])));
    }
    return slots;
  }

  /** What a step gets besides the batch: its random key, and the optimizers' scalars. */
  #inputs(step: number): readonly [key: Tensor, scalars: Scalars] {
    const scalars: Record<string, Record<string, Tensor>> = {};
    for (const name of this.#slots.keys()) {
      const numbers = Object.entries(this.#setup.optimizers[name]!.scalars(step));
      scalars[name] = Object.fromEntries(numbers.map(([key, value]) => [key, tensor(value)]));
    }
    return [foldIn(this.#key, step), scalars];
  }

  /** Takes all gradients first, then assigns all updates; returns the norm of all gradients. */
  #updateAll(losses: Readonly<Record<string, Tensor>>, scalars: Scalars): Tensor {
    const plans = Object.entries(losses).map(([name, loss]) => this.#plan(name, loss));
    const gradients = plans.flatMap(({ items }) => items.map((entry) => entry.gradient));
    for (const { name, items } of plans) {
      const updates = this.#setup.optimizers[name]!.update(items, scalars[name]!, { pack: this.#pack });
      items.forEach(({ parameter, name: path }, index) => {
        const { parameter: next, slots } = updates[index]!;
        parameter.assign(next);
        for (const [slot, value] of Object.entries(slots)) this.#slots.get(name)!.get(path)![slot]!.assign(value);
      });
    }
    return gradients.length === 0 ? full([], 0) : globalNorm(gradients);
  }

  #plan(name: string, loss: Tensor) {
    const slots = this.#slots.get(name);
    const model = this.#setup.models[name];
    if (slots === undefined || model === undefined) throw unknownModel(name, [...this.#slots.keys()]);
    checkScalar(name, loss);
    const entries = [...trained(model)].filter(([path]) => slots.has(path));
    const parameters = entries.map(([, parameter]) => parameter);
    const gradients = backward([loss], [onesLike(loss)], parameters);
    const items = entries.map(([path, parameter], index) => ({
      name: path,
      parameter,
      gradient: gradients[index] ?? zerosLike(parameter),
      slots: slots.get(path)!,
    }));
    return { name, items };
  }
}

const trained = (model: Module): [string, Parameter][] =>
  [...model.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);

function zeroTensor(like: Parameter): Tensor {
  const shape = like.shape as readonly number[];
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(new Float32Array(count), { shape });
}

function take(from: Record<string, Tensor>, prefix: string): Record<string, Tensor> {
  const taken: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(from)) {
    if (name.startsWith(prefix)) taken[name.slice(prefix.length)] = value;
  }
  return taken;
}
