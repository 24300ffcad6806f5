import { DTypeError, ShapeError, formatShape, isTensor } from '@gai/core';
import type { Shape, Tensor } from '@gai/core';
import { dimEquals, isFloat, isInteger, shapesEqual } from '@gai/core/ops';
import { describe } from '../describe.ts';

/** Refuses outputs that are not floats. */
export function checkOutputs(loss: string, outputs: Tensor): void {
  if (!isTensor(outputs)) throw noTensor(loss, 'outputs', outputs);
  if (isFloat(outputs.dtype)) return;
  throw new DTypeError(
    `${loss}: the outputs are not floats. Got ${outputs.dtype} ${formatShape(outputs.shape)}; expected float32. ` +
      `Pass the model's outputs first, the targets second.`,
    { op: loss, details: { dtype: outputs.dtype } },
  );
}

/** Refuses outputs or targets that are trees, or nothing. */
export function checkTensors(loss: string, outputs: unknown, targets: unknown): void {
  if (!isTensor(outputs)) throw noTensor(loss, 'outputs', outputs);
  if (!isTensor(targets)) throw noTensor(loss, 'targets', targets);
}

function noTensor(loss: string, what: string, value: unknown): DTypeError {
  const isText = Array.isArray(value) && typeof value[0] === 'string';
  const got = isText ? `${describe(value)} texts ('${String(value[0]).slice(0, 20)}', …)` : describe(value);
  return new DTypeError(
    `${loss}: the ${what} are no tensor. Got ${got}; expected a tensor. ${remedyFor(loss, what, value)}`,
    {
      op: loss,
    },
  );
}

function remedyFor(loss: string, what: string, value: unknown): string {
  if (Array.isArray(value)) {
    return typeof value[0] === 'string'
      ? `Number the classes: labels.map((label) => classes.indexOf(label)), as int32.`
      : `Make one with tensor(...).`;
  }
  const columns = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const column = columns.find((name) => name !== 'x') ?? 'label';
  // A batch without y is handed to the loss as it is.
  if (what === 'targets' && columns.length > 0)
    return `Say what is compared: in fit, targets: ({ ${column} }) => ${column}; else pass ${loss} the part that is meant.`;
  return `Pass the part that is meant: (outputs, targets) => ${loss}(outputs.logits, targets.labels).`;
}

/** Refuses targets of another shape than the outputs: broadcasting them would silently compare everything with all. */
export function checkSameShape(loss: string, outputs: Tensor, targets: Tensor): void {
  checkTensors(loss, outputs, targets);
  checkOutputs(loss, outputs);
  if (shapesEqual(outputs.shape, targets.shape)) return;
  throw new ShapeError(
    `${loss}: outputs and targets differ in shape. Got outputs ${formatShape(outputs.shape)} and targets ` +
      `${formatShape(targets.shape)}; expected equal shapes. Reshape or expand one of them.`,
    { op: loss, details: { outputs: formatShape(outputs.shape), targets: formatShape(targets.shape) } },
  );
}

/** The shape of class indices for outputs `[batch, classes, ...]`. */
export function labelShape(outputs: Tensor): Shape {
  return [...outputs.shape.slice(0, 1), ...outputs.shape.slice(2)];
}

/** Refuses outputs without a class axis, and class indices that do not fit them. */
export function checkLabels(op: string, outputs: Tensor, targets: Tensor): void {
  checkTensors(op, outputs, targets);
  checkClasses(op, outputs);
  if (!isInteger(targets.dtype)) {
    throw new DTypeError(
      `${op}: targets are not class indices. Got ${targets.dtype} ${formatShape(targets.shape)}; expected int32 ` +
        `${formatShape(labelShape(outputs))}. Use tensor(labels, { dtype: 'int32' }).`,
      { op, details: { dtype: targets.dtype } },
    );
  }
  if (shapesEqual(targets.shape, labelShape(outputs))) return;
  throw new ShapeError(
    `${op}: outputs and targets do not fit. Got outputs ${formatShape(outputs.shape)} and class indices ` +
      `${formatShape(targets.shape)}; expected class indices ${formatShape(labelShape(outputs))}: one for each ` +
      `example, and the classes along axis 1 of the outputs.`,
    { op, details: { outputs: formatShape(outputs.shape), targets: formatShape(targets.shape) } },
  );
}

/** Refuses outputs that are not `[batch, classes, ...]` floats. */
export function checkClasses(op: string, outputs: Tensor): void {
  checkOutputs(op, outputs);
  if (outputs.shape.length >= 2) return;
  throw new ShapeError(
    `${op}: the outputs have no class axis. Got ${formatShape(outputs.shape)}; expected [batch, classes, ...]. ` +
      `Add the batch axis with unsqueeze(outputs, 0).`,
    { op, details: { shape: formatShape(outputs.shape) } },
  );
}

/** Refuses class weights that are not `[classes]`. */
export function checkWeight(loss: string, weight: Tensor, outputs: Tensor): void {
  const classes = outputs.shape[1]!;
  if (weight.shape.length === 1 && dimEquals(weight.shape[0]!, classes)) return;
  throw new ShapeError(
    `${loss}: weight does not fit the classes. Got weight ${formatShape(weight.shape)} and outputs ` +
      `${formatShape(outputs.shape)}; expected weight ${formatShape([classes])}.`,
    { op: loss },
  );
}
