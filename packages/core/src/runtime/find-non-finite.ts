import { checkArgument } from '../argument.ts';
import { isFloat } from '../dtype.ts';
import { toposort } from '../ir/graph.ts';
import { currentScope } from '../ir/scope.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { toNumber } from '../number.ts';
import { isFinite as isFiniteOp, isNaN as isNaNOp } from '../ops/compare.ts';
import { ones } from '../ops/creation.ts';
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
    const { tensors, bad } = await lookAt(fn, args);
    const reached = reachedFrom(tensors, bad);
    const places = [...tensors.keys()].filter((at) => reached.has(tensors[at]!.tensor));
    const first = places.find((at) => isFirst(tensors[at]!.tensor, bad));
    if (first === undefined) return undefined;
    const { born, ...values } = await lookCloser(fn, args, { first, places });
    const later = born === undefined || born === first ? undefined : tensors[born]!.tensor.node;
    const becameNaN = later && { op: later.op?.name ?? 'input', line: later.origin };
    return { ...describe(tensors[first]!.tensor), ...values, becameNaN };
  };
}

interface LookedAt {
  readonly tensors: readonly Looked[];
  /** Those that are not finite. */
  readonly bad: ReadonlySet<Tensor>;
}

/** Runs as it is written, so that each op gives what it stands for, and commits nothing. */
function runOnce<A extends readonly unknown[], R>(fn: (...args: A) => R, args: A): Promise<R> {
  const compiled = jit(fn, { passes: { share: false, tile: false } });
  return compiled.run(args).then(({ result }) => result);
}

const one = (flag: Tensor): Tensor => reshape(flag, [1]);

/** Runs; of every float comes out whether it is finite. */
async function lookAt<A extends readonly unknown[]>(fn: (...args: A) => unknown, args: A): Promise<LookedAt> {
  let tensors: readonly Looked[] = [];
  const result = await runOnce((...given: A) => {
    tensors = floatsBehind(fn(...given));
    const flags = tensors.map(({ tensor }) => one(all(isFiniteOp(tensor))));
    return flags.length === 0 ? ones([0]) : concat(flags);
  }, args);
  const finite = await data(result);
  return { tensors, bad: new Set(tensors.flatMap(({ tensor }, at) => (finite[at] === 0 ? [tensor] : []))) };
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

/** What is looked at in a second run: the first float that is not finite, and all that lie behind it. */
interface Closer {
  readonly first: number;
  readonly places: readonly number[];
}

/** Runs again for the elements of the first float and of its operands, and for where there are NaNs. */
async function lookCloser<A extends readonly unknown[]>(
  fn: (...args: A) => unknown,
  args: A,
  { first, places }: Closer,
): Promise<
  Pick<NonFiniteOp, 'shape' | 'count' | 'index' | 'value' | 'operands'> & { readonly born: number | undefined }
> {
  const { tensor, operands, nan } = await runOnce((...given: A) => {
    const tensors = floatsBehind(fn(...given));
    const { node } = tensors[first]!.tensor;
    return {
      tensor: tensors[first]!.tensor,
      operands: node.values[0] === undefined ? node.inputs.filter(({ dtype }) => isFloat(dtype)) : [],
      nan: concat(places.map((at) => one(any(isNaNOp(tensors[at]!.tensor))))),
    };
  }, args);
  const numbers = await numbersOf(tensor);
  const bad = numbers.flatMap((value, index) => (Number.isFinite(value) ? [] : [index]));
  const index = bad[0] ?? -1;
  const ranges = await Promise.all(operands.map(rangeOf));
  const born = places[Array.from(await data(nan), Number).findIndex((has) => has !== 0)];
  return { shape: sizesOf(tensor), count: bad.length, index, value: numbers[index] ?? 0, operands: ranges, born };
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
