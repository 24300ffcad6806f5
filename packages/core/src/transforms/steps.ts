import { dimEquals } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { currentScope } from '../ir/scope.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Variable } from '../ir/variable.ts';
import { stopGradient } from '../ops/structural.ts';
import { formatShape } from '../shape.ts';
import { bindAll, resolve } from '../trace/bind.ts';
import { outsideOf } from '../trace/region.ts';
import { replay } from '../trace/replay.ts';
import { placeholder, traceArgs } from '../trace/trace.ts';
import type { Traced } from '../trace/trace.ts';
import { flattenTree, mapReturned, unflattenTree } from '../tree.ts';
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
  const { traced, sequences } = traceSteps(fn as StepFunction, args, []);
  return bindSteps(traced, sequences, [], traced.result).result as R;
}

/**
 * As {@link runSteps}, with values that one step hands to the next besides what it assigns:
 * `[carry, result] = fn(carry, ...parts of one step)`. For sums over parts of a batch inside one traced function.
 * @param fn - From the carry and the parts of one step to the next carry, of equal structure and types, and a tree.
 * @param carry - The first carry: a tree of tensors.
 * @param args - Trees of tensors with a leading axis of steps, of one length.
 * @returns The last carry, and the results, each tensor with a leading axis of steps.
 * @throws {@link ShapeError} if a leading axis is missing or they differ.
 * @throws {@link GraphError} outside a traced function, if `fn` has effects, or if the carry changes its type.
 * @example
 * const total = jit((xs: Tensor) => scanSteps((sum: Tensor, x: Tensor) => [add(sum, x), mul(x, x)], tensor(0), [xs]));
 * const [sum, squares] = await total(tensor([1, 2, 3]));
 * [await item(sum), await toArray(squares)]; // => [6, [1, 4, 9]]
 * @category Compiling
 */
export function scanSteps<C, A extends readonly unknown[], R>(
  fn: (carry: C, ...args: A) => readonly [carry: C, result: R],
  carry: C,
  args: A,
): [carry: C, result: R] {
  const carried = flattenTree(carry).leaves.filter(isTensor).map(resolve);
  const step = (first: C, ...rest: A): unknown => {
    const [next, result] = fn(first, ...rest);
    checkCarry(carry, next);
    // In the order in which the carry goes in.
    return [flattenTree(next).leaves.filter(isTensor), result];
  };
  const { traced, sequences } = traceSteps(step as StepFunction, args, [carry]);
  const bound = bindSteps(traced, sequences, carried, (traced.result as readonly [unknown, R])[1]);
  let index = 0;
  const { leaves } = flattenTree(carry);
  const last = unflattenTree(
    carry,
    leaves.map((leaf) => (isTensor(leaf) ? bound.carry[index++] : leaf)),
  );
  return [last as C, bound.result as R];
}

type StepFunction = (...args: never[]) => unknown;

/** Runs the function once, with one step of `args`, and `carry` as it is in front. */
function traceSteps(fn: StepFunction, args: readonly unknown[], carry: readonly unknown[]) {
  const outer = currentScope();
  if (outer === null) throw notTraced();
  const sequences = flattenTree(args).leaves.filter(isTensor).map(resolve);
  checkLengths(sequences);
  // What a variable was assigned before gets a tensor of its own, which inside the steps can only mean the variable.
  const before = new Map(outer.assignments);
  for (const [variable, value] of before) outer.assignments.set(variable, stopGradient(value));
  const traced = traceArgs(fn, [...carry, ...args], (leaf, path) => {
    if (!isTensor(leaf)) return undefined;
    const whole = carry.length > 0 && path.startsWith('[0]');
    return { dtype: leaf.dtype, shape: whole ? leaf.shape : leaf.shape.slice(1) };
  });
  for (const [variable, value] of before) {
    if (!traced.scope.assignments.has(variable)) outer.assignments.set(variable, value);
  }
  if (traced.scope.effects.length > 0) throw hasEffects(traced.graph.name);
  outer.guards.push(...traced.scope.guards);
  return { traced, sequences };
}

/** Makes the node, hands on what the steps assigned, and returns the last carry and the results. */
function bindSteps(
  { graph, scope }: Traced,
  sequences: readonly Tensor[],
  carried: readonly Tensor[],
  result: unknown,
): { carry: readonly Tensor[]; result: unknown } {
  const variables = [...scope.assignments.keys()];
  const before = variables.map(initial);
  const outputs = [...scope.assignments.values(), ...graph.outputs];
  const captured = outsideOf(outputs, scope).filter((tensor) => !before.includes(tensor));
  const constants = captured.map((tensor, index) => placeholder(`captured${index}`, tensor, scope));
  const states = variables.map((variable, index) => placeholder(`state${index}`, variable, scope));
  const inputs = [...constants, ...states, ...graph.inputs];
  const given = [...captured, ...before, ...graph.inputs];
  const own = replay(outputs, new Map(given.map((tensor, index) => [tensor, inputs[index]!])), scope);
  const attrs: ScanAttrs = {
    constants: constants.length,
    carries: states.length + carried.length,
    length: sequences[0]!.shape[0]!,
    reverse: false,
    steps: graph.outputs.slice(carried.length).map(packStep),
  };
  const operands = [...captured, ...before, ...carried, ...sequences];
  const bound = bindAll(scanOp, operands, attrs, [{ ...graph, inputs, outputs: own }]);
  variables.forEach((variable, index) => variable.assign(bound[index]!));
  let next = attrs.carries;
  return {
    carry: bound.slice(states.length, next),
    result: mapReturned(result, (leaf) => (isTensor(leaf) ? bound[next++]! : leaf)),
  };
}

/** What a variable is when the steps begin. */
function initial(variable: Variable): Tensor {
  const { value } = variable;
  const isOwn = value === variable.node.outputs[0] || currentScope()?.assignments.get(variable) === value;
  if (isOwn) return value;
  throw new GraphError(
    `runSteps: '${variable.name}' was assigned further outside before the steps that assign it. Got an assignment in a ` +
      `function around this one; expected none. Move it into the steps.`,
    { op: 'runSteps', details: { variable: variable.name } },
  );
}

function checkCarry(carry: unknown, next: unknown): void {
  const describe = (tree: unknown): string => {
    const { leaves, structure } = flattenTree(tree);
    const types = leaves.map((leaf) => (isTensor(leaf) ? `${leaf.dtype}${formatShape(leaf.shape)}` : typeof leaf));
    return `${structure} of ${types.join(', ')}`;
  };
  const [first, then] = [describe(carry), describe(next)];
  if (first === then) return;
  throw new GraphError(
    `scanSteps: the carry changes its type. Got ${then} after a step; expected ${first}, as at the beginning. Cast or ` +
      `reshape it.`,
    { op: 'scanSteps' },
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
