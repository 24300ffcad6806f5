import { cast, div, mul, neg } from '@gai/core';
import type { Tensor } from '@gai/core';
import { isFloat, isSymbolic } from '@gai/core/ops';
import { recordOf } from './parts.ts';

/** What a loss is a sum of, each with what must be known to put it together from parts of a batch. */
export type Summand =
  /** A mean of this package, perhaps scaled. `byRows`: the count is the same for every row. */
  | { readonly kind: 'mean'; readonly sum: Tensor; readonly count: Tensor; readonly byRows: boolean }
  /** A sum of this package; `scaled` if not as it came. */
  | { readonly kind: 'sum'; readonly sum: Tensor; readonly scaled: boolean }
  /** The same for every part of a batch: a penalty on weights. */
  | { readonly kind: 'fixed'; readonly value: Tensor }
  /** Anything else, which counts as a mean over rows; `sumOverRows` if it is plainly none. */
  | { readonly kind: 'other'; readonly value: Tensor; readonly sumOverRows: boolean };

/** Takes a scalar apart at sums, differences and products with what is the same for every part of a batch. */
export function summandsOf(loss: Tensor): Summand[] {
  const record = recordOf(loss);
  if (record !== undefined) {
    const { sum, count } = record.parts(loss);
    return [count === null ? { kind: 'sum', sum, scaled: false } : { kind: 'mean', sum, count, byRows: record.byRows }];
  }
  if (isFixed(loss)) return [{ kind: 'fixed', value: loss }];
  return ofOp(loss) ?? [{ kind: 'other', value: loss, sumOverRows: isSumOverRows(loss) }];
}

function ofOp({ node: { op, inputs }, index, dtype }: Tensor): Summand[] | undefined {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  if (op === null || inputs.some(({ shape }) => shape.length > 0)) return undefined;
  if (op.alias !== undefined) return summandsOf(inputs[op.alias(index, inputs.length)]!);
  if (op.name === 'add') return [...summandsOf(a), ...summandsOf(b)];
  if (op.name === 'sub') return [...summandsOf(a), ...scaled(b, neg)];
  if (op.name === 'neg') return scaled(a, neg);
  if (op.name === 'cast' && isFloat(a.dtype)) return scaled(a, (value) => cast(value, dtype));
  if (op.name === 'div' && isFixed(b)) return scaled(a, (value) => div(value, b));
  if (op.name !== 'mul') return undefined;
  if (isFixed(b)) return scaled(a, (value) => mul(value, b));
  return isFixed(a) ? scaled(b, (value) => mul(a, value)) : undefined;
}

function scaled(loss: Tensor, change: (value: Tensor) => Tensor): Summand[] {
  return summandsOf(loss).map((summand) => {
    if (summand.kind === 'mean') return { ...summand, sum: change(summand.sum) };
    if (summand.kind === 'sum') return { ...summand, sum: change(summand.sum), scaled: true };
    return { ...summand, value: change(summand.value) };
  });
}

/** Whether a tensor is the same for every part of a batch: no rows went into it, nor how many there are. */
function isFixed(tensor: Tensor): boolean {
  const seen = new Set([tensor.node]);
  for (const { values, outputs, inputs } of seen) {
    if (outputs.some(({ shape }) => shape.some(isSymbolic))) return false;
    // A scalar of a batch is the same for all its parts.
    if (values[0]?.kind === 'input' && outputs[0]!.shape.length > 0) return false;
    for (const input of inputs) seen.add(input.node);
  }
  return true;
}

/** Whether a loss of this package that does not count by rows is somewhere in a value. */
export function hidesLoss(value: Tensor): boolean {
  const seen = new Set([value.node]);
  for (const { inputs } of seen) {
    for (const input of inputs) {
      if (recordOf(input)?.byRows === false) return true;
      seen.add(input.node);
    }
  }
  return false;
}

/** The rows of a part have no fixed number. */
function isSumOverRows({ node }: Tensor): boolean {
  if (node.op?.name === 'reshape') return isSumOverRows(node.inputs[0]!);
  return node.op?.name === 'sum' && node.inputs.some(({ shape }) => shape.some(isSymbolic));
}
