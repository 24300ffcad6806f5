import { concat, reshape, split } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { OptimizerItem, OptimizerUpdate } from './optimizer.ts';

/** Elements from which a tensor is updated alone: copying it would cost more than the kernels it saves. */
const LARGE = 16_384;

/** Items of one kind, to be updated as one flat tensor. */
interface Arena {
  /** Places of the members among all items. */
  readonly members: number[];
  readonly sizes: number[];
}

/**
 * Applies an elementwise update rule to all items; small ones of one kind are laid end to end and updated as one
 * (an arena), so that a model with many biases and norms does not run the rule's kernels once for each. The result is
 * bitwise that of updating each alone.
 */
export function updatePacked(
  items: readonly OptimizerItem[],
  kindOf: (item: OptimizerItem) => string,
  rule: (item: OptimizerItem) => OptimizerUpdate,
): OptimizerUpdate[] {
  const updates: OptimizerUpdate[] = [];
  for (const { members, sizes } of arenasOf(items, kindOf)) {
    const own = members.map((member) => items[member]!);
    if (own.length === 1) updates[members[0]!] = rule(own[0]!);
    else unpack(rule(pack(own)), own, sizes).forEach((update, index) => (updates[members[index]!] = update));
  }
  return updates;
}

function arenasOf(items: readonly OptimizerItem[], kindOf: (item: OptimizerItem) => string): Iterable<Arena> {
  const arenas = new Map<string, Arena>();
  const scalars = [...new Set(items.map((item) => item.scalars))];
  items.forEach((item, index) => {
    const size = (item.parameter.shape as readonly number[]).reduce((product, length) => product * length, 1);
    const kind = `${item.parameter.dtype} ${scalars.indexOf(item.scalars)} ${kindOf(item)}`;
    const key = size < LARGE ? kind : `alone ${index}`;
    const arena = arenas.get(key) ?? { members: [], sizes: [] };
    arena.members.push(index);
    arena.sizes.push(size);
    arenas.set(key, arena);
  });
  return arenas.values();
}

function pack(items: readonly OptimizerItem[]): OptimizerItem {
  const flat = (tensors: readonly Tensor[]): Tensor => concat(tensors.map((tensor) => reshape(tensor, [-1])));
  const slots = Object.keys(items[0]!.slots).map(
    (slot) => [slot, flat(items.map((item) => item.slots[slot]!))] as const,
  );
  return {
    name: items[0]!.name,
    parameter: flat(items.map((item) => item.parameter)),
    gradient: flat(items.map((item) => item.gradient)),
    slots: Object.fromEntries(slots),
    scalars: items[0]!.scalars,
  };
}

function unpack(update: OptimizerUpdate, items: readonly OptimizerItem[], sizes: readonly number[]): OptimizerUpdate[] {
  const parts = (tensor: Tensor): Tensor[] =>
    split(tensor, sizes).map((part, index) => reshape(part, items[index]!.parameter.shape));
  const parameters = parts(update.parameter);
  const slots = Object.entries(update.slots).map(([slot, tensor]) => [slot, parts(tensor)] as const);
  return parameters.map((parameter, index) => ({
    parameter,
    packed: update.parameter,
    slots: Object.fromEntries(slots.map(([slot, tensors]) => [slot, tensors[index]!])),
  }));
}
