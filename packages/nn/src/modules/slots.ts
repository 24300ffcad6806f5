import { ArgumentError, isTensor, isVariable } from '@gai/core';
import type { Variable } from '@gai/core';
import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';
import { isModuleBuffer, isModule, isParameter, targetOf } from './brands.ts';
import { entriesOf, isContainer, replaceAt } from './containers.ts';
import type { Container } from './containers.ts';
import { WRITE, checkHolds } from './observed.ts';
import { noteWalk } from './reads.ts';

/** What a module is made of: other modules, parameters and buffers. */
export type Part = Module | Parameter | ModuleBuffer;

/** A place in a module that holds a part, or could: its name, and what to write to for another value. */
export interface Slot {
  /** Fields and keys that lead there from the module, with dots between: `blocks.0`. */
  readonly name: string;
  readonly value: unknown;
  readonly holder: Module | Container;
  readonly key: unknown;
}

/** True for modules, parameters and buffers. */
export function isPart(value: unknown): value is Part {
  return isModule(value) || isParameter(value) || isModuleBuffer(value);
}

/**
 * The places of a module: its own enumerable fields, and what is in arrays, maps, sets and plain objects among them,
 * however deep. Plain numbers, text and tensors are left out.
 * @throws {@link ArgumentError} for a part that is where it cannot have a name.
 */
export function slotsOf(module: Module): Slot[] {
  noteWalk(module);
  const target = targetOf(module);
  const slots: Slot[] = [];
  for (const key of Object.keys(target)) {
    const field = Object.getOwnPropertyDescriptor(target, key);
    if (field === undefined || !('value' in field)) continue; // A getter shows what another field holds.
    visit({ name: key, value: field.value as unknown, holder: module, key }, [], slots);
  }
  return slots;
}

/** Adds a slot, or those inside it; `around` are the containers it is in. */
function visit(slot: Slot, around: readonly Container[], slots: Slot[]): void {
  const { name, value } = slot;
  if (isContainer(value)) {
    if (around.includes(value)) return;
    const inside = [...around, value];
    for (const [key, item] of entriesOf(value)) {
      if (isPlain(item)) continue;
      checkKept(value, key, item, name);
      if (!isText(key)) refuseKey(name, key, item);
      else visit({ name: `${name}.${String(key)}`, value: item, holder: value, key }, inside, slots);
    }
  } else if (isPart(value) || typeof value === 'function' || value === null || value === undefined) slots.push(slot);
  else refuseHidden(name, value);
}

/** Writes another value to a slot; null where there was a parameter takes it out. */
export function fillSlot({ holder, key, name, value }: Slot, next: unknown): void {
  if (isVariable(value) && next !== null) checkHolds(`replace: '${name}'`, next);
  if (isModule(holder)) return holder[WRITE](key as string, next);
  if (next === null) seen.get(holder)?.delete(key);
  replaceAt(holder, key, next);
}

const isText = (key: unknown): boolean => typeof key === 'string' || typeof key === 'number';

const isPlain = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';

/** Parameters and buffers that were seen in containers, whose fields nobody watches. */
const seen = new WeakMap<object, Map<unknown, Variable>>();

/** Throws if a parameter was here at an earlier walk and a plain tensor, or nothing, is now. */
function checkKept(container: Container, key: unknown, item: unknown, name: string): void {
  const before = seen.get(container);
  if (isVariable(item)) {
    if (before === undefined) seen.set(container, new Map([[key, item]]));
    else before.set(key, item);
  } else if (before?.has(key) === true && isNothing(item)) checkHolds(`Module: '${name}.${String(key)}'`, item);
}

const isNothing = (item: unknown): boolean => isTensor(item) || item === null || item === undefined;

function refuseKey(name: string, key: unknown, item: unknown): void {
  if (!isPart(item) && !isContainer(item)) return;
  throw new ArgumentError(
    `Module: a part in the map '${name}' has no name. Got a key of type ${typeof key}; expected text or a number, which ` +
      `becomes its name in the state dict. Use another key.`,
    { op: 'Module', details: { field: name } },
  );
}

/** Throws for an object of some class that holds parts: they would be neither trained nor saved. */
function refuseHidden(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || isTensor(value) || ArrayBuffer.isView(value)) return;
  const part = Object.entries(value).find(([, inside]) => isPart(inside));
  if (part === undefined) return;
  throw new ArgumentError(
    `Module: '${name}' hides ${part[1].constructor.name} '${part[0]}'. Got an object of class ${value.constructor.name}; ` +
      `expected a Module, or an array, map, set or plain object: only these are searched for what is trained and saved. ` +
      `Let ${value.constructor.name} extend Module, or name its parts in an override of children().`,
    { op: 'Module', details: { field: name } },
  );
}

/** Adds what must have a name of its own. */
export function addNamed<Item>(found: Map<string, Item>, path: string, item: Item): void {
  if (found.has(path)) {
    throw new ArgumentError(
      `Module: two parts have the name '${path}'. Got a key with a dot beside a field; expected one path for each part. ` +
        `Use keys without dots.`,
      { op: 'Module', details: { path } },
    );
  }
  found.set(path, item);
}
