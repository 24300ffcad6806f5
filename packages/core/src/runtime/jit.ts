import { checkOptionNames } from '../argument.ts';
import { ArgumentError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { dimNames } from '../dim.ts';
import { INSPECT } from '../inspect.ts';
import { needsOf, unmetNeed } from '../ir/needs.ts';
import type { Need } from '../ir/needs.ts';
import { programOf } from '../lowering/program.ts';
import { namedSizes, withFixed } from './call-sizes.ts';
import { resolve } from '../trace/bind.ts';
import { traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { checkPasses } from '../transforms/passes.ts';
import type { Passes } from '../transforms/passes.ts';
import { flattenTree } from '../tree.ts';
import type { Backend, RunOptions } from '../backend/backend.ts';
import { getDefaultBackend } from './default.ts';
import { disposedProgram } from './disposed.ts';
import { Executable } from './executable.ts';
import { typedByAxes } from './argument-types.ts';
import { checkOutside } from './check-outside.ts';
import { CallSpecs } from './call-specs.ts';
import type { TypedArguments } from './call-specs.ts';
import { explainMiss, jitKey } from './jit-key.ts';
import type { JitKey } from './jit-key.ts';
import { inTurn, runProgram, treeOf } from './run-program.ts';

/** How a function is compiled. */
export interface JitOptions {
  /**
   * Names for sizes that may differ between calls without compiling again: for each argument the names of its leading
   * axes (null: fixed), used for every tensor in it. Equal names must have equal sizes. A size that the program with
   * names was not written for (2, where it takes the last 3) gets a program of its own. Default: all sizes are fixed.
   */
  readonly dynamicAxes?: readonly (readonly (string | null)[] | null)[] | undefined;
  /**
   * For each argument, by name and in order, a tree of its structure with a {@link spec} for each tensor: one program
   * for all sizes that fit, and a call that does not fit is refused. Names may be counted with, as in `past+time`. Other
   * leaves are part of the key, as without specs; null in place of a tree says nothing of that argument. Default: types
   * and sizes are those of the call.
   */
  readonly specs?: Readonly<Record<string, unknown>> | undefined;
  /** Anything else the function depends on, as text, asked for at every call; another text compiles again. */
  readonly key?: (() => string) | undefined;
  /** Passes to leave out. Default: all are applied. */
  readonly passes?: Passes | undefined;
}

/** What was compiled for one key. */
interface Entry {
  readonly key: JitKey;
  readonly executable: Executable;
  readonly traced: Traced;
  /** What it takes for granted of the sizes that have names. */
  readonly needs: readonly Need[];
}

/** A call that is ready to run. */
interface Call {
  readonly entry: Entry;
  readonly inputs: readonly Tensor[];
  readonly options: RunOptions;
}

/** A finished run whose assignments have not been committed yet. */
export interface JitRun<R> {
  readonly result: R;
  /**
   * Gives the variables the values they were assigned.
   * @throws {@link GraphError} if one of them has got another value since the run read it.
   */
  commit(): void;
}

/** What {@link explain} tells of a compiled function. */
export interface Explanation {
  readonly name: string;
  readonly calls: number;
  /** Times the function was traced and compiled. */
  readonly compiles: number;
  /** For each compiled program: what it was compiled for, and how large it is. */
  readonly programs: readonly { readonly key: string; readonly nodes: number; readonly bytes: number }[];
  /** Why the latest call that compiled did so. */
  readonly lastMiss: string | undefined;
}

const EXPLAIN = Symbol('gai.explain');
const MAX_PROGRAMS = 64;

/** A function compiled by {@link jit}. */
export interface Jitted<A extends readonly unknown[], R> {
  (...args: A): Promise<R>;
  /** As a call, but the caller commits the variables' new values (or does not). */
  run(args: A, options?: RunOptions): Promise<JitRun<R>>;
  /**
   * Frees what was compiled, once the calls made so far are done; graphs that another function has compiled too stay with it. Calls after
   * that are refused. Tensors and variables that the function used keep their values.
   */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** @internal */
  readonly [EXPLAIN]: () => Explanation;
}

/**
 * Compiles a synchronous function of trees of tensors: traced once per structure, dtypes and sizes of its arguments
 * (and once per value of its other arguments: numbers, text, flags), then one run per call.
 *
 * Tensors and variables used from outside are inputs; a variable's value is read anew at every call, and assignments to
 * variables are committed when the run has succeeded. Calls that assign variables exclude each other: one begins when
 * the one before it has committed. Numbers and arrays of JavaScript used from outside are frozen: pass
 * a tensor to vary them.
 * @param fn - Returns a tree of tensors; may assign variables.
 * @param options.specs - A tree of {@link spec}s for each argument: one program for all sizes that have names.
 * @param options.dynamicAxes - Sizes that may differ between calls without compiling again.
 * @throws {@link ShapeError} if a call does not fit the specs.
 * @throws {@link GraphError} if called inside a traced function (call the plain function there).
 * @example
 * const double = jit((x: Tensor) => mul(x, 2));
 * await toArray(await double(tensor([1, 2]))); // => [2, 4]
 * explain(double).compiles; // => 1
 *
 * const grow = jit((past: Tensor, x: Tensor) => concat([past, x]), { specs: { past: spec(['past']), x: spec(['time']) } });
 * for (const past of [[], [1], [1, 2]]) await grow(tensor(past), tensor([3, 4]));
 * explain(grow).compiles; // => 1
 * @category Compiling
 */
export function jit<A extends readonly unknown[], R>(fn: (...args: A) => R, options: JitOptions = {}): Jitted<A, R> {
  checkOptionNames('jit', options, ['dynamicAxes', 'specs', 'key', 'passes']);
  const compiled = new JitFunction<A, R>(fn, options);
  const call = (...args: A): Promise<R> => {
    checkOutside('jit', compiled.name);
    return compiled.call(args);
  };
  return Object.assign(call, {
    run: (args: A, runOptions: RunOptions = {}) => {
      checkOptionNames('jit.run', runOptions, ['signal']);
      checkOutside('jit', compiled.name);
      return compiled.run(args, runOptions);
    },
    dispose: () => compiled.dispose(),
    [Symbol.asyncDispose]: () => compiled.dispose(),
    [EXPLAIN]: () => compiled.explain(),
    [INSPECT]: () => compiled.text,
  });
}

/**
 * Tells what a compiled function consists of and why it was compiled.
 * @example
 * const double = jit((x: Tensor) => mul(x, 2));
 * await double(tensor([1, 2]));
 * explain(double).calls; // => 1
 * @category Compiling
 */
export function explain(fn: { readonly [EXPLAIN]: () => Explanation }): Explanation {
  return fn[EXPLAIN]();
}

class JitFunction<A extends readonly unknown[], R> {
  readonly #fn: (...args: A) => R;
  readonly #options: JitOptions;
  readonly #specs: CallSpecs | undefined;
  /** By key; for each key the programs that differ in what they guard, newest first. */
  readonly #programs = new Map<string, Entry[]>();
  #latest: JitKey | undefined;
  #calls = 0;
  #compiles = 0;
  #lastMiss: string | undefined;
  /** Asked for and not done yet. */
  readonly #running = new Set<Promise<unknown>>();
  #isDisposed = false;

  constructor(fn: (...args: A) => R, options: JitOptions) {
    checkPasses('jit', options.passes);
    this.#fn = fn;
    this.#options = options;
    const { specs, dynamicAxes } = options;
    this.#specs = specs && new CallSpecs('jit', specs);
    if (specs === undefined || dynamicAxes === undefined) return;
    throw new ArgumentError(
      `jit: sizes are named twice. Got specs and dynamicAxes; expected one of them. Name the sizes in the specs.`,
      { op: 'jit' },
    );
  }

  async call(args: A): Promise<R> {
    const call = this.#prepare(args, {});
    const turn = inTurn(call.entry.executable, call.options, async () => {
      const { result, commit } = await this.#execute(call);
      commit();
      return result;
    });
    return this.#watch(turn);
  }

  async run(args: A, options: RunOptions): Promise<JitRun<R>> {
    const call = this.#prepare(args, options);
    return this.#watch(inTurn(call.entry.executable, options, () => this.#execute(call)));
  }

  /** Notes a run until it is done, however it ends. */
  #watch<T>(run: Promise<T>): Promise<T> {
    const done = (): void => void this.#running.delete(run);
    this.#running.add(run);
    run.then(done, done);
    return run;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await Promise.allSettled(this.#running);
    const entries = [...this.#programs.values()].flat();
    this.#programs.clear();
    for (const { executable } of entries) await executable.release();
  }

  explain(): Explanation {
    return {
      name: this.name,
      calls: this.#calls,
      compiles: this.#compiles,
      programs: [...this.#programs].flatMap(([key, programs]) =>
        programs.map(({ executable }) => ({ key, nodes: executable.nodes, bytes: executable.bytes })),
      ),
      lastMiss: this.#lastMiss,
    };
  }

  /** What `console.log` shows. */
  get text(): string {
    return `jit(${this.name}): ${this.#calls} calls, ${this.#compiles} compiled; see explain(...)`;
  }

  get name(): string {
    return this.#fn.name === '' ? 'function' : this.#fn.name;
  }

  /** Finds the program at once, so that a call means what holds when it is made. */
  #prepare(args: A, options: RunOptions): Call {
    if (this.#isDisposed) throw disposedProgram('jit', this.name);
    this.#calls += 1;
    const backend = getDefaultBackend();
    const typed = this.#specs?.fit(args) ?? typedByAxes(flattenTree(args), this.#options.dynamicAxes);
    const inputs = typed.leaves.filter(isTensor).map(resolve);
    return { entry: this.#find(args, typed, backend), inputs, options };
  }

  async #execute({ entry, inputs, options }: Call): Promise<JitRun<R>> {
    const { buffers, commit } = await runProgram(entry.executable, inputs, { ...options, op: 'jit' });
    return { result: treeOf(entry.traced, buffers) as R, commit };
  }

  /** The program for these arguments; for sizes that one with names was not written for, one in which they are fixed. */
  #find(args: A, typed: TypedArguments, backend: Backend): Entry {
    const entry = this.#lookUp(args, typed, backend);
    if (entry.needs.length === 0) return entry;
    const unmet = unmetNeed(entry.needs, namedSizes(typed));
    return unmet === undefined ? entry : this.#find(args, withFixed(typed, dimNames(unmet.size)), backend);
  }

  #lookUp(args: A, typed: TypedArguments, backend: Backend): Entry {
    const key = jitKey(typed, backend, this.#options.key?.() ?? '');
    const text = key.parts.join(' | ');
    const known = this.#programs.get(text) ?? [];
    const fitting = known.find(({ traced }) => traced.scope.guards.every(({ read, value }) => read() === value));
    if (fitting !== undefined) return fitting;
    const program = this.#trace(args, typed, { key, backend });
    this.#compiles += 1;
    this.#lastMiss =
      known.length > 0 ? 'a value that the function depends on has changed' : explainMiss(key, this.#latest);
    this.#latest = key;
    this.#programs.set(text, [program, ...known].slice(0, MAX_PROGRAMS));
    const oldest = this.#programs.keys().next().value;
    if (this.#programs.size > MAX_PROGRAMS && oldest !== undefined) this.#programs.delete(oldest);
    return program;
  }

  #trace(args: A, { types }: TypedArguments, { key, backend }: { key: JitKey; backend: Backend }): Entry {
    let next = 0;
    const traced = traceArgs(this.#fn as (...args: never[]) => unknown, args, () => types[next++]);
    const program = programOf(traced);
    const executable = new Executable(backend, program, { passes: this.#options.passes ?? {} });
    return { key, executable, traced, needs: needsOf(program.graph.outputs, program.isInput) };
  }
}
