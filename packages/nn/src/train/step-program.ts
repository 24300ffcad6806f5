import { GraphError, dispose, findNonFinite, getDefaultBackend, jit, tensor } from '@gai/core';
import type { Jitted, NonFiniteOp, Tensor, Variable } from '@gai/core';
import { capabilitiesOf } from '@gai/core/backend';
import { foldIn, key as makeKey } from '@gai/core/random';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Parameter } from '../parameter.ts';
import { withRandomKey } from '../random-scope.ts';
import { Accumulation } from './accumulation.ts';
import { checkScalars } from './check-scalars.ts';
import { cohortsOf } from './cohorts.ts';
import { LARGE, sizeOf } from '../optim/lay-together.ts';
import { lossStages, lossTerms } from './loss-term.ts';
import { runPackedSteps } from './packed-steps.ts';
import { MASTER, Slots } from './slots.ts';
import { StackMemory } from './stack-memory.ts';
import { batchType, joinTrees, stackTrees } from './stack.ts';
import { checkStep, disposedStep, firstNonFinite, noBatches, nonFinite } from './step-errors.ts';
import { StepState } from './step-state.ts';
import { StepUpdate, gradientsOf } from './step-update.ts';
import type { Scalars } from './step-update.ts';
import type {
  Models,
  StateOptions,
  StepContext,
  StepOutputs,
  StepResult,
  StepRunOptions,
  TrainSetup,
  TrainState,
  TrainStepOptions,
} from './train-step.ts';
import { trained } from './trained.ts';

/** What one run of the graph gives. */
export interface Traced<R> {
  readonly outputs: StepResult<R>;
  /** Finite where all that is assigned is. */
  readonly health: Tensor | null;
}

/** A model that an optimizer updates, and what it updates of it. */
interface Updated {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly parameters: readonly Parameter[];
}

/** What {@link trainStep} returns a handle of. */
export class StepProgram<M extends Models, B extends object, R extends StepOutputs> {
  step = 0;
  readonly #setup: TrainSetup<M>;
  readonly #compute: (models: M, batch: B, context: StepContext) => R;
  readonly #options: TrainStepOptions;
  readonly #key: Tensor;
  readonly #slots: Slots;
  readonly #update: StepUpdate<M>;
  readonly #state: StepState;
  readonly #one: Jitted<[B, Tensor, Scalars], Traced<R>>;
  readonly #many: Jitted<[B, Tensor, Scalars], Traced<R>>;
  readonly #memory = new StackMemory();
  readonly #accumulation: Accumulation<M, B, R> | undefined;
  /** False once the function turned out to do something that only separate runs can. */
  #loops = true;
  #disposed: Promise<void> | undefined;
  /** Asked for and not done yet. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    setup: TrainSetup<M>,
    compute: (models: M, batch: B, context: StepContext) => R,
    options: TrainStepOptions,
  ) {
    checkStep(setup, compute, options);
    this.#setup = setup;
    this.#compute = compute;
    this.#options = options;
    this.#key = makeKey(options.seed ?? 0);
    this.#slots = new Slots(options.masterWeights ?? false);
    const { pack = true, ...passes } = options.passes ?? {};
    this.#update = new StepUpdate(setup, this.#slots, { pack, checked: this.#stops });
    this.#state = new StepState(setup, this.#slots, this.#update.changed);
    const axes = options.dynamicAxes === undefined ? ['batch'] : options.dynamicAxes;
    const trainOne = (batch: B, key: Tensor, scalars: Scalars): Traced<R> => this.#trace(batch, key, scalars);
    this.#one = jit(trainOne, { dynamicAxes: [axes], passes });
    const trainMany = (batches: B, keys: Tensor, scalars: Scalars) =>
      runPackedSteps(pack ? this.#packed() : [], trainOne, [batches, keys, scalars]);
    this.#many = jit(trainMany, { dynamicAxes: [['steps', ...(axes ?? [])], ['steps'], ['steps']], passes });
    const parts = options.accumulate ?? 1;
    if (parts > 1) this.#accumulation = new Accumulation({ setup, compute, update: this.#update, parts, axes, passes });
  }

  get #stops(): boolean {
    return (this.#options.nonFinite ?? 'error') === 'error';
  }

  async run(batch: B, options: StepRunOptions): Promise<StepResult<R>> {
    this.#checkAlive();
    return this.#watch(this.#alone(batch, options, this.step));
  }

  async many(batches: readonly B[], options: StepRunOptions): Promise<StepResult<R>> {
    this.#checkAlive();
    if (batches.length === 0) throw noBatches();
    return this.#watch(this.#inRuns(batches, options));
  }

  /** Neighbours of one shape in one run each; nothing is updated if one of them fails. */
  async #inRuns(batches: readonly B[], options: StepRunOptions): Promise<StepResult<R>> {
    const before = this.step;
    const groups = this.#groups(batches);
    if (groups.length === 1) return this.#together(groups[0]!, options, before);
    const undo = this.#state.snapshot();
    try {
      const results: StepResult<R>[] = [];
      for (const group of groups) results.push(await this.#together(group, options, before));
      return await joinTrees(results, 'trainStep.many');
    } catch (error) {
      undo();
      this.step = before;
      throw error;
    }
  }

  async findNonFinite(batch: B): Promise<NonFiniteOp | undefined> {
    this.#checkAlive();
    const [key, scalars] = this.#inputs(this.#updated(), 0);
    const look = findNonFinite((given: B, own: Tensor, numbers: Scalars) => this.#trace(given, own, numbers));
    return this.#watch(look(batch, key, scalars));
  }

  state({ trained = false }: StateOptions): TrainState {
    this.#checkAlive();
    const tensors = this.#state.tensors(trained);
    const updates = this.#state.updates(this.step, trained);
    return { tensors, step: this.step, ...(trained && { trained }), ...(updates && { updates }) };
  }

  check(state: TrainState): void {
    this.#checkAlive();
    this.#state.plan(state);
  }

  load(state: TrainState): void {
    this.#checkAlive();
    this.#state.plan(state)();
    this.step = state.step;
  }

  dispose(): Promise<void> {
    return (this.#disposed ??= this.#free());
  }

  async #free(): Promise<void> {
    await Promise.allSettled(this.#running);
    this.#memory.clear();
    await Promise.all([this.#one.dispose(), this.#many.dispose(), this.#accumulation?.dispose()]);
    this.#state.free();
  }

  /** Notes a run until it is done, however it ends. */
  #watch<T>(run: Promise<T>): Promise<T> {
    const done = (): void => void this.#running.delete(run);
    this.#running.add(run);
    run.then(done, done);
    return run;
  }

  #checkAlive(): void {
    if (this.#disposed !== undefined) throw disposedStep();
  }

  get #canLoop(): boolean {
    return this.#loops && this.#accumulation === undefined && capabilitiesOf(getDefaultBackend()).loops;
  }

  /** Batches that run together: neighbours of one shape, or each alone where there are no loops. */
  #groups(batches: readonly B[]): B[][] {
    const groups: B[][] = [];
    let latest: string | undefined;
    for (const batch of batches) {
      const { key } = batchType(batch);
      if (this.#canLoop && key === latest) groups.at(-1)!.push(batch);
      else groups.push([batch]);
      latest = key;
    }
    return groups;
  }

  /** One step; `before` is the step whose weights stay if it fails. */
  async #alone(batch: B, options: StepRunOptions, before: number): Promise<StepResult<R>> {
    const updated = this.#updated();
    const [key, scalars] = this.#inputs(updated, 0);
    const { result, commit } =
      this.#accumulation === undefined
        ? await this.#one.run([batch, key, scalars], options)
        : await this.#accumulation.run(batch, { key, scalars }, options);
    dispose(key);
    await this.#check(result, before);
    commit();
    this.#advance(updated, result.outputs.losses, 1);
    return result.outputs;
  }

  /** The steps of a group in one run, with a leading axis of steps. */
  async #together(batches: readonly B[], options: StepRunOptions, before: number): Promise<StepResult<R>> {
    if (!this.#canLoop) return stackTrees([await this.#alone(batches[0]!, options, before)]);
    const updated = this.#updated();
    const inputs = batches.map((_, index) => this.#inputs(updated, index));
    const runOne = this.#memory.lend(async (take) => {
      const [stacked, keys, scalars] = await Promise.all([
        stackTrees(batches, take),
        stackTrees(inputs.map(([key]) => key)),
        stackTrees(inputs.map(([, numbers]) => numbers)),
      ]);
      dispose(inputs.map(([key]) => key));
      return this.#many.run([stacked, keys, scalars], options);
    });
    const run = await runOne.catch((error: unknown) => {
      if (!(error instanceof GraphError) || error.details['effects'] !== true) throw error;
      this.#loops = false;
      return undefined;
    });
    if (run === undefined) return this.#inRuns(batches, options);
    await this.#check(run.result, before);
    run.commit();
    this.#advance(updated, run.result.outputs.losses, batches.length);
    return run.result.outputs;
  }

  async #check({ outputs, health }: Traced<R>, before: number): Promise<void> {
    if (!this.#stops) return;
    const bad = await firstNonFinite(outputs, health);
    if (health !== null) dispose(health);
    if (bad !== undefined) throw nonFinite(bad, this.step, before);
  }

  /** Who is updated by an optimizer. */
  #updated(): Updated[] {
    return Object.entries(this.#setup.optimizers).flatMap(([name, optimizer]): Updated[] => {
      if (optimizer == null) return [];
      const parameters = trained(this.#setup.models[name]!).map(([, parameter]) => parameter);
      return [{ name, optimizer, parameters }];
    });
  }

  /** Each slot of the small parameters of a model: what an update joins, in its order. Gradients ask for parameters by themselves. */
  #packed(): Variable[][] {
    const groups = new Map<string, Variable[]>();
    for (const { name, optimizer } of this.#updated()) {
      for (const [path, parameter] of trained(this.#setup.models[name]!)) {
        const slots = this.#slots.of(parameter, optimizer, [name, path]);
        if (sizeOf(parameter) >= LARGE || MASTER in slots) continue;
        for (const [slot, variable] of Object.entries(slots)) {
          const key = `${name} ${slot} ${variable.dtype}`;
          groups.set(key, [...(groups.get(key) ?? []), variable]);
        }
      }
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }

  /** What a step gets besides the batch, `ahead` steps from now: its random key, and the optimizers' scalars. */
  #inputs(all: readonly Updated[], ahead: number): readonly [key: Tensor, scalars: Scalars] {
    const step = this.step + 1 + ahead;
    const scalars = all.map(({ name, optimizer, parameters }) => {
      const { updates } = cohortsOf(this.#slots, parameters);
      const own = (updates.length === 0 ? [this.step] : updates).map((had) => {
        const numbers = Object.entries(optimizer.scalars(step, had + 1 + ahead));
        checkScalars(name, numbers, step);
        return Object.fromEntries(numbers.map(([key, value]) => [key, tensor(value)]));
      });
      return [name, own] as const;
    });
    return [foldIn(this.#key, step), Object.fromEntries(scalars)];
  }

  /** Notes steps that were made, and whose parameters they have updated. */
  #advance(all: readonly Updated[], losses: StepOutputs['losses'], steps: number): void {
    this.step += steps;
    for (const { name, parameters } of all) {
      if (losses[name] == null) continue;
      for (const one of parameters) this.#slots.setUpdates(one, this.#slots.updates(one) + steps);
    }
  }

  /** Forward, backward and update of one batch. */
  #trace(batch: B, key: Tensor, scalars: Scalars): Traced<R> {
    return withRandomKey(foldIn(key, 'layers'), () => {
      const hooks: (() => void)[] = [];
      const afterUpdate = (hook: () => void): void => void hooks.push(hook);
      const outputs = this.#compute(this.#setup.models, batch, { key, afterUpdate });
      const found: Record<string, Tensor> = {};
      const assigned: Tensor[] = [];
      const gradients: Tensor[] = [];
      for (const stage of lossStages(outputs.losses)) {
        const terms = lossTerms(stage());
        const plans = this.#update.plans(terms, outputs.losses);
        const own = plans.map(({ term, entries }) => gradientsOf(term.value, entries));
        assigned.push(...this.#update.assign(plans, own, scalars));
        gradients.push(...own.flat());
        for (const { name, value } of terms) found[name] = value;
      }
      for (const hook of hooks) hook();
      const losses = { ...outputs.losses, ...found };
      const { gradientNorm, health } = this.#update.report(assigned, gradients);
      return { outputs: { ...outputs, losses, gradientNorm } as unknown as StepResult<R>, health };
    });
  }
}
