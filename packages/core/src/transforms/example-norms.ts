import { dimDivide, dimEquals, dimMul } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { GraphError, internalError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { equal } from '../ops/compare.ts';
import { tapViews, padAround } from '../ops/conv-patches.ts';
import type { ConvAttrs } from '../ops/conv-ops.ts';
import { mul, square } from '../ops/elementwise.ts';
import { matmul } from '../ops/linalg.ts';
import { concat, unsqueeze } from '../ops/movement.ts';
import { cast, reshape, sum } from '../ops/structural.ts';
import { sizeOf } from '../shape.ts';
import { callRule, sumTo } from './vjp.ts';
import type { TapeStep } from './vjp.ts';

/** Where something that all examples share meets them: operand `position` of a step, and the cotangents that arrive there. */
export interface Meeting {
  readonly step: TapeStep;
  readonly position: number;
  readonly dys: readonly (Tensor | undefined)[];
  /** Number of examples. */
  readonly size: Dim;
}

/** Sums of squares by example, `[examples]`, of a tensor `[examples, ...]`. */
const squares = (x: Tensor): Tensor => sum(square(reshape(x, [x.shape[0]!, sizeOf(x.shape.slice(1))])), { axis: 1 });

/** `[examples · rows, ...]` → `[examples, rows, ...]`. */
function apart(x: Tensor, size: Dim): Tensor {
  const rows = dimDivide(x.shape[0]!, size);
  if (rows === undefined) throw internalError('rows of examples that do not divide by their number.');
  return reshape(x, [size, rows, ...x.shape.slice(1)]);
}

/**
 * `‖Σₜ dyₜ xₜᵀ‖²` of each example for `[examples, rows, columns]`: of one row `‖x‖²‖dy‖²`, of several by the products of all
 * pairs of rows, `Σₛₜ (xₛ·xₜ)(dyₛ·dyₜ)`, or by the gradients themselves, whichever is less work.
 */
function ofProducts(x: Tensor, dy: Tensor): Tensor {
  const [, rows, inputs] = x.shape as [Dim, Dim, Dim];
  const outputs = dy.shape[2]!;
  if (dimEquals(rows, 1)) return mul(squares(x), squares(dy));
  const known = typeof rows === 'number' && typeof inputs === 'number' && typeof outputs === 'number';
  if (known && rows * (inputs + outputs) > inputs * outputs) return squares(matmul(dy, x, { transposeA: true }));
  const pairs = mul(matmul(x, x, { transposeB: true }), matmul(dy, dy, { transposeB: true }));
  return sum(pairs, { axis: [1, 2] });
}

/** `x·wᵀ + b` and `x·w`. */
function ofLinear({ step, position, dys, size }: Meeting): Tensor {
  const [x] = step.inputs as [Tensor];
  const dy = apart(dys[0]!, size);
  return position === 1 ? ofProducts(apart(x, size), dy) : squares(sum(dy, { axis: 1 }));
}

function ofConv({ step, position, dys, size }: Meeting): Tensor {
  const [x] = step.inputs as [Tensor];
  const attrs = step.node.attrs as unknown as ConvAttrs;
  const dy = reshape(dys[0]!, [size, dys[0]!.shape[1]!, sizeOf(dys[0]!.shape.slice(2))]); // [N, out, places]
  if (position === 2) return squares(sum(dy, { axis: 2 }));
  const { groups } = attrs;
  const each = dimDivide(x.shape[1]!, groups)!;
  const views = tapViews(padAround(x, attrs), attrs).map((view) =>
    reshape(view, [dimMul(size, groups), each, sizeOf(view.shape.slice(2))]),
  );
  const patches = concat(views, { axis: 1 }); // [N · groups, taps · in / groups, places]
  const from = dimDivide(dy.shape[1]!, groups)!;
  const byGroup = reshape(dy, [dimMul(size, groups), from, dy.shape[2]!]);
  const gradients = matmul(byGroup, patches, { transposeB: true });
  return squares(reshape(gradients, [size, groups, ...gradients.shape.slice(1)]));
}

/** Scale and shift by channel. */
function ofChannels({ step, position, dys, size }: Meeting): Tensor {
  const [x] = step.inputs as [Tensor];
  const dy = position === 1 ? mul(dys[0]!, x) : dys[0]!;
  return squares(sum(reshape(dy, [size, dy.shape[1]!, sizeOf(dy.shape.slice(2))]), { axis: 2 }));
}

/** Rows of a table: those looked up twice add up. */
function ofGather({ step, dys, size }: Meeting): Tensor {
  const [table, indices] = step.inputs as [Tensor, Tensor];
  const places = dimDivide(sizeOf(indices.shape), size)!;
  const at = reshape(indices, [size, places]);
  const dy = reshape(dys[0]!, [size, places, sizeOf(table.shape.slice(1))]);
  if (dimEquals(places, 1)) return squares(dy);
  const same = cast(equal(unsqueeze(at, 2), unsqueeze(at, 1)), dy.dtype); // [N, places, places]
  return sum(mul(same, matmul(dy, dy, { transposeB: true })), { axis: [1, 2] });
}

/** Ops whose rules give the cotangent in the shape of the result: it is added up within each example here. */
function ofBroadcast(meeting: Meeting): Tensor {
  const { step, position, dys, size } = meeting;
  const shared = step.inputs[position]!;
  const needed = step.inputs.map((_, index) => index === position);
  const given = callRule(step, dys, needed)[position];
  if (given == null) return unknown(meeting);
  const isWhole = given.shape.length > shared.shape.length || shared.shape[0] === 1;
  if (!isWhole || dimDivide(given.shape[0]!, size) === undefined) return unknown(meeting);
  const rank = given.shape.length - shared.shape.length;
  const own = rank > 0 ? shared.shape : shared.shape.slice(1);
  // What lies between the rows and the shared axes has size 1 in the result.
  const between = Array.from({ length: Math.max(rank - 1, 0) }, (): Dim => 1);
  return squares(sumTo(apart(given, size), [size, 1, ...between, ...own]));
}

function unknown({ step: { node, inputs }, position }: Meeting): never {
  const made = node.origin === undefined ? '' : ` It was made at ${node.origin}.`;
  throw new GraphError(
    `clippedGradients: no rule for the gradients of '${node.op!.name}' by example. Got a shared operand ${position} of ` +
      `${inputs.length}; expected one of linear, matmul (right), conv, gather, an elementwise op or a norm.${made} ` +
      `Take the gradient of each example in a scan.`,
    { op: 'clippedGradients', details: { operation: node.op!.name, origin: node.origin } },
  );
}

const RULES: Readonly<Record<string, (meeting: Meeting) => Tensor>> = {
  linear: ofLinear,
  matmul: ofLinear,
  conv: ofConv,
  channelAffine: ofChannels,
  gather: ofGather,
};

/** The squared norm of the gradient of each example at a place where it meets what all share. */
export function normAt(meeting: Meeting): Tensor {
  const { name } = meeting.step.node.op!;
  return (Object.hasOwn(RULES, name) ? RULES[name]! : ofBroadcast)(meeting);
}

/** A cotangent with the rows of each example multiplied by its weight. */
export function weighExamples(dy: Tensor, weights: Tensor): Tensor {
  const [size] = weights.shape as [Dim];
  const flat = reshape(dy, [size, dimDivide(sizeOf(dy.shape), size)!]);
  return reshape(mul(flat, unsqueeze(weights, 1)), dy.shape);
}
