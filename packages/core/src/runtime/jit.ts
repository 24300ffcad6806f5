import { GraphError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';
import { toposort } from '../ir/graph.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { resolve } from '../trace/bind.ts';
import { traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import type { Passes } from '../transforms/passes.ts';
import { flattenTree, mapTree } from '../tree.ts';
import type { FlatTree } from '../tree.ts';
import type { Backend, DeviceBuffer, RunOptions } from './backend.ts';
import { getDefaultBackend } from './default.ts';
import { deviceLeaf } from './device-leaf.ts';
import { effectsOf } from './effects.ts';
import { exclusively } from './exclusive.ts';
import { Executable, valueOf } from './executable.ts';
import { explainMiss, jitKey, typeOf } from './jit-key.ts';
import type { JitKey } from './jit-key.ts';
import { evaluateOn } from './read.ts';

/** How a function is compiled. */
export interface JitOptions {
  /**
   * Names for sizes that may differ between calls without compiling again: for each argument the names of its leading
   * axes (null: fixed), used for every tensor in it. Equal names must have equal sizes. Default: all sizes are fixed.
   */
  readonly dynamicAxes?: readonly (readonly (string | null)[] | null)[] | undefined;
  /** Anything else the function depends on, as text, asked for at every call; another text compiles again. */
  readonly key?: (() => string) | undefined;
  /** Passes to leave out. Default: all are applied. */
  readonly passes?: Passes | undefined;
}

/** What was compiled for one key. */
interface Program {
  readonly key: JitKey;
  readonly executable: Executable;
  readonly traced: Traced;
  /** Computed outside and captured: kept alive as long as the program. */
  readonly captured: readonly Tensor[];
  /** Variables whose value goes in. */
  readonly used: ReadonlySet<Variable>;
  /** Variables that get a new value. */
  readonly assigned: readonly Variable[];
}

/** A call that is ready to run. */
interface Call {
  readonly backend: Backend;
  readonly program: Program;
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
  /** @internal */
  readonly [EXPLAIN]: () => Explanation;
}

/**
 * Compiles a synchronous function of trees of tensors: traced once per structure, dtypes and sizes of its arguments
 * (and once per value of its other arguments: numbers, text, flags), then one run per call.
 *
 * Tensors and variables used from outside are inputs; a variable's value is read anew at every call, and assignments to
 * variables are committed when the run has succeeded. Calls that assign variables exclude each other: one begins when
 * the one before it has committed. Numbers used from outside are frozen: pass a tensor to vary them.
 * @param fn - Returns a tree of tensors; may assign variables.
 * @param options.dynamicAxes - Sizes that may differ between calls without compiling again.
 * @throws {@link GraphError} if called inside a traced function (call the plain function there).
 * @example
 * const double = jit((x: Tensor) => mul(x, 2));
 * await toArray(await double(tensor([1, 2]))); // => [2, 4]
 * explain(double).compiles; // => 1
 * @category Compiling
 */
export function jit<A extends readonly unknown[], R>(fn: (...args: A) => R, options: JitOptions = {}): Jitted<A, R> {
  const compiled = new JitFunction<A, R>(fn, options);
  const call = (...args: A): Promise<R> => compiled.call(args);
  return Object.assign(call, {
    run: (args: A, runOptions: RunOptions = {}) => compiled.run(args, runOptions),
    [EXPLAIN]: () => compiled.explain(),
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
  /** By key; for each key the programs that differ in what they guard, newest first. */
  readonly #programs = new Map<string, Program[]>();
  #latest: JitKey | undefined;
  #calls = 0;
  #compiles = 0;
  #lastMiss: string | undefined;

  constructor(fn: (...args: A) => R, options: JitOptions) {
    this.#fn = fn;
    this.#options = options;
  }

  async call(args: A): Promise<R> {
    const call = this.#prepare(args, {});
    return this.#inTurn(call, async () => {
      const { result, commit } = await this.#execute(call);
      commit();
      return result;
    });
  }

  async run(args: A, options: RunOptions): Promise<JitRun<R>> {
    const call = this.#prepare(args, options);
    return this.#inTurn(call, () => this.#execute(call));
  }

  explain(): Explanation {
    return {
      name: this.#name,
      calls: this.#calls,
      compiles: this.#compiles,
      programs: [...this.#programs].flatMap(([key, programs]) =>
        programs.map(({ executable }) => ({ key, nodes: executable.nodes, bytes: executable.bytes })),
      ),
      lastMiss: this.#lastMiss,
    };
  }

  get #name(): string {
    return this.#fn.name === '' ? 'function' : this.#fn.name;
  }

  /** Finds the program at once, so that a call means what holds when it is made. */
  #prepare(args: A, options: RunOptions): Call {
    if (currentScope() !== null) {
      throw new GraphError(
        `jit: '${this.#name}' is called inside a traced function. Got a compiled function; expected a plain one. ` +
          `Call the function that was given to jit.`,
        { op: 'jit' },
      );
    }
    this.#calls += 1;
    const backend = getDefaultBackend();
    const flat = flattenTree(args);
    const inputs = flat.leaves.filter(isTensor).map(resolve);
    return { backend, program: this.#find(args, flat, backend), inputs, options };
  }

  /** Programs that change variables wait for those before them. */
  #inTurn<T>({ backend, program, options }: Call, task: () => Promise<T>): Promise<T> {
    const begin = async (): Promise<T> => {
      options.signal?.throwIfAborted();
      return task();
    };
    return program.assigned.length === 0 ? begin() : exclusively(backend, begin);
  }

  async #execute({ backend, program, inputs, options }: Call): Promise<JitRun<R>> {
    const { captured, used, assigned, executable } = program;
    let before: readonly Tensor[] = [];
    const buffers = await executable.run({
      ...options,
      settle: () => {
        const waiting = [...inputs, ...captured, ...[...used].map((variable) => variable.committed)];
        const open = waiting.filter((tensor) => tensor.leaf === undefined);
        return open.length === 0 ? undefined : evaluateOn(backend, open);
      },
      inputs: () => {
        before = assigned.map((variable) => variable.committed);
        return inputs.map((input) => valueOf(input, backend));
      },
    });
    return this.#finish(program, buffers, before);
  }

  #find(args: A, flat: FlatTree, backend: Backend): Program {
    const key = jitKey(flat, this.#options.dynamicAxes, backend, this.#options.key?.() ?? '');
    const text = key.parts.join(' | ');
    const known = this.#programs.get(text) ?? [];
    const fitting = known.find(({ traced }) => traced.scope.guards.every(({ read, value }) => read() === value));
    if (fitting !== undefined) return fitting;
    const program = this.#trace(args, key, backend);
    this.#compiles += 1;
    this.#lastMiss =
      known.length > 0 ? 'a value that the function depends on has changed' : explainMiss(key, this.#latest);
    this.#latest = key;
    this.#programs.set(text, [program, ...known].slice(0, MAX_PROGRAMS));
    const oldest = this.#programs.keys().next().value;
    if (this.#programs.size > MAX_PROGRAMS && oldest !== undefined) this.#programs.delete(oldest);
    return program;
  }

  #trace(args: A, key: JitKey, backend: Backend): Program {
    const axes = this.#options.dynamicAxes;
    const traced = traceArgs(this.#fn as (...args: never[]) => unknown, args, (leaf, path) =>
      isTensor(leaf) ? typeOf(leaf, path, axes) : undefined,
    );
    const { graph, scope } = traced;
    const outputs = [...graph.outputs, ...scope.assignments.values()];
    // What was made outside the trace is an input, whatever it takes to compute it.
    const isInput = (node: Node): boolean => node.values[0] !== undefined || node.scope !== scope;
    const nodes = toposort([...outputs, ...scope.effects], isInput);
    const outside = nodes.filter((node) => node.scope !== scope).map((node) => node.outputs[0]!);
    const used = outside.flatMap(({ leaf }) => (leaf?.kind === 'variable' ? [leaf.variable] : []));
    const executable = new Executable(backend, {
      graph: { name: graph.name, inputs: graph.inputs, outputs },
      isInput,
      effects: effectsOf(nodes),
      passes: this.#options.passes ?? {},
    });
    const assigned = [...scope.assignments.keys()];
    return { key, executable, traced, captured: outside, used: new Set(used), assigned };
  }

  #finish(program: Program, buffers: readonly DeviceBuffer[], before: readonly Tensor[]): JitRun<R> {
    const { traced, assigned, used } = program;
    let next = 0;
    const result = mapTree(traced.result, (leaf) => (isTensor(leaf) ? deviceLeaf(buffers[next++]!) : leaf)) as R;
    const values = buffers.slice(next);
    const commit = (): void => {
      const late = assigned.find((variable, index) => used.has(variable) && variable.committed !== before[index]);
      if (late !== undefined) throw lostUpdate(this.#name, late.name);
      assigned.forEach((variable, index) => variable.commit(deviceLeaf(values[index]!)));
    };
    return { result, commit };
  }
}

function lostUpdate(name: string, variable: string): GraphError {
  return new GraphError(
    `jit: '${name}' computed the new value of '${variable}' from a value that has been replaced since. Got another ` +
      `update between the run and its commit; expected none. Await each call, and commit it, before the next.`,
    { op: 'jit', details: { variable } },
  );
}
