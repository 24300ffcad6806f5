import { GraphError, Variable } from '@gai/core';
import type { Module } from '../module.ts';
import type { ModuleBuffer, Parameter } from '../parameter.ts';

/** What modules, parameters and buffers are known by, also those of another installed copy of this package. */
export const MODULE = Symbol.for('@gai/nn/module');
export const PARAMETER = Symbol.for('@gai/nn/parameter');
export const BUFFER = Symbol.for('@gai/nn/buffer');

/** The value of a mark: the copy of core that it was made with. */
export const CORE: unknown = Variable;

/**
 * True for a {@link Module}, also one made with another installed copy of this package, which `instanceof` does not know.
 * @throws {@link GraphError} if it was made with another copy of `@gai/core`.
 * @example
 * isModule(new ReLU()); // => true
 * @category Modules
 */
export function isModule(value: unknown): value is Module {
  return isMarked(value, MODULE);
}

/**
 * True for a {@link Parameter}, also one made with another installed copy of this package.
 * @throws {@link GraphError} if it was made with another copy of `@gai/core`.
 * @example
 * isParameter(new Linear({ inFeatures: 1, outFeatures: 1 }).weight); // => true
 * @category Modules
 */
export function isParameter(value: unknown): value is Parameter {
  return isMarked(value, PARAMETER);
}

/**
 * True for a {@link ModuleBuffer}, also one made with another installed copy of this package.
 * @throws {@link GraphError} if it was made with another copy of `@gai/core`.
 * @example
 * isModuleBuffer(new BatchNorm1d({ numFeatures: 1 }).runningMean); // => true
 * @category Modules
 */
export function isModuleBuffer(value: unknown): value is ModuleBuffer {
  return isMarked(value, BUFFER);
}

/** What a class that `quantize` knows says of itself on its prototype. */
export const KIND = Symbol.for('@gai/nn/kind');

/** True for a module of that class and none of its subclasses, of whichever installed copy of this package. */
export function isExactly(module: Module, kind: string): boolean {
  const prototype = Object.getPrototypeOf(module) as Readonly<Record<symbol, unknown>>;
  return Object.hasOwn(prototype, KIND) && prototype[KIND] === kind;
}

function isMarked(value: unknown, mark: symbol): boolean {
  if (typeof value !== 'object' || value === null || !(mark in value)) return false;
  if ((value as Readonly<Record<symbol, unknown>>)[mark] !== CORE) throw otherCore(value);
  return true;
}

/** Its parameters would be constants here: what is traced in one copy of core is unknown to the other. */
const otherCore = (value: object): GraphError =>
  new GraphError(
    `Module: two copies of @gai/core are installed. Got a ${value.constructor.name} made with another copy than this one; ` +
      `expected one copy for all that is computed together. Run npm dedupe.`,
    { op: 'Module' },
  );

const TARGET = Symbol.for('@gai/nn/target');

/** The object behind a module that is handed out; its fields are looked at without a note. */
export function targetOf(observed: object): object {
  return ((observed as Readonly<Record<symbol, unknown>>)[TARGET] as object | undefined) ?? observed;
}

/** True for the key under which {@link targetOf} asks. */
export const isTargetKey = (key: string | symbol): boolean => key === TARGET;
