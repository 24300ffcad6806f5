import { isFloat } from '../dtype.ts';
import { DTypeError, GraphError, ShapeError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { markOp, onesLike, zerosLike } from '../ops/structural.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import { bind, resolve } from '../trace/bind.ts';
import { flattenTree, mapTree, unflattenTree } from '../tree.ts';
import { checkDifferentiable, pullBack, record } from './vjp.ts';

interface Marked {
  /** The argument with every tensor marked. */
  readonly argument: unknown;
  readonly marks: readonly Tensor[];
}

/** Marks the tensors of an argument, so that what is computed from them can be told from what is not. */
function mark(argument: unknown, op: string): Marked {
  const { leaves, paths } = flattenTree(argument);
  const marks = leaves.map((leaf, index) => {
    if (!isTensor(leaf) || !isFloat(leaf.dtype)) {
      const got = isTensor(leaf) ? leaf.dtype : typeof leaf;
      throw new DTypeError(
        `${op}: cannot take a gradient with respect to argument${paths[index] ?? ''}. Got ${got}; expected a float tensor.` +
          ` Wrap numbers with tensor(...), and pass what is not trained as another argument.`,
        { op, details: { path: paths[index] } },
      );
    }
    return bind(markOp, [resolve(leaf)], {});
  });
  return { argument: unflattenTree(argument, marks), marks };
}

/**
 * The function that computes the gradient of `fn`, a scalar function of trees of tensors: `∂fn/∂argument`, in the
 * structure of the argument.
 *
 * Gradients can be taken again (`grad(grad(f))`). Use {@link valueAndGrad} if the loss is needed too.
 * @param fn - Returns one float scalar.
 * @param options.argument - Position of the argument. Default 0.
 * @throws {@link ShapeError} if `fn` does not return a scalar.
 * @example
 * await item(grad((x: Tensor) => mul(x, x))(tensor(3))); // => 6
 * @category Gradients
 */
export function grad<A extends readonly unknown[], const P extends number = 0>(
  fn: (...args: A) => Tensor,
  options: { readonly argument?: P } = {},
): (...args: A) => A[P] {
  const both = valueAndGrad(fn, options);
  return (...args) => both(...args)[1];
}

/**
 * As {@link grad}, but returns `[value, gradient]`.
 * @example
 * const [value, slope] = valueAndGrad((x: Tensor) => mul(x, x))(tensor(3));
 * await item(value); // => 9
 * await item(slope); // => 6
 * @category Gradients
 */
export function valueAndGrad<A extends readonly unknown[], const P extends number = 0>(
  fn: (...args: A) => Tensor,
  options: { readonly argument?: P } = {},
): (...args: A) => [Tensor, A[P]] {
  const position = options.argument ?? 0;
  return (...args) => {
    if (!Number.isInteger(position) || position < 0 || position >= args.length) {
      throw new GraphError(
        `grad: no such argument. Got argument ${position} of a call with ${args.length}; expected 0 to ${args.length - 1}.`,
        { op: 'grad' },
      );
    }
    const { argument, marks } = mark(args[position], 'grad');
    const returned = fn(...(args.map((arg, index) => (index === position ? argument : arg)) as unknown as A));
    checkDifferentiable(returned, 'grad');
    const value = resolve(returned);
    if (value.shape.length !== 0) {
      throw new ShapeError(
        `grad: the function does not return a scalar. Got ${formatShape(value.shape)}; expected []. ` +
          `Reduce it with sum or mean, or use vjp.`,
        { op: 'grad' },
      );
    }
    const cotangents = pullBack(record([value], marks), [onesLike(value)]);
    const gradient = unflattenTree(args[position], orZeros(cotangents, marks)) as A[P];
    return [value, gradient];
  };
}

const orZeros = (cotangents: readonly (Tensor | undefined)[], like: readonly Tensor[]): Tensor[] =>
  cotangents.map((cotangent, index) => cotangent ?? zerosLike(like[index]!));

/** The result of {@link vjp}. */
export interface VjpResult<R, A> {
  /** What the function returned. */
  readonly value: R;
  /** From the cotangent of the result (its structure and shapes) to the cotangents of the arguments. */
  readonly pullback: (cotangent: R) => A;
}

/**
 * Vector-Jacobian product: the value of `fn(...args)`, and the pullback `v ↦ vᵀ · ∂fn/∂args`.
 *
 * The general form behind {@link grad}, for functions whose result is not a scalar.
 * @example
 * const { pullback } = vjp((x: Tensor) => mul(x, x), tensor([1, 2]));
 * await toArray(pullback(tensor([1, 10]))[0]); // => [2, 40]
 * @category Gradients
 */
export function vjp<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): VjpResult<R, A> {
  const { argument, marks } = mark(args, 'vjp');
  const value = fn(...(argument as A));
  const leaves = flattenTree(value).leaves;
  for (const leaf of leaves) checkDifferentiable(leaf, 'vjp');
  const outputs = (leaves as readonly Tensor[]).map(resolve);
  // Recorded now: the value may be read before the pullback is called.
  const tape = record(outputs, marks);
  const pullback = (cotangent: R): A => {
    const given = flattenTree(cotangent).leaves as Tensor[];
    checkMatches(given, outputs, 'vjp');
    const cotangents = pullBack(tape, given.map(resolve));
    return unflattenTree(args, orZeros(cotangents, marks)) as A;
  };
  return { value, pullback };
}

function checkMatches(given: readonly unknown[], like: readonly Tensor[], op: string): void {
  like.forEach((expected, index) => {
    const tensor = given[index];
    const fits = isTensor(tensor) && shapesEqual(tensor.shape, expected.shape) && tensor.dtype === expected.dtype;
    if (given.length === like.length && fits) return;
    const type = ({ dtype, shape }: Tensor): string => `${dtype} ${formatShape(shape)}`;
    const got =
      given.length !== like.length ? `${given.length} leaves` : isTensor(tensor) ? type(tensor) : typeof tensor;
    throw new ShapeError(
      `${op}: the (co)tangent does not fit. Got ${got}; expected ${type(expected)} as leaf ${index} of ${like.length}. ` +
        `Give one tensor for each.`,
      { op },
    );
  });
}

/**
 * Jacobian-vector product (forward mode): the value of `fn(...args)` and its change `∂fn/∂args · tangents`.
 *
 * Computed as the pullback of the pullback, which is linear; what that does not need is dropped before it runs.
 * @param args - The point, one tree of float tensors per argument.
 * @param tangents - The direction, in the same structure.
 * @example
 * const [, change] = jvp((x: Tensor) => mul(x, x), [tensor([1, 2])], [tensor([1, 10])]);
 * await toArray(change); // => [2, 40]
 * @category Gradients
 */
export function jvp<A extends readonly unknown[], R>(fn: (...args: A) => R, args: A, tangents: A): [R, R] {
  const { value, pullback } = vjp(fn, ...args);
  const direction = flattenTree(tangents).leaves as Tensor[];
  checkMatches(direction, flattenTree(args).leaves as Tensor[], 'jvp');
  // pullback is linear in its argument u, so ∂⟨pullback(u), t⟩/∂u is J · t wherever u is.
  const anywhere = mapTree(value, (leaf) => zerosLike(leaf as Tensor)) as R;
  const linear = vjp((u: R) => pullback(u) as readonly unknown[], anywhere);
  const [change] = linear.pullback(tangents);
  return [value, change as R];
}
