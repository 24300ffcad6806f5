import { checkArgument } from '../argument.ts';
import { isFloat } from '../dtype.ts';
import { toposort } from '../ir/graph.ts';
import { currentScope } from '../ir/scope.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { toNumber } from '../number.ts';
import { isFinite as isFiniteOp, isNaN as isNaNOp } from '../ops/compare.ts';
import { concat } from '../ops/movement.ts';
import { all, any } from '../ops/reduce.ts';
import { reshape } from '../ops/structural.ts';
import { resolve } from '../trace/bind.ts';
import { flattenReturned } from '../tree.ts';
import { jit } from './jit.ts';
import { data, sizesOf } from './read.ts';

/** Where a NaN or an infinity came up first; what {@link findNonFinite} gives. */
export interface NonFiniteOp {
  /** The op's name; `input` for what was not finite when it came in. */
  readonly op: string;
  /** Of an input its path among the arguments, such as `arg[0].x`; of a variable its name. */
  readonly name: string | undefined;
  /** The line that asked for the op. */
  readonly line: string | undefined;
  /** Whether the op belongs to the gradient of the line. */
  readonly isGradient: boolean;
  readonly shape: readonly number[];
  /** Elements that are not finite. */
  readonly count: number;
  /** The first of them, counted row by row. */
  readonly index: number;
  /** What it is: NaN, Infinity or -Infinity. */
  readonly value: number;
  /** The least and the largest element of each operand that holds floats. */
  readonly operands: readonly { readonly shape: readonly number[]; readonly min: number; readonly max: number }[];
  /** Where an infinity became a NaN, if that was later. */
  readonly becameNaN: { readonly op: string; readonly line: string | undefined } | undefined;
}

/** A float on the way to the results, in the order in which they were made. */
interface Looked {
  readonly tensor: Tensor;
  readonly isResult: boolean;
}

/**
 * A function that runs `fn` with every op checked, and tells which was the first that gave a NaN or an infinity that reached a
 * result. An infinity that reaches none, such as that of a mask before a softmax, is none to speak of.
 *
 * Use it where {@link checkFinite} would have to stand in many places. `fn` is traced as by {@link jit}; what it assigns to
 * variables is looked at and not committed. A loop or a branch is one op.
 * @param fn - A function of trees of tensors.
 * @returns A function of the same arguments: the op with its line, or undefined if all is finite.
 * @throws {@link ArgumentError} if `fn` is no function.
 * @example
 * const look = findNonFinite((x: Tensor) => sum(mul(log(x), x)));
 * const found = await look(tensor([1, 0, 2]));
 * [found?.op, found?.value, found?.index]; // => ['log', -Infinity, 1]
 * found?.becameNaN?.op; // => 'mul'
 * await look(tensor([1, 2, 3])); // => undefined
 * @category Debugging
 * @since 0.1.0
 */
export function findNonFinite<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
): (...args: A) => Promise<NonFiniteOp | undefined> {
  checkArgument(typeof fn === 'function', fn, { op: 'findNonFinite', name: 'fn', rule: 'a function of tensors' });
  return async (...args) => {
    const looked = await lookAt(fn, args);
    const bad = new Set(looked.tensors.flatMap(({ tensor }, at) => (looked.flags[at]!.isFinite ? [] : [tensor])));
    const reached = reachedFrom(looked.tensors, bad);
    const first = looked.tensors.findIndex(({ tensor }) => reached.has(tensor) && isFirst(tensor, bad));
    if (first < 0) return undefined;
    const { tensor } = looked.tensors[first]!;
    const born = looked.tensors.findIndex((one, at) => reached.has(one.tensor) && looked.flags[at]!.hasNaN);
    const later = born < 0 || born === first ? undefined : looked.tensors[born]!.tensor.node;
    const becameNaN = later && { op: later.op?.name ?? 'input', line: later.origin };
    return { ...describe(tensor), ...(await valuesAt(fn, args, first)), becameNaN };
  };
}

interface LookedAt {
  readonly tensors: readonly Looked[];
  readonly flags: readonly { readonly isFinite: boolean; readonly hasNaN: boolean }[];
}

/** Runs once; of every float comes out whether it is finite, and whether it holds a NaN. */
async function lookAt<A extends readonly unknown[]>(fn: (...args: A) => unknown, args: A): Promise<LookedAt> {
  let tensors: readonly Looked[] = [];
  const checked = jit(
    (...given: A) => {
      tensors = floatsBehind(fn(...given));
      const one = (flag: Tensor): Tensor => reshape(flag, [1]);
      return {
        finite: concat(tensors.map(({ tensor }) => one(all(isFiniteOp(tensor))))),
        nan: concat(tensors.map(({ tensor }) => one(any(isNaNOp(tensor))))),
      };
    },
    { passes: { share: false, tile: false } },
  );
  // Not committed: what the function assigns stays as it is.
  const { result } = await checked.run(args);
  const [finite, nan] = await Promise.all([data(result.finite), data(result.nan)]);
  return { tensors, flags: tensors.map((_, at) => ({ isFinite: finite[at] !== 0, hasNaN: nan[at] !== 0 })) };
}

/** The floats that lead to results and assigned values, inputs first, each as it is made. */
function floatsBehind(result: unknown): Looked[] {
  const scope = currentScope();
  const given = [...flattenReturned(result).leaves.filter(isTensor), ...(scope?.assignments.values() ?? [])];
  const results = new Set(given.map((tensor) => behindAlias(resolve(tensor))));
  const isLeaf = (node: Node): boolean => node.values[0] !== undefined || node.scope !== scope;
  const nodes = toposort([...results], isLeaf).filter((node) => node.op?.alias === undefined || isLeaf(node));
  const sorted = nodes.sort((a, b) => Number(isLeaf(b)) - Number(isLeaf(a)) || a.id - b.id);
  return sorted.flatMap(({ outputs }) =>
    outputs.filter(({ dtype }) => isFloat(dtype)).map((tensor) => ({ tensor, isResult: results.has(tensor) })),
  );
}

/** What a tensor equals that only marks a place. */
function behindAlias(tensor: Tensor): Tensor {
  const { node, index } = tensor;
  const alias = node.op?.alias;
  return alias === undefined || node.inputs.length === 0
    ? tensor
    : behindAlias(node.inputs[alias(index, node.inputs.length)]!);
}

/** What is not finite and leads to a result by nothing but what is not finite. */
function reachedFrom(tensors: readonly Looked[], bad: ReadonlySet<Tensor>): Set<Tensor> {
  const reached = new Set<Tensor>();
  const open = tensors.filter(({ isResult }) => isResult).map(({ tensor }) => tensor);
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (reached.has(tensor) || !bad.has(tensor)) continue;
    reached.add(tensor);
    open.push(...tensor.node.inputs.map(behindAlias));
  }
  return reached;
}

/** Whether all that it was made of is finite. */
const isFirst = ({ node }: Tensor, bad: ReadonlySet<Tensor>): boolean =>
  !node.inputs.some((input) => bad.has(behindAlias(input)));

function describe({ node }: Tensor): Pick<NonFiniteOp, 'op' | 'name' | 'line' | 'isGradient'> {
  const leaf = node.values[0];
  const name = leaf?.kind === 'input' ? leaf.name : leaf?.kind === 'variable' ? leaf.variable.name : undefined;
  const op = leaf === undefined ? (node.op?.name ?? 'input') : 'input';
  return { op, name, line: node.origin, isGradient: node.place?.isGradient ?? false };
}

/** Runs again for the elements of one of the floats, and of its operands. */
async function valuesAt<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  args: A,
  at: number,
): Promise<Pick<NonFiniteOp, 'shape' | 'count' | 'index' | 'value' | 'operands'>> {
  const again = jit(
    (...given: A) => {
      const { tensor } = floatsBehind(fn(...given))[at]!;
      const isLeaf = tensor.node.values[0] !== undefined;
      return { tensor, operands: isLeaf ? [] : tensor.node.inputs.filter(({ dtype }) => isFloat(dtype)) };
    },
    { passes: { share: false, tile: false } },
  );
  const { tensor, operands } = (await again.run(args)).result;
  const numbers = await numbersOf(tensor);
  const bad = numbers.flatMap((value, index) => (Number.isFinite(value) ? [] : [index]));
  const index = bad[0] ?? -1;
  const ranges = await Promise.all(operands.map(rangeOf));
  return { shape: sizesOf(tensor), count: bad.length, index, value: numbers[index] ?? 0, operands: ranges };
}

async function rangeOf(tensor: Tensor): Promise<NonFiniteOp['operands'][number]> {
  const numbers = await numbersOf(tensor);
  const min = numbers.reduce((least, one) => Math.min(least, one), Infinity);
  const max = numbers.reduce((most, one) => Math.max(most, one), -Infinity);
  return { shape: sizesOf(tensor), min, max };
}

async function numbersOf(tensor: Tensor): Promise<number[]> {
  return Array.from(await data(tensor), (element: number | bigint) => toNumber(element, tensor.dtype));
}
