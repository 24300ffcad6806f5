import { add, backward, full, guard, onesLike, sum, zerosLike } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { isFloat } from '@gai/core/ops';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import { globalNorm } from '../optim/clip.ts';
import type { Optimizer, OptimizerItem } from '../optim/optimizer.ts';
import { cohortsOf } from './cohorts.ts';
import { checkCovered } from './coverage.ts';
import type { LossTerm } from './loss-term.ts';
import { MASTER, inDType, masterOf, updateDType } from './slots.ts';
import type { Slots } from './slots.ts';
import { unknownModel } from './step-errors.ts';
import type { Models, TrainSetup } from './train-step.ts';
import { trained } from './trained.ts';

/** Scalars of the optimizers, by model: those of each of its {@link Cohorts}. */
export type Scalars = Readonly<Record<string, readonly Readonly<Record<string, Tensor>>[]>>;

/** A loss and the parameters that follow it. */
export interface Plan {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly term: LossTerm;
  readonly entries: readonly (readonly [path: string, parameter: Parameter])[];
}

/** What an update tells of itself, besides what it assigns. */
export interface UpdateReport {
  readonly gradientNorm: Tensor;
  /** Finite where everything assigned is; null where nobody asks. */
  readonly health: Tensor | null;
}

/** The part of a step after the losses, while it is traced: who is updated, and how. */
export class StepUpdate<M extends Models> {
  /** Buffers that a step has assigned. */
  readonly changed = new Set<ModuleBuffer>();
  readonly #setup: TrainSetup<M>;
  readonly #slots: Slots;
  readonly #options: { readonly pack: boolean; readonly checked: boolean };

  constructor(setup: TrainSetup<M>, slots: Slots, options: { readonly pack: boolean; readonly checked: boolean }) {
    this.#setup = setup;
    this.#slots = slots;
    this.#options = options;
  }

  /** Who follows which loss; refuses a parameter that would be left out. */
  plans(terms: readonly LossTerm[], losses: Readonly<Record<string, unknown>>): Plan[] {
    const { models, optimizers } = this.#setup;
    for (const model of Object.values(models)) {
      for (const buffer of model.buffers()) if (buffer.value !== buffer.node.outputs[0]) this.changed.add(buffer);
    }
    const updated = Object.keys(optimizers).filter((name) => optimizers[name] != null);
    const plans = terms.map((term) => {
      const { name } = term;
      const [model, optimizer] = [models[name], optimizers[name]];
      if (model === undefined || optimizer == null) throw unknownModel(name, updated);
      return { name, optimizer, term, entries: trained(model) };
    });
    checkCovered(this.#setup, losses, terms);
    return plans;
  }

  /** Assigns all updates; returns tensors that hold everything assigned. */
  assign(plans: readonly Plan[], gradients: readonly (readonly Tensor[])[], scalars: Scalars): Tensor[] {
    return plans.flatMap((plan, index) => this.#update(plan, gradients[index]!, scalars));
  }

  /** What is told of updates that were assigned, and of the buffers. */
  report(assigned: readonly Tensor[], gradients: readonly Tensor[]): UpdateReport {
    const buffers = [...this.changed].map((buffer) => buffer.value).filter((value) => value.leaf === undefined);
    return {
      gradientNorm: gradients.length === 0 ? full([], 0) : globalNorm(inOneDType(gradients)),
      health: this.#options.checked ? healthOf([...buffers, ...assigned]) : null,
    };
  }

  /** Assigns the new values of a plan's parameters; returns tensors that hold all of them. */
  #update({ name, optimizer, entries }: Plan, gradients: readonly Tensor[], scalars: Scalars): Tensor[] {
    const dtype = widest(entries.map(([, parameter]) => updateDType(parameter.dtype)));
    const cohorts = this.#cohorts(entries);
    const numbers = scalars[name]!.map((own) => (dtype === 'float32' ? own : mapValues(own, (x) => inDType(x, dtype))));
    const slots = entries.map(([path, parameter]) => this.#slots.of(parameter, optimizer, [name, path]));
    const items = entries.map(([path, parameter], index): OptimizerItem => {
      const { [MASTER]: master, ...own } = slots[index]!;
      const exact = master === undefined ? parameter : masterOf(parameter, master);
      return {
        name: path,
        parameter: inDType(exact, dtype),
        gradient: inDType(gradients[index]!, dtype),
        slots: mapValues(own, (slot) => inDType(slot, dtype)),
        ...(cohorts[index]! > 0 && { scalars: numbers[cohorts[index]!] }),
      };
    });
    const updates = optimizer.update(items, numbers[0]!, { pack: this.#options.pack });
    return entries.map(([, parameter], index) => {
      const update = updates[index]!;
      const next = inDType(update.parameter, parameter.dtype);
      parameter.assign(next);
      const values = { ...update.slots, ...(MASTER in slots[index]! && { [MASTER]: update.parameter }) };
      for (const [slot, value] of Object.entries(values)) {
        const variable = slots[index]![slot]!;
        variable.assign(inDType(value, variable.dtype));
      }
      return next === update.parameter ? (update.packed ?? next) : next;
    });
  }

  /** Which of the scalars each parameter is updated with; a program is for one such order. */
  #cohorts(entries: Plan['entries']): readonly number[] {
    const parameters = entries.map(([, parameter]) => parameter);
    const found = (): readonly number[] => cohortsOf(this.#slots, parameters).of;
    guard(() => found().join());
    return found();
  }
}

/** The gradient of a scalar with respect to each parameter; 0 where it does not depend on one. */
export function gradientsOf(loss: Tensor, entries: Plan['entries']): Tensor[] {
  const parameters = entries.map(([, parameter]) => parameter);
  const gradients = backward([loss], [onesLike(loss)], parameters);
  return parameters.map((parameter, index) => gradients[index] ?? zerosLike(parameter));
}

/** A number that is finite where all elements are. */
function healthOf(assigned: readonly Tensor[]): Tensor {
  const floats = [...new Set(assigned)].filter(({ dtype }) => isFloat(dtype));
  const sums = floats.map((value) => inDType(sum(inDType(value, updateDType(value.dtype))), 'float32'));
  return sums.length === 0 ? full([], 0) : sums.reduce((total, one) => add(total, one));
}

const widest = (dtypes: readonly DType[]): DType => (dtypes.includes('float64') ? 'float64' : 'float32');

function inOneDType(tensors: readonly Tensor[]): Tensor[] {
  const dtype = widest(tensors.map((tensor) => updateDType(tensor.dtype)));
  return tensors.map((tensor) => inDType(tensor, dtype));
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, fn: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(value)]));
}
