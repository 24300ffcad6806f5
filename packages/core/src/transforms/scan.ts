import { checkOptionNames } from '../argument.ts';
import { dimEquals, formatDim } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import { checkShape, formatShape } from '../shape.ts';
import { bindAll } from '../trace/bind.ts';
import { traceRegion } from '../trace/region.ts';
import { packStep, stepType } from './scan-layout.ts';
import { scanOp } from './scan-op.ts';
import { regionInputs, tensorsLike, treeOf } from './tensor-tree.ts';
import type { TensorTree } from './tensor-tree.ts';

/** Settings of {@link scan}. */
export interface ScanOptions {
  /** Number of steps. Default: the size of the first axis of `xs`; needed where there is none. */
  readonly length?: Dim | undefined;
  /** Begin with the last step. Results keep the order of `xs`. Default false. */
  readonly reverse?: boolean | undefined;
}

const CARRY = ['scan', 'carry', 'after a step', 'at the beginning'] as const;

/**
 * Steps one after another, each with what the one before carries over: `[carry, yₜ] = fn(carry, xₜ)`. Returns the last
 * carry and all `yₜ`, stacked.
 *
 * For recurrences. Compiled to one node whose size does not depend on the number of steps, and so is its gradient; the
 * values the gradient needs are kept for every step (put {@link checkpoint} around the body to keep fewer). Tensors and
 * variables used from outside are the same in every step and get gradients too. Random numbers: pass `split` keys as
 * `xs`, or `foldIn` a carried counter; a key from outside gives the same numbers in every step.
 * @param fn - From the carry and one step of `xs` (its first axis gone) to the next carry and one step of the result. Each
 *   carry must keep its structure, dtypes and shapes. It is run once, to be traced.
 * @param init - The first carry: a tree of tensors; numbers count as float32.
 * @param xs - A tree of tensors with equal first sizes, or null.
 * @param options.length - Number of steps; a symbolic one must not be 0 when it runs. Default: the first size of `xs`.
 * @param options.reverse - Begin with the last step. Default false.
 * @returns The last carry, and a tree of the results with a first axis of `length`.
 * @throws {@link ShapeError} if the first sizes differ, or a carry changes its shape.
 * @throws {@link GraphError} if the structure of the carry changes, or `fn` assigns a variable.
 * @throws {@link BackendError} before anything runs, on a provider without loops (webgpu), for more than 64 steps or a
 *   symbolic length.
 * @example
 * const [total, sums] = scan((carry: Tensor, x: Tensor) => [add(carry, x), add(carry, x)], tensor(0), tensor([1, 2, 3]));
 * await item(total); // => 6
 * await toArray(sums); // => [1, 3, 6]
 * @see JAX, https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html
 * @category Control flow
 */
export function scan<C, X, Y>(
  fn: (carry: C, x: X) => readonly [carry: C, y: Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [carry: C, ys: Y] {
  checkOptionNames('scan', options, ['length', 'reverse']);
  const carry = treeOf(init, 'scan');
  const sequences = treeOf(xs, 'scan');
  const length = lengthOf(sequences, options.length);
  const first = carry.tensors.length;
  const types = [
    ...regionInputs(carry, 'carry'),
    ...regionInputs(sequences, 'x').map((input) => ({ ...input, ...stepType(input) })),
  ];
  let results: TensorTree | undefined;
  const name = fn.name === '' ? 'step' : fn.name;
  const region = traceRegion({ op: 'scan', name, inputs: types }, (inputs) => {
    const returned = fn(carry.rebuild(inputs.slice(0, first)) as C, sequences.rebuild(inputs.slice(first)) as X);
    const [next, y] = pairOf(returned);
    results = treeOf(y, 'scan');
    return [...tensorsLike(next, carry, CARRY), ...results.tensors];
  });
  const steps = region.graph.outputs.slice(first).map(packStep);
  const attrs = { constants: region.captured.length, carries: first, length, reverse: options.reverse ?? false, steps };
  const inputs = [...region.captured, ...carry.tensors, ...sequences.tensors];
  const outputs = first + steps.length === 0 ? [] : bindAll(scanOp, inputs, attrs, [region.graph]);
  return [carry.rebuild(outputs.slice(0, first)) as C, results!.rebuild(outputs.slice(first)) as Y];
}

function lengthOf({ tensors, paths }: TensorTree, stated: Dim | undefined): Dim {
  const scalar = tensors.findIndex(({ shape }) => shape.length === 0);
  if (scalar >= 0) {
    throw new ShapeError(
      `scan: xs${paths[scalar]} has no axis to step along. Got a scalar; expected at least one axis. ` +
        `Use a value that is the same in every step from outside the function.`,
      { op: 'scan' },
    );
  }
  const length = stated ?? tensors[0]?.shape[0];
  if (length === undefined) {
    throw new GraphError(
      'scan: no number of steps. Got xs without tensors and no length; expected one of them. Pass { length }.',
      { op: 'scan' },
    );
  }
  checkShape([length], 'scan');
  const other = tensors.findIndex(({ shape }) => !dimEquals(shape[0]!, length));
  if (other < 0) return length;
  throw new ShapeError(
    `scan: the numbers of steps differ. Got xs${paths[other]} ${formatShape(tensors[other]!.shape)}; expected ` +
      `${formatDim(length)} as first size${stated === undefined ? `, as xs${paths[0]} has` : ', the length'}. Cut or pad it.`,
    { op: 'scan' },
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
    `scan: the function does not return a pair. Got ${got}; expected [carry, y]. Return null for no y.`,
    {
      op: 'scan',
    },
  );
}
