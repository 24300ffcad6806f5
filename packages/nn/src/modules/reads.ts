import { guard } from '@gai/core';
import { currentScope } from '@gai/core/ops';
import type { TraceScope } from '@gai/core/ops';
import { isContainer } from './containers.ts';
import { Contents } from './contents.ts';
import { isStructural } from './structural.ts';

/** Counts changes of fields of any module; while it stands still, no field has changed. */
let changes = 0;

/** How often a setter of a module was called. */
const setterCalls = new WeakMap<object, number>();

/** Stands for a field that the object itself does not have: a method of its class, or nothing. */
const ABSENT = Symbol('absent');

type Fields = Map<string | symbol, unknown>;

/** What one trace has looked at in modules. */
class Reads {
  /** Fields that were read, with their values. */
  readonly #fields = new Map<object, Fields>();
  /** Modules that were walked, with those of their fields that may be parts of a model. */
  readonly #walked = new Map<object, Fields>();
  readonly #contents = new Map<object, Contents>();
  /** Of each module that was looked at, how often its setters had been called. */
  readonly #setters = new Map<object, number>();
  /** Fields that the traced function sets itself: their change does not come from outside. */
  readonly #own = new Map<object, Set<string | symbol>>();
  #checked = -1;
  #held = true;

  read(target: object, key: string): void {
    this.#noteSetters(target);
    if (this.sets(target, key)) return;
    let fields = this.#fields.get(target);
    if (fields === undefined) this.#fields.set(target, (fields = new Map()));
    if (fields.has(key)) return;
    const value = fieldOf(target, key);
    fields.set(key, value);
    this.#noteContents(value);
  }

  walk(target: object): void {
    this.#noteSetters(target);
    if (this.#walked.has(target)) return;
    const fields = partsOf(target);
    this.#walked.set(target, fields);
    for (const value of fields.values()) this.#noteContents(value);
  }

  set(target: object, key: string | symbol): void {
    let keys = this.#own.get(target);
    if (keys === undefined) this.#own.set(target, (keys = new Set()));
    keys.add(key);
    this.#noteSetters(target);
    this.#fields.get(target)?.delete(key);
  }

  /** The traced function has called a setter itself. */
  callSetter(target: object): void {
    this.#setters.set(target, callsOf(target));
  }

  sets(target: object, key: string): boolean {
    return this.#own.get(target)?.has(key) === true;
  }

  /** Whether everything is as it was; fields are compared only if some field of some module has changed since. */
  hold(): boolean {
    if (this.#checked !== changes) {
      this.#checked = changes;
      this.#held = this.#settersHold() && this.#fieldsHold() && this.#partsHold();
    }
    if (!this.#held) return false;
    for (const contents of this.#contents.values()) if (!contents.hold()) return false;
    return true;
  }

  #noteSetters(target: object): void {
    if (!this.#setters.has(target)) this.#setters.set(target, callsOf(target));
  }

  #settersHold(): boolean {
    for (const [target, calls] of this.#setters) if (callsOf(target) !== calls) return false;
    return true;
  }

  #fieldsHold(): boolean {
    for (const [target, fields] of this.#fields) {
      for (const [key, value] of fields) if (!Object.is(fieldOf(target, key), value)) return false;
    }
    return true;
  }

  #partsHold(): boolean {
    for (const [target, before] of this.#walked) {
      const now = partsOf(target);
      if (now.size !== before.size) return false;
      for (const [key, value] of before) if (now.get(key) !== value) return false;
    }
    return true;
  }

  #noteContents(value: unknown): void {
    if (isContainer(value) && !this.#contents.has(value)) this.#contents.set(value, new Contents(value));
  }
}

const logs = new WeakMap<TraceScope, Reads>();

/** The log of a trace, which is a guard of what is compiled from it. */
function logOf(scope: TraceScope): Reads {
  const known = logs.get(scope);
  if (known !== undefined) return known;
  const reads = new Reads();
  logs.set(scope, reads);
  guard(() => (reads.hold() ? 'as traced' : 'changed'));
  return reads;
}

/** Notes that the function that is being traced has looked at a field. Outside a trace nothing happens. */
export function noteRead(target: object, key: string): void {
  const scope = currentScope();
  if (scope === null) return;
  for (let outer = scope.parent; outer !== null; outer = outer.parent) if (logs.get(outer)?.sets(target, key)) return;
  logOf(scope).read(target, key);
}

/** Notes that the function that is being traced depends on all parts of a module. */
export function noteWalk(target: object): void {
  const scope = currentScope();
  if (scope !== null) logOf(scope).walk(target);
}

/** Notes a change of a field; one that a traced function makes is its own doing. */
export function fieldChanged(target: object, key: string | symbol): void {
  changes += 1;
  for (let scope = currentScope(); scope !== null; scope = scope.parent) logOf(scope).set(target, key);
}

/** Notes that a setter is called: a change of its module, whatever it does; one in a traced function is its own doing. */
export function setterCalled(target: object): void {
  changes += 1;
  setterCalls.set(target, callsOf(target) + 1);
  for (let scope = currentScope(); scope !== null; scope = scope.parent) logOf(scope).callSetter(target);
}

const callsOf = (target: object): number => setterCalls.get(target) ?? 0;

function fieldOf(target: object, key: string | symbol): unknown {
  const field = Object.getOwnPropertyDescriptor(target, key);
  return field === undefined ? ABSENT : (field.value as unknown);
}

function partsOf(target: object): Fields {
  const fields = Object.keys(target).map((key) => [key, fieldOf(target, key)] as const);
  return new Map(fields.filter(([, value]) => isStructural(value)));
}
