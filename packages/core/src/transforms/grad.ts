import { checkOptionNames } from '../argument.ts';
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

/** Settings of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions<P extends number | readonly number[] = 0> {
  /** Position of the argument, or a list of positions (JAX's `argnums`). Default 0. */
  readonly argument?: P;
  /** The function returns `[value, aux]`, and only `value` is differentiated. Default false. */
  readonly hasAux?: boolean | undefined;
}

/** The gradients with respect to several arguments. */
export type Gradients<A extends readonly unknown[], P extends readonly number[]> = {
  -readonly [Index in keyof P]: A[P[Index]];
};

/**
 * The function that computes the gradient of `fn`, a scalar function of trees of tensors: `∂fn/∂argument`, in the
 * structure of the argument.
 *
 * Gradients can be taken again (`grad(grad(f))`). Use {@link valueAndGrad} if the loss is needed too.
 * @param fn - Returns one float scalar; with `hasAux` a pair of it and anything else.
 * @param options.argument - Position of the argument, or a list of positions (JAX's `argnums`). Default 0.
 * @param options.hasAux - `fn` returns `[value, aux]`; the result is `[gradient, aux]` then. Default false.
 * @returns The gradient; for a list of positions a list of gradients.
 * @throws {@link ShapeError} if `fn` does not return a scalar.
 * @example
 * await item(grad((x: Tensor) => mul(x, x))(tensor(3))); // => 6
 * const [dx, dy] = grad((x: Tensor, y: Tensor) => mul(x, y), { argument: [0, 1] })(tensor(3), tensor(4));
 * await item(dx); // => 4
 * await item(dy); // => 3
 * @category Gradients
 */
export function grad<A extends readonly unknown[], const P extends number = 0>(
  fn: (...args: A) => Tensor,
  options?: GradOptions<P> & { readonly hasAux?: false | undefined },
): (...args: A) => A[P];
export function grad<A extends readonly unknown[], const P extends readonly number[]>(
  fn: (...args: A) => Tensor,
  options: GradOptions<P> & { readonly argument: P; readonly hasAux?: false | undefined },
): (...args: A) => Gradients<A, P>;
export function grad<A extends readonly unknown[], X, const P extends number = 0>(
  fn: (...args: A) => readonly [value: Tensor, aux: X],
  options: GradOptions<P> & { readonly hasAux: true },
): (...args: A) => [gradient: A[P], aux: X];
export function grad<A extends readonly unknown[], X, const P extends readonly number[]>(
  fn: (...args: A) => readonly [value: Tensor, aux: X],
  options: GradOptions<P> & { readonly argument: P; readonly hasAux: true },
): (...args: A) => [gradients: Gradients<A, P>, aux: X];
export function grad(fn: AnyFunction, options: AnyOptions = {}): (...args: unknown[]) => unknown {
  checkOptionNames('grad', options, ['argument', 'hasAux']);
  return (...args) => {
    const { aux, gradient } = differentiate(fn, args, options);
    return options.hasAux === true ? [gradient, aux] : gradient;
  };
}

/**
 * As {@link grad}, but returns `[value, gradient]`; with `hasAux` `[[value, aux], gradient]`.
 * @example
 * const [value, slope] = valueAndGrad((x: Tensor) => mul(x, x))(tensor(3));
 * await item(value); // => 9
 * await item(slope); // => 6
 * @category Gradients
 */
export function valueAndGrad<A extends readonly unknown[], const P extends number = 0>(
  fn: (...args: A) => Tensor,
  options?: GradOptions<P> & { readonly hasAux?: false | undefined },
): (...args: A) => [value: Tensor, gradient: A[P]];
export function valueAndGrad<A extends readonly unknown[], const P extends readonly number[]>(
  fn: (...args: A) => Tensor,
  options: GradOptions<P> & { readonly argument: P; readonly hasAux?: false | undefined },
): (...args: A) => [value: Tensor, gradients: Gradients<A, P>];
export function valueAndGrad<A extends readonly unknown[], X, const P extends number = 0>(
  fn: (...args: A) => readonly [value: Tensor, aux: X],
  options: GradOptions<P> & { readonly hasAux: true },
): (...args: A) => [returned: [value: Tensor, aux: X], gradient: A[P]];
export function valueAndGrad<A extends readonly unknown[], X, const P extends readonly number[]>(
  fn: (...args: A) => readonly [value: Tensor, aux: X],
  options: GradOptions<P> & { readonly argument: P; readonly hasAux: true },
): (...args: A) => [returned: [value: Tensor, aux: X], gradients: Gradients<A, P>];
export function valueAndGrad(fn: AnyFunction, options: AnyOptions = {}): (...args: unknown[]) => unknown {
  checkOptionNames('valueAndGrad', options, ['argument', 'hasAux']);
  return (...args) => {
    const { value, aux, gradient } = differentiate(fn, args, options);
    return [options.hasAux === true ? [value, aux] : value, gradient];
  };
}

type AnyFunction = (...args: never[]) => unknown;
type AnyOptions = GradOptions<number | readonly number[]>;

interface Differentiated {
  readonly value: Tensor;
  readonly aux: unknown;
  readonly gradient: unknown;
}

function differentiate(fn: AnyFunction, args: readonly unknown[], options: AnyOptions): Differentiated {
  const { argument: asked = 0, hasAux = false } = options;
  const positions = typeof asked === 'number' ? [asked] : asked;
  for (const position of positions) checkPosition(position, args.length);
  const marked = new Map(positions.map((position) => [position, mark(args[position], 'grad')]));
  const returned = fn(...(args.map((arg, index) => marked.get(index)?.argument ?? arg) as never[]));
  const [output, aux] = hasAux ? pairOf(returned) : [returned, undefined];
  const value = scalarOf(output);
  const marks = [...marked.values()].flatMap((one) => one.marks);
  const cotangents = orZeros(pullBack(record([value], marks), [onesLike(value)]), marks);
  const gradients = new Map<number, unknown>();
  for (const [position, one] of marked) {
    gradients.set(position, unflattenTree(args[position], cotangents.splice(0, one.marks.length)));
  }
  const all = positions.map((position) => gradients.get(position));
  return { value, aux, gradient: typeof asked === 'number' ? all[0] : all };
}

function checkPosition(position: number, count: number): void {
  if (Number.isInteger(position) && position >= 0 && position < count) return;
  throw new GraphError(
    `grad: no such argument. Got argument ${position} of a call with ${count}; expected 0 to ${count - 1}.`,
    { op: 'grad' },
  );
}

function pairOf(returned: unknown): readonly [unknown, unknown] {
  if (Array.isArray(returned) && returned.length === 2) return returned as unknown as [unknown, unknown];
  const got = isTensor(returned)
    ? 'a tensor'
    : Array.isArray(returned)
      ? `${returned.length} elements`
      : typeof returned;
  throw new GraphError(
    `grad: the function does not return a pair. Got ${got}; expected [value, aux] because of hasAux. Return both, or ` +
      `leave hasAux out.`,
    { op: 'grad' },
  );
}

function scalarOf(output: unknown): Tensor {
  checkDifferentiable(output, 'grad');
  const value = resolve(output);
  if (value.shape.length === 0) return value;
  throw new ShapeError(
    `grad: the function does not return a scalar. Got ${formatShape(value.shape)}; expected []. ` +
      `Reduce it with sum or mean, or use vjp.`,
    { op: 'grad' },
  );
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

export function checkMatches(given: readonly unknown[], like: readonly Tensor[], op: string): void {
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
