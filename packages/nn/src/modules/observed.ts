import { ArgumentError, formatShape, isTensor, isVariable } from '@gai/core';
import { noteHolder } from './holders.ts';
import { fieldChanged, noteRead, setterCalled } from './reads.ts';
import { tapped } from './taps.ts';
import { CORE, MODULE, isModuleBuffer, isModule, isParameter, isTargetKey, targetOf } from './brands.ts';

/** Under which {@link Observed} is written to on purpose, also by another installed copy of this package. */
export const WRITE = Symbol.for('@gai/nn/write');

/**
 * An object whose fields are watched, so that no change is lost in silence: a compiled function is compiled anew once a
 * field that it looked at has another value, and a parameter is not dropped for a plain tensor.
 */
export abstract class Observed {
  constructor() {
    // oxlint-disable-next-line no-constructor-return -- Fields and private fields of subclasses go to what is returned.
    return new Proxy<this>(this, HANDLER);
  }

  /** @internal */
  get [MODULE](): unknown {
    return CORE;
  }

  /** Writes a field on purpose: also nothing in the place of a parameter. @internal */
  [WRITE](key: string, value: unknown): void {
    const target = targetOf(this) as Record<string, unknown>;
    fieldChanged(target, key);
    if (isVariable(value)) noteHolder(value, target, key);
    target[key] = value;
  }
}

const HANDLER: ProxyHandler<object> = {
  get(target, key, receiver: object) {
    if (isTargetKey(key)) return target;
    const value: unknown = Reflect.get(target, key, receiver);
    if (typeof key !== 'string') return value;
    noteRead(target, key);
    return key === 'forward' ? tapped(receiver, value) : value;
  },
  set(target, key, value, receiver: object) {
    // What a setter does with `#private` fields nobody sees.
    if (hasSetter(target, key)) setterCalled(target);
    return Reflect.set(target, key, value, receiver);
  },
  defineProperty(target, key, descriptor) {
    checkKept(target, key, descriptor);
    if (isVariable(descriptor.value)) noteHolder(descriptor.value, target, key);
    fieldChanged(target, key);
    return Reflect.defineProperty(target, key, descriptor);
  },
  deleteProperty(target, key) {
    if (isVariable(fieldOf(target, key))) refuseDropped(target, key, 'delete');
    fieldChanged(target, key);
    return Reflect.deleteProperty(target, key);
  },
};

function hasSetter(target: object, key: string | symbol): boolean {
  for (let owner: object | null = target; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    const found = Object.getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) return found.set !== undefined;
  }
  return false;
}

const fieldOf = (target: object, key: string | symbol): unknown =>
  Object.getOwnPropertyDescriptor(target, key)?.value as unknown;

/** Throws if a parameter or buffer would no longer be found under its name. */
function checkKept(target: object, key: string | symbol, descriptor: PropertyDescriptor): void {
  const before = fieldOf(target, key);
  if (!isVariable(before)) return;
  const isAccessor = descriptor.get !== undefined || descriptor.set !== undefined;
  if (isAccessor) refuseDropped(target, key, 'a getter or setter');
  if (descriptor.enumerable === false) refuseDropped(target, key, 'a field that is not enumerable');
  if ('value' in descriptor && descriptor.value !== before) checkHolds(fieldName(target, key), descriptor.value);
}

/** Throws if `next`, in the place of a parameter or buffer, is neither one itself nor a module. */
export function checkHolds(what: string, next: unknown): void {
  if (isParameter(next) || isModuleBuffer(next) || isModule(next)) return;
  throw dropped(what, isTensor(next) ? `a plain tensor ${next.dtype} ${formatShape(next.shape)}` : nameOf(next));
}

function refuseDropped(target: object, key: string | symbol, got: string): never {
  throw dropped(fieldName(target, key), got);
}

const fieldName = (target: object, key: string | symbol): string => `${target.constructor.name}: '${String(key)}'`;

const nameOf = (value: unknown): string => (value === null ? 'null' : typeof value);

const dropped = (what: string, got: string): ArgumentError =>
  new ArgumentError(
    `${what} is a parameter or buffer and would be lost. Got ${got}; expected a Parameter, a ModuleBuffer or a Module. Give ` +
      `it another value with .assign(tensor), make another one with new Parameter(tensor), or take it out with ` +
      `replace(name, null).${got === 'undefined' ? ` Write declare before a field that only states its type.` : ''}`,
    { op: 'Module' },
  );
