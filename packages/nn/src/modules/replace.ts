import { ArgumentError, formatShape, isTensor, isVariable } from '@gai/core';
import type { Variable } from '@gai/core';
import type { Module } from '../module.ts';
import { refuse } from '../refuse.ts';
import { isModuleBuffer, isModule, isParameter } from './brands.ts';
import { fillSlot, slotsOf } from './slots.ts';
import type { Slot } from './slots.ts';

/** What {@link Module.replace} takes and returns: a module, a plain function between layers, a parameter, or nothing. */
export type Replaceable = Module | Variable | ((...inputs: never[]) => unknown) | null;

/** See {@link Module.replace}. */
export function replacePart(root: Module, path: string, next: Replaceable): Replaceable {
  if (typeof path !== 'string') {
    refuse({ op: 'replace', what: 'the path is no text', got: path, expected: "a path such as '0' or 'blocks.0.fc'" });
  }
  const slot = findSlot(root, path);
  if (slot === undefined) throw notFound(root, path);
  const isLayer = isModule(next) || typeof next === 'function' || next === null;
  if (!isLayer && !isParameter(next) && !isModuleBuffer(next)) throw notAPart(path, next);
  if (isVariable(next) && isModule(slot.value)) throw notAPart(path, next);
  if (isVariable(next) && isVariable(slot.value)) checkShape(path, next, slot.value);
  fillSlot({ ...slot, name: path }, next);
  return (slot.value ?? null) as Replaceable;
}

function findSlot(module: Module, path: string): Slot | undefined {
  for (const slot of slotsOf(module)) {
    if (slot.name === path) return slot;
    if (!isModule(slot.value) || !path.startsWith(`${slot.name}.`)) continue;
    const found = findSlot(slot.value, path.slice(slot.name.length + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A layer has its sizes from when it was made: parameters of others would fail in its forward. */
function checkShape(path: string, next: Variable, before: Variable): void {
  const [got, expected] = [next, before].map(({ shape }) => formatShape(shape));
  if (got === expected) return;
  throw new ArgumentError(
    `replace: the new parameter of '${path}' has another shape. Got ${got}; expected ${expected}, as before. Replace the ` +
      `module that it belongs to by one of these sizes.`,
    { op: 'replace', details: { path } },
  );
}

function notFound(root: Module, path: string): ArgumentError {
  const names = [...root.namedModules().keys()].slice(1);
  const near = names.filter((name) => name.endsWith(path.slice(path.lastIndexOf('.') + 1))).slice(0, 3);
  const known = (near.length > 0 ? near : names.slice(0, 5)).join(', ') || 'no modules';
  return new ArgumentError(
    `replace: there is nothing under the path. Got '${path}' in a ${root.constructor.name}; expected a path such as ` +
      `${known}. See namedModules(); what children() alone names must be replaced by its class.`,
    { op: 'replace', details: { path } },
  );
}

function notAPart(path: string, next: unknown): ArgumentError {
  const got =
    isParameter(next) || isModuleBuffer(next)
      ? 'a parameter for a module'
      : isTensor(next)
        ? 'a plain tensor'
        : typeof next;
  return new ArgumentError(
    `replace: the new part of '${path}' does not fit. Got ${got}; expected a Module, a function, or null (a Parameter ` +
      `where there is one). Wrap it in a Module.`,
    { op: 'replace', details: { path } },
  );
}
