import { ArgumentError } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { isFloat } from '@gai/core/ops';
import type { Module } from '../module.ts';
import { ModuleBuffer, Parameter } from '../parameter.ts';
import { isParameter } from './brands.ts';
import { castChecked } from './narrow.ts';
import { fillSlot, slotsOf } from './slots.ts';
import { walk } from './walk.ts';

type Own = Parameter | ModuleBuffer;

const FLOATS: readonly DType[] = ['float32', 'float64', 'float16', 'bfloat16'];

/** PyTorch's other names. */
const NAMES: Readonly<Record<string, string>> = {
  half: "; 'half' is float16",
  float: "; 'float' is float32",
  double: "; 'double' is float64",
};

/**
 * Puts new parameters and buffers with these values in the place of the old ones, wherever they are. A variable keeps its
 * dtype for good, since programs were compiled for it.
 * @throws {@link ArgumentError} if one is in a place that nobody else can write to. Nothing is changed then.
 */
export function replaceVariables(root: Module, values: ReadonlyMap<Own, Tensor>): void {
  if (values.size === 0) return;
  const slots = [...walk(root).modules.values()].flatMap(slotsOf).filter(({ value }) => values.has(value as Own));
  const reached = new Set(slots.map(({ value }) => value));
  for (const variable of values.keys()) if (!reached.has(variable)) throw unreachable(variable);
  const fresh = new Map([...values].map(([variable, value]) => [variable, like(variable, value)]));
  for (const slot of slots) fillSlot(slot, fresh.get(slot.value as Own));
}

/** See {@link Module.to}. */
export function moveTo(root: Module, dtype: DType): void {
  if (!FLOATS.includes(dtype)) {
    throw new ArgumentError(
      `to: a module cannot have this dtype. Got ${String(dtype)}; expected ${FLOATS.join(', ')}. Whole numbers stay what ` +
        `they are${NAMES[String(dtype)] ?? ''}.`,
      { op: 'to', details: { dtype } },
    );
  }
  const moved = [...walk(root).variables].filter(([, own]) => isFloat(own.dtype) && own.dtype !== dtype);
  replaceVariables(root, new Map(moved.map(([name, own]) => [own, castChecked(own.value, dtype, { op: 'to', name })])));
}

function like(variable: Own, value: Tensor): Own {
  const fresh = isParameter(variable)
    ? new Parameter(value)
    : new ModuleBuffer(value, { persistent: variable.persistent });
  fresh.name = variable.name;
  if (isParameter(fresh) && isParameter(variable)) fresh.requiresGrad = variable.requiresGrad;
  return fresh;
}

const unreachable = (variable: Own): ArgumentError =>
  new ArgumentError(
    `to: '${variable.name}' is in no field that can be written. Got a part that only children() names; expected a field, or ` +
      `an entry of an array, map, set or plain object. Make it a public field.`,
    { op: 'to', details: { name: variable.name } },
  );
