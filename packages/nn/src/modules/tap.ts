import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { describe } from '../describe.ts';
import type { Module } from '../module.ts';
import { isModule } from './brands.ts';
import { withTaps } from './taps.ts';
import type { Listener } from './taps.ts';
import { pathsOf } from './walk.ts';

/** One run of a module that {@link tap} reports. */
export interface TapRun {
  /** Path of the module in the model. */
  readonly name: string;
  /** How often the module ran before. */
  readonly call: number;
  /** What its `forward` was given. */
  readonly inputs: readonly unknown[];
}

/** Looks at an output of a module; what it returns takes the output's place, unless it is undefined. */
export type TapFunction<T = Tensor> = (output: T, run: TapRun) => T | undefined | void;

/** What {@link tap} returns. */
export interface Tapped<R, T = Tensor> {
  /** What the function returned. */
  readonly output: R;
  /** Outputs by the module's path; of a module that ran several times the last one. */
  readonly taps: Readonly<Record<string, T>>;
}

/**
 * Runs a function and keeps, or replaces, what modules inside a model return on the way: activations for an explanation,
 * a steering vector, a probe.
 *
 * Works in a function that is traced, compiled or differentiated: what is kept are tensors of that trace, so return them or
 * compute with them there. Nothing stays behind, however the function ends. Calls of `forward` count; other methods do not.
 * @param model - Whose modules are named.
 * @param targets - Paths as in `namedModules()`; `*` stands for one part of a path, `**` for any number. Or an object
 *   from such paths to functions, which see every run and may replace the output.
 * @param run - Synchronous; runs the model.
 * @throws {@link ArgumentError} if a path names no module, or nothing under it ran.
 * @example
 * const net = new Sequential(new Linear({ inFeatures: 2, outFeatures: 3 }), new ReLU());
 * const { output, taps } = tap(net, ['0'], () => net.forward(tensor([[1, 2]])));
 * output.shape; // => [1, 3]
 * taps['0']!.shape; // => [1, 3]
 * const silenced = tap(net, { '0': (output) => mul(output, 0) }, () => net.forward(tensor([[1, 2]])));
 * await toArray(silenced.output); // => [[0, 0, 0]]
 * @category Modules
 */
export function tap<R, T = Tensor>(
  model: Module,
  targets: readonly string[] | Readonly<Record<string, TapFunction<T>>>,
  run: () => R,
): Tapped<R, T> {
  checkArguments(model, targets, run);
  const asked: readonly (readonly [string, TapFunction<T> | undefined])[] = isList(targets)
    ? targets.map((target) => [target, undefined])
    : Object.entries(targets);
  const taps: Record<string, T> = {};
  const heard = new Map<Module, Heard<T>[]>();
  for (const [target, change] of asked) {
    for (const [name, module] of named(model, target)) {
      const known = heard.get(module) ?? heard.set(module, []).get(module)!;
      known.push({ target, name, change });
    }
  }
  const ran = new Set<string>();
  const listeners = new Map([...heard].map(([module, list]) => [module, listen(list, { taps, ran })] as const));
  const output = withTaps(listeners, run);
  if (output instanceof Promise) throw asynchronous(output);
  for (const [target] of asked) if (!ran.has(target)) throw notRun(target);
  return { output, taps };
}

function checkArguments(model: unknown, targets: unknown, run: unknown): void {
  if (!isModule(model))
    throw notAnArgument('the model is not a Module', model, 'a Module, then paths, then a function');
  if (typeof targets !== 'object' || targets === null) throw notTargets(targets);
  for (const change of Array.isArray(targets) ? [] : Object.values(targets)) {
    if (change === undefined || typeof change === 'function') continue;
    throw notAnArgument('a change is no function', change, '(output) => … for each path');
  }
  if (typeof run !== 'function')
    throw notAnArgument('nothing is run', run, 'a function that runs the model, as the third argument');
}

const notAnArgument = (what: string, got: unknown, expected: string): ArgumentError =>
  new ArgumentError(`tap: ${what}. Got ${describe(got)}; expected ${expected}.`, { op: 'tap' });

/** Who is told of a module's outputs, under which of its names. */
interface Heard<T> {
  readonly target: string;
  readonly name: string;
  readonly change: TapFunction<T> | undefined;
}

function listen<T>(list: readonly Heard<T>[], kept: { taps: Record<string, T>; ran: Set<string> }): Listener {
  let call = 0;
  return (output, inputs) => {
    let value = output as T;
    for (const { target, name, change } of list) {
      const next = change?.(value, { name, call, inputs });
      if (next !== undefined) value = next as T;
      kept.ran.add(target);
    }
    for (const { name } of list) setOwn(kept.taps, name, value);
    call += 1;
    return value;
  };
}

/** Not by assignment: a module may be called __proto__. */
function setOwn<T>(record: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

function named(model: Module, target: string): [string, Module][] {
  const parts = target.split('.').map((part) => {
    if (part === '**') return '.*';
    return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(String.raw`\*`, '[^.]*');
  });
  const pattern = new RegExp(`^${parts.join(String.raw`\.`)}$`);
  const found = [...pathsOf(model)].filter(([path]) => pattern.test(path));
  if (found.length === 0) throw unknown(model, target);
  return found;
}

const isList = (targets: object): targets is readonly string[] => Array.isArray(targets);

function unknown(model: Module, target: string): ArgumentError {
  const names = [...model.namedModules().keys()].slice(1);
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
  return new ArgumentError(
    `tap: no module has that path. Got '${target}' for a ${model.constructor.name}; expected a path among ` +
      `${shown || 'none: it has no modules'}. A * stands for one part of a path, ** for any number.`,
    { op: 'tap', details: { target } },
  );
}

const notTargets = (got: unknown): ArgumentError =>
  new ArgumentError(
    `tap: the targets are no list. Got ${JSON.stringify(got)}; expected an array of paths, or an object from paths to ` +
      `functions. Put a single path in an array.`,
    { op: 'tap' },
  );

const notRun = (target: string): ArgumentError =>
  new ArgumentError(
    `tap: a module did not run. Got no call of forward for '${target}'; expected at least one. Run the model inside the ` +
      `function, and name modules that its forward uses.`,
    { op: 'tap', details: { target } },
  );

function asynchronous(promise: Promise<unknown>): ArgumentError {
  promise.catch(() => undefined); // The error below says why.
  return new ArgumentError(
    'tap: the function is asynchronous. Got a function that returns a promise; expected one that has run the model when it ' +
      'returns. Await the values of its result outside.',
    { op: 'tap' },
  );
}
