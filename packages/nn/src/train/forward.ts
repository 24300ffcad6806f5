import { ArgumentError, flattenTree, isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Module } from '../module.ts';
import type { ModelInput } from './source.ts';

/** What a model gives for its inputs: a tensor or a tree of them. */
export function forward(model: Module, inputs: readonly ModelInput[], op: string): unknown {
  const outputs = model.forward(...inputs);
  if (flattenTree(outputs).leaves.some(isTensor)) return outputs;
  throw new ArgumentError(
    `${op}: the model returns no tensor. Got ${describe(outputs)}; expected a tensor, or arrays and plain objects of them.`,
    { op },
  );
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null ? `an instance of ${value.constructor?.name ?? 'nothing'}` : typeof value;

/** What metrics compare, from outputs and targets. */
export function metricInputsOf<O, T>(
  { metricInputs }: { readonly metricInputs?: ((outputs: O, targets: T) => readonly [Tensor, Tensor]) | undefined },
  op: string,
): (outputs: O, targets: T) => readonly [Tensor, Tensor] {
  if (metricInputs !== undefined) return metricInputs;
  return (outputs, targets) => {
    if (isTensor(outputs) && isTensor(targets)) return [outputs, targets];
    throw new ArgumentError(
      `${op}: metrics compare two tensors. Got ${isTensor(outputs) ? 'targets' : 'outputs'} that are a tree; expected one ` +
        `tensor each. Pass metricInputs: (outputs, targets) => [outputs.logits, targets.labels].`,
      { op },
    );
  };
}
