import { Variable, abs, add, cast, lessEqual, mul, sub, where } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { allocate, hostLeaf, untraced } from '@gai/core/ops';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Parameter } from '../parameter.ts';

/** The tensors kept for one parameter, by slot. */
export type SlotVariables = Readonly<Record<string, Variable>>;

/** The slot of the exact weights, where there are. */
export const MASTER = 'master';

const isHalf = (dtype: DType): boolean => dtype === 'float16' || dtype === 'bfloat16';

/** What an update of a parameter is computed in, and what its slots are kept in. */
export const updateDType = (dtype: DType): DType => (isHalf(dtype) ? 'float32' : dtype);

/** A tensor in a dtype; itself where it is in it. */
export const inDType = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : cast(x, dtype));

/**
 * The slots of a step's parameters, made when a parameter is first trained: one that is thawed or added later gets
 * fresh ones. They belong to the parameter, not to its path: a replaced module begins anew.
 */
export class Slots {
  readonly #known = new WeakMap<Parameter, SlotVariables>();
  readonly #updates = new WeakMap<Parameter, number>();
  readonly #masterWeights: boolean;

  constructor(masterWeights: boolean) {
    this.#masterWeights = masterWeights;
  }

  /** How many updates a parameter has had. */
  updates(parameter: Parameter): number {
    return this.#updates.get(parameter) ?? 0;
  }

  /** Says how many updates a parameter has had. */
  setUpdates(parameter: Parameter, updates: number): void {
    this.#updates.set(parameter, updates);
  }

  /** The slots of a parameter, if it has been trained. */
  peek(parameter: Parameter): SlotVariables | undefined {
    return this.#known.get(parameter);
  }

  /** The slots of a parameter that stands at `path` in a model; also while a step is being traced. */
  of(parameter: Parameter, optimizer: Optimizer, [model, path]: readonly [model: string, path: string]): SlotVariables {
    const known = this.#known.get(parameter);
    if (known !== undefined) return known;
    const made = untraced(() => {
      const slots = optimizer.slotsOf?.(path, parameter.shape as readonly number[]) ?? optimizer.slots;
      return this.#make(parameter, slots, `optimizer.${model}.${path}`);
    });
    this.#known.set(parameter, made);
    return made;
  }

  #make(parameter: Parameter, slots: readonly string[], label: string): SlotVariables {
    const entries = slots.map((slot) => [slot, new Variable(zeros(parameter), label)] as const);
    if (!this.#masterWeights || !isHalf(parameter.dtype)) return Object.fromEntries(entries);
    const exact = new Variable(cast(parameter.value, 'float32'), label);
    return Object.fromEntries([...entries, [MASTER, exact]]);
  }
}

/** Half of what lies between two neighbours, relative to a number of the dtype. */
const HALF_STEP: Readonly<Partial<Record<DType, number>>> = { float16: 2 ** -11, bfloat16: 2 ** -8 };
/** The same next to 0, where float16 has no smaller exponents. */
const SMALLEST_HALF_STEP = 2 ** -25;

/**
 * The exact weights; those of the parameter where somebody has given it others since, which a rounded copy cannot be.
 * (Rounding the exact ones to compare them does not do: the runtime takes a pair of casts out.)
 */
export function masterOf(parameter: Tensor, master: Tensor): Tensor {
  const given = cast(parameter, master.dtype);
  const rounding = add(mul(abs(given), HALF_STEP[parameter.dtype] ?? 0), SMALLEST_HALF_STEP);
  return where(lessEqual(abs(sub(master, given)), rounding), master, given);
}

function zeros(like: Parameter): Tensor {
  const shape = like.shape as readonly number[];
  const dtype = updateDType(like.dtype);
  const count = shape.reduce((product, size) => product * size, 1);
  return hostLeaf(allocate(dtype, count), { dtype, shape }, false);
}
