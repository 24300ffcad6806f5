import { GraphError, Variable, backward, full, item, jit, onesLike, tensor, zerosLike } from '@gai/core';
import type { JitOptions, Tensor } from '@gai/core';
import { foldIn, key as makeKey } from '@gai/core/random';
import type { Module } from '../module.ts';
import type { Parameter } from '../parameter.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { globalNorm } from '../optim/clip.ts';
import { withRandomKey } from '../random-scope.ts';

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

/** A compiled train step; see {@link trainStep}. */
export interface TrainStep<B, R> {
  /** Makes one update and returns what the function returned, computed before the update. */
  (batch: B, options?: { readonly signal?: AbortSignal | undefined }): Promise<R & { readonly gradientNorm: Tensor }>;
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
  const call = (batch: B, run: { readonly signal?: AbortSignal | undefined } = {}) => program.run(batch, run);
  return Object.defineProperties(call, {
    step: { get: () => program.step },
    state: { value: () => program.state() },
    load: { value: (state: TrainState) => program.load(state) },
  }) as TrainStep<B, R>;
}

type Slots = ReadonlyMap<string, Readonly<Record<string, Variable>>>;

class StepProgram<M extends Models, B extends object, R extends StepOutputs> {
  step = 0;
  readonly #setup: TrainSetup<M>;
  readonly #nonFinite: 'error' | 'allow';
  readonly #key: Tensor;
  readonly #slots = new Map<string, Slots>();
  readonly #compiled;

  constructor(
    setup: TrainSetup<M>,
    compute: (models: M, batch: B, context: StepContext) => R,
    options: TrainStepOptions,
  ) {
    this.#setup = setup;
    this.#nonFinite = options.nonFinite ?? 'error';
    this.#key = makeKey(options.seed ?? 0);
    for (const name of Object.keys(setup.optimizers)) this.#slots.set(name, this.#makeSlots(name));
    const axes = options.dynamicAxes === undefined ? ['batch'] : options.dynamicAxes;
    const jitOptions: JitOptions = { dynamicAxes: [axes] };
    const trainAll = (batch: B, stepKey: Tensor, scalars: Record<string, Record<string, Tensor>>) => {
      const outputs = withRandomKey(foldIn(stepKey, 'layers'), () => compute(setup.models, batch, { key: stepKey }));
      return { ...outputs, gradientNorm: this.#updateAll(outputs.losses, scalars) };
    };
    this.#compiled = jit(trainAll, jitOptions);
  }

  async run(
    batch: B,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<R & { readonly gradientNorm: Tensor }> {
    const step = this.step + 1;
    const { result, commit } = await this.#compiled.run([batch, foldIn(this.#key, step), this.#scalars(step)], options);
    if (this.#nonFinite === 'error') await checkFinite(result.losses, result.gradientNorm, step);
    commit();
    this.step = step;
    return result;
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

  #scalars(step: number): Record<string, Record<string, Tensor>> {
    const scalars: Record<string, Record<string, Tensor>> = {};
    for (const name of this.#slots.keys()) {
      const numbers = Object.entries(this.#setup.optimizers[name]!.scalars(step));
      scalars[name] = Object.fromEntries(numbers.map(([key, value]) => [key, tensor(value)]));
    }
    return scalars;
  }

  /** Takes all gradients first, then assigns all updates; returns the norm of all gradients. */
  #updateAll(losses: Readonly<Record<string, Tensor>>, scalars: Record<string, Record<string, Tensor>>): Tensor {
    const plans = Object.entries(losses).map(([name, loss]) => this.#plan(name, loss));
    const gradients = plans.flatMap(({ items }) => items.map((entry) => entry.gradient));
    for (const { name, items } of plans) {
      const updates = this.#setup.optimizers[name]!.update(items, scalars[name]!);
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

async function checkFinite(
  losses: Readonly<Record<string, Tensor>>,
  gradientNorm: Tensor,
  step: number,
): Promise<void> {
  const values = { ...losses, 'gradient norm': gradientNorm };
  for (const [name, value] of Object.entries(values)) {
    const number = await item(value);
    if (Number.isFinite(number)) continue;
    const what = name === 'gradient norm' ? 'the gradient' : `the loss '${name}'`;
    throw new GraphError(
      `trainStep: ${what} is not finite. Got ${number} at step ${step}; expected a finite number. Nothing was updated: ` +
        `the weights are those of step ${step - 1}. Lower the learning rate, clip gradients (clipByGlobalNorm), or check the data.`,
      { op: 'trainStep', details: { step, name, value: number, nonFinite: true } },
    );
  }
}

function unknownModel(name: string, known: readonly string[]): GraphError {
  return new GraphError(
    `trainStep: '${name}' names no model with an optimizer. Got '${name}'; expected one of ${known.join(', ') || '(none)'}.` +
      ` Name each loss after the model it updates.`,
    { op: 'trainStep' },
  );
}

function missingSlot(name: string): GraphError {
  return new GraphError(
    `trainStep.load: the state lacks '${name}'. Got a state of another optimizer or model; expected one saved by this step.`,
    { op: 'trainStep.load' },
  );
}

function checkScalar(name: string, loss: Tensor): void {
  if (loss.shape.length === 0) return;
  throw new GraphError(
    `trainStep: the loss '${name}' is not a scalar. Got ${loss.shape.length} axes; expected none. Reduce it with mean.`,
    { op: 'trainStep' },
  );
}
