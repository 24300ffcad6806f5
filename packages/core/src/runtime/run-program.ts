import type { DeviceBuffer, RunOptions } from '../backend/backend.ts';
import { GraphError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { committedOf } from '../ir/variable.ts';
import type { Traced } from '../trace/trace.ts';
import { mapReturned } from '../tree.ts';
import { deviceLeaf } from './device-leaf.ts';
import { exclusively } from './exclusive.ts';
import { loadStored, valueOf } from './executable.ts';
import type { Executable } from './executable.ts';
import { evaluateOn } from './read.ts';

/** Settings of a run, with the name of the function that asks for it. */
export interface ProgramRun extends RunOptions {
  readonly op: string;
}

/** A finished run, of which nothing is committed yet. */
export interface Finished {
  /** The results the caller asked for. */
  readonly buffers: readonly DeviceBuffer[];
  /**
   * Gives the variables the values they were assigned.
   * @throws {@link GraphError} if one of them has got another value since the run read it.
   */
  commit(): void;
}

/** Programs that change variables wait for those before them. */
export function inTurn<T>(
  { program, backend }: Executable,
  { signal }: RunOptions,
  task: () => Promise<T>,
): Promise<T> {
  const begin = async (): Promise<T> => {
    signal?.throwIfAborted();
    return task();
  };
  return program.assigned.length === 0 ? begin() : exclusively(backend, begin);
}

/** Runs a program with the values its inputs, leaves and variables have when the session begins. */
export async function runProgram(
  executable: Executable,
  inputs: readonly Tensor[],
  { op, signal }: ProgramRun,
): Promise<Finished> {
  const { backend, fed, used } = executable;
  const { assigned, results, graph } = executable.program;
  let before: readonly Tensor[] = [];
  const buffers = await executable.run({
    signal,
    settle: () => {
      const open = [...inputs, ...fed.map(committedOf)].filter((tensor) => tensor.leaf === undefined);
      return open.length === 0 ? loadStored(inputs, backend) : evaluateOn(backend, open);
    },
    inputs: () => {
      before = assigned.map((variable) => variable.committed);
      return inputs.map((input) => valueOf(input, backend));
    },
  });
  const commit = (): void => {
    const late = assigned.find((variable, index) => used.has(variable) && variable.committed !== before[index]);
    if (late !== undefined) throw lostUpdate(op, graph.name, late.name);
    assigned.forEach((variable, index) => variable.commit(deviceLeaf(buffers[results + index]!)));
  };
  return { buffers: buffers.slice(0, results), commit };
}

/** What a traced function returned, with what the run gave in place of its tensors. */
export function treeOf({ result }: Traced, buffers: readonly DeviceBuffer[]): unknown {
  let next = 0;
  return mapReturned(result, (leaf) => (isTensor(leaf) ? deviceLeaf(buffers[next++]!) : leaf));
}

function lostUpdate(op: string, name: string, variable: string): GraphError {
  return new GraphError(
    `${op}: '${name}' computed the new value of '${variable}' from a value that has been replaced since. Got another ` +
      `update between the run and its commit; expected none. Await each call, and commit it, before the next.`,
    { op, details: { variable } },
  );
}
