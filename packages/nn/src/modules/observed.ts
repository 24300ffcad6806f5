import { ArgumentError, formatShape, isTensor, isVariable } from '@gai/core';
import { noteHolder } from './holders.ts';
import { fieldChanged, noteRead, setterCalled } from './reads.ts';
import { tapped } from './taps.ts';
import { isObserved, setTarget } from './targets.ts';

/**
 * An object whose fields are watched, so that no change is lost in silence: a compiled function is compiled anew once a
 * field that it looked at has another value, and a parameter is not dropped for a plain tensor.
 */
export abstract class Observed {
  constructor() {
    const observed = new Proxy(this, HANDLER);
    setTarget(observed, this);
    // oxlint-disable-next-line no-constructor-return -- Fields and private fields of subclasses go to what is returned.
    return observed;
  }
}

const HANDLER: ProxyHandler<object> = {
  get(target, key, receiver: object) {
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
    if ('value' in descriptor) {
      checkKept(target, key, descriptor.value);
      if (isVariable(descriptor.value)) noteHolder(descriptor.value, target, key);
    }
    fieldChanged(target, key);
    return Reflect.defineProperty(target, key, descriptor);
  },
  deleteProperty(target, key) {
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

function checkKept(target: object, key: string | symbol, next: unknown): void {
  const before: unknown = Object.getOwnPropertyDescriptor(target, key)?.value;
  if (isVariable(before) && before !== next) refuseDropped(`${target.constructor.name}: '${String(key)}'`, next);
}

/** Throws if `next`, in the place of a parameter or buffer, is neither one itself, nor a module, nor nothing. */
export function refuseDropped(what: string, next: unknown): void {
  if (next === null || next === undefined || isVariable(next) || isObserved(next)) return;
  const got = isTensor(next) ? `a plain tensor ${next.dtype} ${formatShape(next.shape)}` : typeof next;
  throw new ArgumentError(
    `${what} is a parameter or buffer and would be lost. Got ${got}; expected a Parameter, a ModuleBuffer, a Module or ` +
      `null. Give it another value with .assign(tensor), or make another one with new Parameter(tensor).`,
    { op: 'Module' },
  );
}
