import { define } from '../define.ts';
import { Known, Tuple } from '../pickle/values.ts';
import type { PickleValue } from '../pickle/values.ts';
import { membersOf } from './contents.ts';
import type { Budget } from './contents.ts';
import { Plain } from './names.ts';

/**
 * What a checkpoint holds besides tensors: numbers and text, with the containers around them as lists and objects.
 * @category Files
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly TorchValue[]
  | { readonly [key: string]: TorchValue };

/** A value without its tensors; undefined if nothing is left. */
export function plainValue(value: PickleValue, budget: Budget, depth = 0): TorchValue | undefined {
  budget.spend(depth);
  if (value instanceof Plain)
    return typeof value.value === 'string' ? value.value : plainList(value.value, budget, depth);
  if (value instanceof Known) return value.name;
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (value instanceof Set) return [...value];
  if (Array.isArray(value) || value instanceof Tuple) {
    const list = plainList(value instanceof Tuple ? value.items : value, budget, depth);
    return list.length === 0 && membersOf(value)!.length > 0 ? undefined : list;
  }
  return value instanceof Map ? plainObject(value, budget, depth) : undefined;
}

function plainList(values: readonly PickleValue[], budget: Budget, depth: number): TorchValue[] {
  return values.map((each) => plainValue(each, budget, depth + 1)).filter((each) => each !== undefined);
}

function plainObject(value: PickleValue, budget: Budget, depth: number): TorchValue | undefined {
  const members = membersOf(value)!;
  const kept = members
    .map(([key, member]) => [key, plainValue(member, budget, depth + 1)] as const)
    .filter(([, member]) => member !== undefined);
  if (kept.length === 0 && members.length > 0) return undefined;
  const result: Record<string, TorchValue> = {};
  for (const [key, member] of kept) define(result, key, member);
  return result;
}
