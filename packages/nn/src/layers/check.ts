import { ArgumentError, DTypeError, ShapeError, formatShape, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { isFloat, isInteger, isSymbolic } from '@gai/core/ops';

/** What a layer expects of its input. */
interface Expected {
  /** The layout in words, for example `[batch, channels, height, width]`. */
  readonly layout: string;
  /** Numbers of axes that are allowed; none named: any. */
  readonly ranks?: readonly number[];
  /** An axis whose size is given by the layer's options. */
  readonly axis?: { readonly at: number; readonly size: number; readonly option: string };
}

/**
 * Refuses an input with the wrong number of axes or the wrong number of features.
 * @throws {@link ShapeError} that says which option of the layer it does not fit.
 */
export function checkInput(layer: string, x: Tensor, expected: Expected): void {
  const { layout, ranks, axis } = expected;
  checkFloat(layer, x);
  if (ranks !== undefined && !ranks.includes(x.shape.length)) {
    throw new ShapeError(
      `${layer}: wrong number of axes. Got x ${formatShape(x.shape)}; expected ${layout} with ${ranks.join(' or ')} ` +
        `axes. Reshape x.`,
      { op: layer, details: { shape: formatShape(x.shape), ranks } },
    );
  }
  if (axis === undefined) return;
  const size = x.shape.at(axis.at);
  if (size === axis.size || (size !== undefined && isSymbolic(size))) return;
  throw new ShapeError(
    `${layer}: x does not fit ${axis.option}. Got x ${formatShape(x.shape)}; expected ${layout} with ` +
      `x.shape[${axis.at}] equal to ${axis.option} (${axis.size}). ${remedyFor(x, axis)}`,
    { op: layer, details: { shape: formatShape(x.shape), [axis.option]: axis.size } },
  );
}

/** One axis where a batch is expected is the batch, as a rule, and what is missing is the axis of features. */
function remedyFor(x: Tensor, { at, size, option }: NonNullable<Expected['axis']>): string {
  if (at !== -1 || x.shape.length > 1) return `Change ${option} or the layer before.`;
  if (x.shape.length === 0) return `Give it both axes: reshape(x, [1, ${size}]).`;
  const rows = size === 1 ? 'unsqueeze(x, -1)' : `reshape(x, [-1, ${size}])`;
  return `x has one axis, which counts the features of one example; for one row per example use ${rows}.`;
}

function checkFloat(layer: string, x: Tensor): void {
  checkTensor(layer, 'x', x);
  if (isFloat(x.dtype)) return;
  throw new DTypeError(
    `${layer}: x is not a float tensor. Got ${x.dtype} ${formatShape(x.shape)}; expected float32. ` +
      `Use cast(x, 'float32').`,
    { op: layer, details: { dtype: x.dtype } },
  );
}

function checkTensor(layer: string, name: string, x: unknown): void {
  if (isTensor(x)) return;
  const got = Array.isArray(x) ? 'an array' : x === null ? 'null' : typeof x;
  throw new DTypeError(`${layer}: no tensor as ${name}. Got ${got}; expected a tensor. Make one with tensor(...).`, {
    op: layer,
  });
}

/** Refuses indices that are not integers. */
export function checkIndices(layer: string, name: string, x: Tensor): void {
  checkTensor(layer, name, x);
  if (isInteger(x.dtype)) return;
  throw new DTypeError(
    `${layer}: ${name} are not integers. Got ${x.dtype} ${formatShape(x.shape)}; expected int32. ` +
      `Use tensor(data, { dtype: 'int32' }) or cast(${name}, 'int32').`,
    { op: layer, details: { dtype: x.dtype } },
  );
}

/** Refuses sizes among a layer's options that are not whole numbers of at least 1. */
export function checkSizes(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [option, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size >= 1) continue;
    throw new ArgumentError(`${layer}: ${option} is not a size. Got ${size}; expected a whole number of at least 1.`, {
      op: layer,
      details: { [option]: size },
    });
  }
}

/** Refuses an option that is no probability. */
export function checkProbability(layer: string, p: number, option = 'p'): void {
  if (p >= 0 && p <= 1) return;
  throw new ArgumentError(`${layer}: ${option} is not a probability. Got ${p}; expected a number from 0 to 1.`, {
    op: layer,
    details: { [option]: p },
  });
}
