import { checkOptionNames } from '../argument.ts';
import { getDefaultBackend } from './default.ts';
import { GraphError } from '../errors.ts';
import { needsOf, refusedSizes, unmetNeed } from '../ir/needs.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { programOf } from '../lowering/program.ts';
import type { Program } from '../lowering/program.ts';
import { traceTarget } from '../lowering/traced-target.ts';
import type { Exportable } from '../lowering/traced-target.ts';
import { resolve } from '../trace/bind.ts';
import { checkPasses } from '../transforms/passes.ts';
import type { Passes } from '../transforms/passes.ts';
import { checkOutside } from './check-outside.ts';
import { CallSpecs } from './call-specs.ts';
import { namedSizes } from './call-sizes.ts';
import { Executable } from './executable.ts';
import { FrozenWeights } from './frozen-weights.ts';
import { inTurn, runProgram, treeOf } from './run-program.ts';

/** Settings of {@link compile}. */
export interface CompileOptions {
  /** Passes to leave out. Default: all are applied. */
  readonly passes?: Passes | undefined;
  /**
   * Keeps what is made of weights out of memory if it is larger than 64 KB and makes it anew at every call: float16 weights
   * beside float32 inputs take half the memory, and on a CPU 2.5 times the time for up to 8 rows and 1.2 for 128. Default
   * false: they are cast once.
   */
  readonly compact?: boolean | undefined;
}

/** What a {@link compile}d target returns: the structure the target returned. */
export interface Compiled<R> {
  /** Runs with one argument per entry of the specs, in order: a tensor or number for a spec, a tree for a tree. */
  (...args: unknown[]): Promise<R>;
  /**
   * Whether a variable has got another value since it was frozen, or the model another part: what is computed is still
   * that of the old ones.
   */
  readonly stale: boolean;
  /**
   * Freezes the values that the variables have now. Nothing is traced or written anew; the copy of the old values is
   * freed before the new one is made, and calls made meanwhile wait.
   * @throws {@link GraphError} if a part of the model was replaced since: that takes another program.
   */
  refresh(): Promise<void>;
  /** Frees the compiled graph and its copy of the weights; calls after that are refused. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Compiles a module (in evaluation mode) or a function for inference: the weights it has now are frozen into the graph,
 * where ONNX Runtime can lay them out for its kernels. Products with them take 0.5 to 0.9 of the time they take in a
 * {@link jit} function, whose weights may change from call to call.
 *
 * The copy of the weights is the only one beside the variables themselves. It does not follow them: after training,
 * `stale` says so, and `refresh()` takes the new values over.
 *
 * A variable that the target assigns is not frozen: every call reads its value and commits the new one, as with `jit`.
 * `debugPrint` prints and `checkFinite` throws at every call.
 *
 * @param target - A module, or a function of tensors.
 * @param specs - For each argument, by name, its {@link spec} or a tree of them; sizes that are names may differ from
 * call to call. Other leaves are fixed.
 * @param options.passes - Passes to leave out. Default: all are applied.
 * @param options.compact - Keep float16 weights as they are and cast them at every call. Default false.
 * @returns A function of the arguments, in the order of `specs`; dispose of it when done.
 * @throws {@link ArgumentError} if there is no input or no output. The function throws {@link ShapeError} for sizes that
 *   the program was not written for, such as 2 where it takes the last 3.
 * @example
 * const w = tensor([[1], [2]]);
 * const run = await compile((x: Tensor) => matmul(x, w), { x: spec(['batch', 2]) });
 * await toArray(await run(tensor([[1, 1], [2, 0]]))); // => [[3], [2]]
 * await run.dispose();
 * @category Compiling
 */
export async function compile<R = Tensor>(
  target: Exportable,
  specs: Readonly<Record<string, unknown>>,
  options: CompileOptions = {},
): Promise<Compiled<R>> {
  checkOptionNames('compile', options, ['passes', 'compact']);
  checkPasses('compile', options.passes);
  const traced = traceTarget('compile', target, specs);
  const program = programOf(traced);
  const needs = needsOf(program.graph.outputs, program.isInput);
  const weights = new FrozenWeights(frozenOf(program));
  const executable = new Executable(getDefaultBackend(), program, {
    passes: options.passes ?? {},
    weights,
    compact: options.compact,
    name: nameOf(target),
  });
  await executable.prepare();
  const call = new CallSpecs('compile', specs);
  const { name } = program.graph;
  const run = (...args: unknown[]): Promise<R> => {
    checkOutside('compile', name);
    return runOn(args);
  };
  const runOn = async (args: readonly unknown[]): Promise<R> => {
    const typed = call.fit(args);
    const unmet = needs.length === 0 ? undefined : unmetNeed(needs, namedSizes(typed));
    if (unmet !== undefined) throw refusedSizes(unmet, namedSizes(typed));
    const tensors = typed.leaves.filter(isTensor).map(resolve);
    return inTurn(executable, {}, async () => {
      const { buffers, commit } = await runProgram(executable, tensors, { op: 'compile' });
      commit();
      return treeOf(traced, buffers) as R;
    });
  };
  const { guards } = traced.scope;
  const isOther = (): boolean => guards.some(({ read, value, kind }) => kind === 'program' && read() !== value);
  const refresh = async (): Promise<void> => {
    if (isOther()) throw otherProgram();
    await executable.renew();
  };
  const dispose = (): Promise<void> => executable.release();
  const compiled = Object.assign(run, { refresh, dispose, [Symbol.asyncDispose]: dispose });
  return Object.defineProperty(compiled, 'stale', { get: () => executable.stale || isOther() }) as Compiled<R>;
}

const nameOf = (target: Exportable): string =>
  (typeof target === 'function' ? target.name : target.constructor.name) || 'a function';

const otherProgram = (): GraphError =>
  new GraphError(
    `compile.refresh: the model is not the one that was compiled. Got a part or field that was replaced since; expected ` +
      `other values of the same variables. Compile it again.`,
    { op: 'compile' },
  );

/** What the session holds: all leaves but the variables that the program itself replaces. */
function frozenOf({ captured, assigned }: Program): Tensor[] {
  const replaced = new Set<unknown>(assigned);
  return captured.filter(({ leaf }) => leaf?.kind !== 'variable' || !replaced.has(leaf.variable));
}
