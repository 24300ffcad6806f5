import { DataError, formatShape } from '@gai/core';
import type { Tensor, Variable } from '@gai/core';
import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { MASTER } from './slots.ts';
import type { SlotVariables, Slots } from './slots.ts';
import type { Models, TrainSetup, TrainState } from './train-step.ts';
import { trained } from './trained.ts';

/** A value that a checkpoint has a place for. */
type Assignment = readonly [variable: Variable, value: Tensor];

/** A step's parameters, buffers and slots as named tensors, and back. */
export class StepState {
  readonly #models: readonly (readonly [name: string, model: Module, optimizer: Optimizer | undefined])[];
  readonly #slots: Slots;
  readonly #changed: Set<ModuleBuffer>;

  /** @param changed - Buffers that the step assigns, as far as known; more are added by a state that has them. */
  constructor(setup: TrainSetup<Models>, slots: Slots, changed: Set<ModuleBuffer>) {
    this.#models = Object.entries(setup.models).map(([name, model]) => [
      name,
      model,
      setup.optimizers[name] ?? undefined,
    ]);
    this.#slots = slots;
    this.#changed = changed;
  }

  /** Everything, or only what is trained. */
  tensors(trainedOnly: boolean): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, model, optimizer] of this.#models) {
      const kept = trainedOnly ? this.#changedNames(model, optimizer) : undefined;
      for (const [path, value] of Object.entries(model.stateDict())) {
        if (kept?.has(path) !== false) tensors[`${name}.${path}`] = value;
      }
    }
    for (const [name, model, optimizer] of this.#models) {
      for (const [path, slots] of this.#slotsOf(name, model, optimizer, trainedOnly)) {
        for (const [slot, variable] of Object.entries(slots)) tensors[slotName(slot, name, path)] = variable.value;
      }
    }
    return tensors;
  }

  /** The updates of parameters that have had another number of them than there were steps; none if all had as many. */
  updates(step: number, trainedOnly: boolean): Record<string, number> | undefined {
    const found = this.#counted(trainedOnly).flatMap(([name, parameter]) => {
      const updates = this.#slots.updates(parameter);
      return updates === step ? [] : [[name, updates] as const];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  /** Checks a state whole, and returns what takes it over. */
  plan(state: TrainState): () => void {
    checkStep(state.step);
    const rest = new Map(Object.entries(state.tensors));
    const loads: (() => void)[] = [];
    const assignments: Assignment[] = [];
    for (const [name, model, optimizer] of this.#models) {
      loads.push(this.#planModel({ name, model, optimizer }, rest, state.trained === true));
    }
    for (const [name, model, optimizer] of this.#models) {
      if (optimizer !== undefined) assignments.push(...this.#planSlots({ name, model, optimizer }, rest));
    }
    const counts = this.#planUpdates(state);
    const [unexpected] = rest.keys();
    if (unexpected !== undefined)
      throw misfit(`'${unexpected}' has no place`, 'it in the state', 'a name of this step');
    return () => {
      for (const load of loads) load();
      for (const [variable, value] of assignments) variable.assign(value);
      for (const [parameter, updates] of counts) this.#slots.setUpdates(parameter, updates);
    };
  }

  /** Remembers all values; calling the result goes back to them. */
  snapshot(): () => void {
    const variables = this.#models.flatMap(([name, model, optimizer]) => [
      ...model.parameters(),
      ...model.buffers(),
      ...this.#slotsOf(name, model, optimizer, false).flatMap(([, slots]) => Object.values(slots)),
    ]);
    const values = variables.map((variable) => variable.value);
    const counts = this.#counted(false).map(([, parameter]) => [parameter, this.#slots.updates(parameter)] as const);
    return () => {
      variables.forEach((variable, index) => variable.assign(values[index]!));
      for (const [parameter, updates] of counts) this.#slots.setUpdates(parameter, updates);
    };
  }

  /** Frees what is kept for the parameters; what somebody got as a state stays. */
  free(): void {
    for (const [, model] of this.#models)
      for (const parameter of model.parameters())
        for (const variable of Object.values(this.#slots.peek(parameter) ?? {})) variable.free();
  }

  /** Parameters with slots, by the names of a state. */
  #counted(trainedOnly: boolean): [name: string, parameter: Parameter][] {
    return this.#models.flatMap(([name, model, optimizer]) =>
      optimizer === undefined
        ? []
        : [...model.namedParameters()].flatMap(([path, parameter]): [string, Parameter][] => {
            const isKept = parameter.requiresGrad || (!trainedOnly && this.#slots.peek(parameter) !== undefined);
            return isKept ? [[`${name}.${path}`, parameter]] : [];
          }),
    );
  }

  /** The updates of each parameter that has slots: as many as there were steps, where the state says nothing else. */
  #planUpdates({ tensors, step, updates = {} }: TrainState): [parameter: Parameter, updates: number][] {
    const places = new Map<string, Parameter>();
    for (const [name, model, optimizer] of this.#models) {
      if (optimizer === undefined) continue;
      for (const [path, parameter] of model.namedParameters()) {
        const isThere = optimizer.slots.some((slot) => Object.hasOwn(tensors, slotName(slot, name, path)));
        if (parameter.requiresGrad || isThere) places.set(`${name}.${path}`, parameter);
      }
    }
    for (const [name, count] of Object.entries(updates)) {
      if (!places.has(name)) throw misfit(`'${name}' has no place`, 'its updates in the state', 'a name of this step');
      if (Number.isSafeInteger(count) && count >= 0 && count <= step) continue;
      throw misfit(`the updates of '${name}' are no count`, String(count), `a whole number from 0 to ${step}`);
    }
    return [...places].map(([name, parameter]) => [parameter, updates[name] ?? step]);
  }

  /** Paths of what the step changes in a model. */
  #changedNames(model: Module, optimizer: Optimizer | undefined): Set<string> {
    const parameters = optimizer === undefined ? [] : trained(model).map(([path]) => path);
    const buffers = [...model.namedBuffers()].filter(([, buffer]) => this.#changed.has(buffer)).map(([path]) => path);
    return new Set([...parameters, ...buffers]);
  }

  /** Slots of what is trained, and of what was before it was frozen. */
  #slotsOf(
    name: string,
    model: Module,
    optimizer: Optimizer | undefined,
    trainedOnly: boolean,
  ): [path: string, slots: SlotVariables][] {
    if (optimizer === undefined) return [];
    return [...model.namedParameters()].flatMap(([path, parameter]): [string, SlotVariables][] => {
      if (parameter.requiresGrad) return [[path, this.#slots.of(parameter, optimizer, [name, path])]];
      const slots = trainedOnly ? undefined : this.#slots.peek(parameter);
      return slots === undefined ? [] : [[path, slots]];
    });
  }

  #planModel(
    { name, model, optimizer }: { name: string; model: Module; optimizer: Optimizer | undefined },
    rest: Map<string, Tensor>,
    partial: boolean,
  ): () => void {
    const own = model.stateDict();
    const given = take(rest, `${name}.`, (path) => !partial || Object.hasOwn(own, path));
    if (partial) {
      const needed = new Set(optimizer === undefined ? [] : trained(model).map(([path]) => path));
      const missing = [...needed].find((path) => !Object.hasOwn(given, path));
      if (missing !== undefined)
        throw misfit(`the state lacks '${name}.${missing}'`, 'a state without it', 'what is trained');
    }
    for (const [path, value] of Object.entries(given)) {
      const expected = own[path];
      if (expected !== undefined) checkFits(`${name}.${path}`, value, expected);
    }
    const whole = partial ? { ...own, ...given } : given;
    const missing = Object.keys(own).find((path) => !Object.hasOwn(whole, path));
    if (missing !== undefined)
      throw misfit(`the state lacks '${name}.${missing}'`, 'a state without it', 'all of the model');
    const unexpected = Object.keys(whole).find((path) => !Object.hasOwn(own, path));
    if (unexpected !== undefined)
      throw misfit(`'${name}.${unexpected}' has no place`, 'it in the state', 'a name of this step');
    return () => {
      model.loadStateDict(whole);
      for (const [path, buffer] of model.namedBuffers())
        if (partial && Object.hasOwn(given, path)) this.#changed.add(buffer);
    };
  }

  #planSlots(
    { name, model, optimizer }: { name: string; model: Module; optimizer: Optimizer },
    rest: Map<string, Tensor>,
  ): Assignment[] {
    const assignments: Assignment[] = [];
    const names = (path: string) =>
      [...optimizer.slots, MASTER].map((slot) => [slot, slotName(slot, name, path)] as const);
    for (const [path, parameter] of model.namedParameters()) {
      const present = names(path).some(([, full]) => rest.has(full));
      if (!parameter.requiresGrad && !present) continue;
      const slots = this.#slots.of(parameter as Parameter, optimizer, [name, path]);
      for (const [slot, variable] of Object.entries(slots)) {
        const full = slotName(slot, name, path);
        const value = rest.get(full);
        if (value === undefined)
          throw misfit(`the state lacks '${full}'`, 'a state of another optimizer or model', 'one saved by this step');
        checkFits(full, value, variable);
        assignments.push([variable, value]);
        rest.delete(full);
      }
    }
    return assignments;
  }
}

const slotName = (slot: string, model: string, path: string): string => `optimizer.${slot}.${model}.${path}`;

/** The tensors under a prefix, taken out. */
function take(rest: Map<string, Tensor>, prefix: string, wanted: (path: string) => boolean): Record<string, Tensor> {
  const taken: Record<string, Tensor> = {};
  for (const [name, value] of rest) {
    const path = name.slice(prefix.length);
    if (!name.startsWith(prefix) || !wanted(path)) continue;
    Object.defineProperty(taken, path, { value, enumerable: true, configurable: true, writable: true });
    rest.delete(name);
  }
  return taken;
}

function checkFits(name: string, value: Tensor, expected: Tensor): void {
  const [got, wanted] = [value, expected].map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
  // Counters are int64 in PyTorch's files and int32 here.
  const isCounter = value.dtype === 'int64' && expected.dtype === 'int32';
  if (got === wanted || (isCounter && formatShape(value.shape) === formatShape(expected.shape))) return;
  throw misfit(`'${name}' does not fit`, got!, wanted!);
}

function checkStep(step: unknown): void {
  if (Number.isSafeInteger(step) && (step as number) >= 0) return;
  throw misfit('the number of updates is none', `step ${String(step)}`, 'a whole number of 0 or more');
}

const misfit = (what: string, got: string, expected: string): DataError =>
  new DataError(
    `trainStep.load: ${what}. Got ${got}; expected ${expected}. Nothing was changed. Use a state of this step's models and ` +
      `optimizers.`,
    { op: 'trainStep.load' },
  );
