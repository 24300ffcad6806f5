import { dimEquals } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { formatShape } from '../shape.ts';
import { bindAll, resolve } from '../trace/bind.ts';
import { outsideOf } from '../trace/region.ts';
import { replay } from '../trace/replay.ts';
import { placeholder, traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { flattenTree, mapReturned } from '../tree.ts';
import { packStep } from './scan-layout.ts';
import type { ScanAttrs } from './scan-layout.ts';
import { scanOp } from './scan-op.ts';

/**
 * Runs `fn` once for each entry along the leading axis of its arguments' tensors, in order, inside one graph: several
 * train steps in one run. A variable that one step assigns has its new value in the next.
 *
 * For use inside a traced function, for example of {@link jit}. The result is bitwise that of separate calls. It needs a
 * provider with loops (CPU or wasm), and has no gradient.
 * @param fn - From the parts of one step to a tree of tensors.
 * @param args - Trees of tensors with a leading axis of steps, of one length.
 * @returns What `fn` returned, each tensor with a leading axis of steps.
 * @throws {@link ShapeError} if a leading axis is missing or they differ.
 * @throws {@link GraphError} outside a traced function, or if `fn` has effects (debugPrint, checkFinite).
 * @example
 * const total = new Variable(tensor(0));
 * const sums = jit((xs: Tensor) =>
 *   runSteps((x) => {
 *     total.assign(add(total, x));
 *     return mul(total, 1);
 *   }, [xs]),
 * );
 * await toArray(await sums(tensor([1, 2, 3]))); // => [1, 3, 6]
 * @category Compiling
 */
export function runSteps<A extends readonly unknown[], R>(fn: (...args: A) => R, args: A): R {
  const outer = currentScope();
  if (outer === null) throw notTraced();
  const sequences = flattenTree(args).leaves.filter(isTensor).map(resolve);
  checkLengths(sequences);
  const traced = traceArgs(fn as (...args: never[]) => unknown, args, (leaf) =>
    isTensor(leaf) ? { dtype: leaf.dtype, shape: leaf.shape.slice(1) } : undefined,
  );
  if (traced.scope.effects.length > 0) throw hasEffects(traced.graph.name);
  outer.guards.push(...traced.scope.guards);
  return bindSteps(traced, sequences) as R;
}

/** Makes the node, hands on what the steps assigned, and returns the results in the structure `fn` returned. */
function bindSteps({ graph, scope, result }: Traced, sequences: readonly Tensor[]): unknown {
  const variables = [...scope.assignments.keys()];
  const before = variables.map(initial);
  const outputs = [...scope.assignments.values(), ...graph.outputs];
  const captured = outsideOf(outputs, scope).filter((tensor) => !before.includes(tensor));
  const constants = captured.map((tensor, index) => placeholder(`captured${index}`, tensor, scope));
  const carries = variables.map((variable, index) => placeholder(`state${index}`, variable, scope));
  const inputs = [...constants, ...carries, ...graph.inputs];
  const given = [...captured, ...before, ...graph.inputs];
  const own = replay(outputs, new Map(given.map((tensor, index) => [tensor, inputs[index]!])), scope);
  const attrs: ScanAttrs = {
    constants: constants.length,
    carries: carries.length,
    length: sequences[0]!.shape[0]!,
    reverse: false,
    steps: graph.outputs.map(packStep),
  };
  const bound = bindAll(scanOp, [...captured, ...before, ...sequences], attrs, [{ ...graph, inputs, outputs: own }]);
  variables.forEach((variable, index) => variable.assign(bound[index]!));
  let next = carries.length;
  return mapReturned(result, (leaf) => (isTensor(leaf) ? bound[next++]! : leaf));
}

/** What a variable is when the steps begin. */
function initial(variable: Variable): Tensor {
  const { value } = variable;
  if (value === variable.node.outputs[0]) return value;
  throw new GraphError(
    `runSteps: '${variable.name}' was assigned before the steps that assign it too. Got two assignments in one traced ` +
      `function; expected those of the steps only. Move the first one into the steps.`,
    { op: 'runSteps', details: { variable: variable.name } },
  );
}

function checkLengths(sequences: readonly Tensor[]): void {
  const lengths = sequences.map(({ shape }) => shape[0]);
  const [length] = lengths;
  if (length !== undefined && lengths.every((other) => other !== undefined && dimEquals(other, length))) return;
  throw new ShapeError(
    `runSteps: the arguments have no common number of steps. Got ` +
      `${sequences.map(({ shape }) => formatShape(shape)).join(', ') || 'no tensor'}; expected tensors with one leading ` +
      `axis of equal size. Stack the values of the steps along a new first axis.`,
    { op: 'runSteps' },
  );
}

const notTraced = (): GraphError =>
  new GraphError(
    'runSteps: called outside a traced function. Got a plain call; expected one inside jit. Wrap it: jit((xs) => runSteps(step, [xs])).',
    { op: 'runSteps' },
  );

const hasEffects = (name: string): GraphError =>
  new GraphError(
    `runSteps: '${name}' has effects. Got debugPrint or checkFinite inside the steps; expected none, since they happen ` +
      `after the whole run. Run the steps one by one, or take them out.`,
    { op: 'runSteps', details: { effects: true } },
  );
