import { checkArgument, checkOptionNames } from '../argument.ts';
import { ArgumentError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { equal } from '../ops/compare.ts';
import { iota, iotaFrom } from '../ops/iota.ts';
import { moveAxis, slice } from '../ops/movement.ts';
import { cast, full, reshape, zerosLike } from '../ops/structural.ts';
import { staticShape } from '../shape.ts';
import { flattenTree, mapTree, unflattenTree } from '../tree.ts';
import { grad, vjp } from './grad.ts';
import { scan } from './scan.ts';

/** Settings of {@link jacobian} and {@link hessian}. */
export interface JacobianOptions<P extends number = number> {
  /** Position of the argument. Default 0. */
  readonly argument?: P | undefined;
  /**
   * One pass back for each number of the result (`reverse`), or one pass forward for each number of the argument
   * (`forward`). Default: whichever are fewer.
   */
  readonly mode?: 'reverse' | 'forward' | undefined;
}

/** The structure of a result with, in place of each tensor, the structure of the argument. */
export type Jacobian<R, X> = R extends Tensor ? X : { readonly [Key in keyof R]: Jacobian<R[Key], X> };

/**
 * The function that computes all first derivatives of `fn`: for each tensor of the result and each of the argument a
 * tensor of the shape of the first followed by that of the second.
 *
 * As one graph, a loop over the numbers of the result or of the argument; to multiply with the matrix use {@link vjp} or
 * {@link jvp}, which never build it.
 * @param fn - From trees of tensors to a tree of float tensors, of known sizes.
 * @param options.argument - Position of the argument. Default 0.
 * @param options.mode - `reverse` or `forward`. Default: whichever takes fewer passes.
 * @returns A function of the same arguments; its result has the structure of `fn`'s with that of the argument in each place.
 * @throws {@link ArgumentError} if there is no such option or mode.
 * @throws {@link ShapeError} if a size of the result or the argument is symbolic.
 * @example
 * const products = (x: Tensor) => mul(x, sum(x));
 * await toArray(jacobian(products)(tensor([1, 2]))); // => [[4, 1], [2, 5]]
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.jacrev.html
 * @category Gradients
 */
export function jacobian<A extends readonly unknown[], R, const P extends number = 0>(
  fn: (...args: A) => R,
  options: JacobianOptions<P> = {},
): (...args: A) => Jacobian<R, A[P]> {
  checkOptionNames('jacobian', options, ['argument', 'mode']);
  const { argument = 0 as P, mode } = options;
  checkMode(mode);
  return (...args) => {
    checkArgumentPosition(argument, args.length);
    const of = (x: unknown): R => fn(...(args.map((arg, index) => (index === argument ? x : arg)) as unknown as A));
    const { value, pullback } = vjp(of, args[argument]);
    const [inputs, outputs] = [blocksOf(args[argument]), blocksOf(value)];
    const back = mode === 'reverse' || (mode === undefined && outputs.size <= inputs.size);
    const pushforward = (): ((x: unknown) => R) => {
      // pullback is linear, so its own pullback is multiplication with the matrix itself, wherever it is taken.
      const linear = vjp((u: R) => pullback(u)[0], mapTree(value, (leaf) => zerosLike(leaf as Tensor)) as R);
      return (x) => linear.pullback(x)[0];
    };
    const columns = back
      ? columnsOf(outputs, inputs, (unit) => pullback(unit as R)[0])
      : columnsOf(inputs, outputs, pushforward());
    return assemble({ columns, inputs, outputs, back }) as Jacobian<R, A[P]>;
  };
}

/**
 * The function that computes all second derivatives of `fn`, a scalar function: for each two tensors of the argument a
 * tensor of the shape of the first followed by that of the second.
 *
 * To multiply with the matrix use {@link hessianVectorProduct}, which never builds it.
 * @param fn - From trees of tensors to one float scalar.
 * @param options.argument - Position of the argument. Default 0.
 * @param options.mode - How the gradient is differentiated. Default `reverse`.
 * @returns A function of the same arguments; its result has the structure of the argument, in each place once more.
 * @throws {@link ShapeError} if `fn` does not return a scalar, or a size is symbolic.
 * @example
 * const cubes = (x: Tensor) => sum(mul(x, mul(x, x)));
 * await toArray(hessian(cubes)(tensor([1, 2]))); // => [[6, 0], [0, 12]]
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.hessian.html
 * @category Gradients
 */
export function hessian<A extends readonly unknown[], const P extends number = 0>(
  fn: (...args: A) => Tensor,
  options: JacobianOptions<P> = {},
): (...args: A) => Jacobian<A[P], A[P]> {
  checkOptionNames('hessian', options, ['argument', 'mode']);
  const { argument = 0 as P, mode = 'reverse' } = options;
  return jacobian(grad(fn, { argument }), { argument, mode });
}

function checkMode(mode: string | undefined): void {
  const fits = mode === undefined || mode === 'reverse' || mode === 'forward';
  checkArgument(fits, mode, { op: 'jacobian', name: 'mode', rule: 'reverse or forward' });
}

function checkArgumentPosition(argument: number, count: number): void {
  if (Number.isInteger(argument) && argument >= 0 && argument < count) return;
  throw new ArgumentError(
    `jacobian: no such argument. Got argument ${argument} of a call with ${count}; expected 0 to ${count - 1}.`,
    { op: 'jacobian', details: { argument } },
  );
}

/** The tensors of a tree, laid one after the other in one long vector. */
interface Blocks {
  readonly tree: unknown;
  readonly tensors: readonly Tensor[];
  readonly shapes: readonly (readonly number[])[];
  /** Where each begins. */
  readonly starts: readonly number[];
  readonly size: number;
}

function blocksOf(tree: unknown): Blocks {
  const tensors = flattenTree(tree).leaves as Tensor[];
  const shapes = tensors.map(({ shape }) => staticShape(shape, 'jacobian'));
  const starts: number[] = [];
  let size = 0;
  for (const shape of shapes) {
    starts.push(size);
    size += count(shape);
  }
  return { tree, tensors, shapes, starts, size };
}

const count = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** What a linear function makes of each unit vector: the tensors of the result, with the unit as a new first axis. */
function columnsOf(units: Blocks, results: Blocks, linear: (unit: unknown) => unknown): readonly Tensor[] {
  if (units.size === 0) {
    return results.tensors.map(({ dtype }, index) => full([0, ...results.shapes[index]!], 0, dtype));
  }
  const step = (_: null, at: Tensor): [null, readonly Tensor[]] => {
    const unit = units.tensors.map(({ dtype }, index) => {
      const shape = units.shapes[index]!;
      const places = iotaFrom(units.starts[index]!, count(shape));
      return reshape(cast(equal(places, at), dtype), shape);
    });
    return [null, flattenTree(linear(unflattenTree(units.tree, unit))).leaves as Tensor[]];
  };
  const [, columns] = scan(step, null, iota(units.size));
  return columns;
}

interface Columns {
  readonly columns: readonly Tensor[];
  readonly inputs: Blocks;
  readonly outputs: Blocks;
  /** Whether a column belongs to a number of the result; else to one of the argument. */
  readonly back: boolean;
}

/** Cuts the columns into one tensor for each pair of a result and an argument. */
function assemble({ columns, inputs, outputs, back }: Columns): unknown {
  const [units, others] = back ? [outputs, inputs] : [inputs, outputs];
  const cut = (unit: number, other: number): Tensor => {
    const start = units.starts[unit]!;
    const all = columns[other]!;
    const part = units.tensors.length === 1 ? all : slice(all, [[start, start + count(units.shapes[unit]!)]]);
    const ordered = back ? part : moveAxis(part, 0, others.shapes[other]!.length);
    const [output, input] = back ? [unit, other] : [other, unit];
    return reshape(ordered, [...outputs.shapes[output]!, ...inputs.shapes[input]!]);
  };
  const rows = outputs.tensors.map((_, output) => {
    const blocks = inputs.tensors.map((__, input) => (back ? cut(output, input) : cut(input, output)));
    return unflattenTree(inputs.tree, blocks);
  });
  let next = 0;
  return mapTree(outputs.tree, () => rows[next++]);
}
