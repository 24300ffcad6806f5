import { LARGE, joined, sizeOf, taken } from './lay-together.ts';
import type { OptimizerItem, OptimizerUpdate } from './optimizer.ts';

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
  for (const members of arenasOf(items, kindOf)) {
    const own = members.map((member) => items[member]!);
    if (own.length === 1) updates[members[0]!] = rule(own[0]!);
    else unpack(rule(pack(own)), own).forEach((update, index) => (updates[members[index]!] = update));
  }
  return updates;
}

/** Places of the items of one kind, to be updated as one flat tensor. */
function arenasOf(
  items: readonly OptimizerItem[],
  kindOf: (item: OptimizerItem) => string,
): Iterable<readonly number[]> {
  const arenas = new Map<string, number[]>();
  const scalars = [...new Set(items.map((item) => item.scalars))];
  items.forEach((item, index) => {
    const kind = `${item.parameter.dtype} ${scalars.indexOf(item.scalars)} ${kindOf(item)}`;
    const key = sizeOf(item.parameter) < LARGE ? kind : `alone ${index}`;
    const arena = arenas.get(key);
    if (arena === undefined) arenas.set(key, [index]);
    else arena.push(index);
  });
  return arenas.values();
}

function pack(items: readonly OptimizerItem[]): OptimizerItem {
  const slots = Object.keys(items[0]!.slots).map(
    (slot) => [slot, joined(items.map((item) => item.slots[slot]!))] as const,
  );
  return {
    name: items[0]!.name,
    parameter: joined(items.map((item) => item.parameter)),
    gradient: joined(items.map((item) => item.gradient)),
    slots: Object.fromEntries(slots),
    scalars: items[0]!.scalars,
  };
}

function unpack(update: OptimizerUpdate, items: readonly OptimizerItem[]): OptimizerUpdate[] {
  const like = items.map((item) => item.parameter);
  const parameters = taken(update.parameter, like);
  const slots = Object.entries(update.slots).map(([slot, tensor]) => [slot, taken(tensor, like)] as const);
  return parameters.map((parameter, index) => ({
    parameter,
    packed: update.parameter,
    slots: Object.fromEntries(slots.map(([slot, tensors]) => [slot, tensors[index]!])),
  }));
}
