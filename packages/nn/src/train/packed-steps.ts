import { runSteps, scanSteps } from '@gai/core';
import type { Tensor, Variable } from '@gai/core';
import { currentScope } from '@gai/core/ops';
import { joined, taken } from '../optim/lay-together.ts';

/**
 * As `runSteps`, where the variables of each group go from step to step end to end, as one flat tensor. An update that joins its
 * slots anyway then finds them joined and need not cut them apart: a step of a small network consists mostly of such kernels. Only data is moved, so no bit of the result changes.
 */
export function runPackedSteps<A extends readonly unknown[], R>(
  groups: readonly (readonly Variable[])[],
  fn: (...args: A) => R,
  args: A,
): R {
  if (groups.length === 0) return runSteps(fn, args);
  const values = (group: readonly Variable[]): Tensor[] => group.map((variable) => variable.value);
  const spread = (wholes: readonly Tensor[]): void =>
    groups.forEach((group, index) => {
      taken(wholes[index]!, group).forEach((part, member) => group[member]!.assign(part));
    });
  const step = (wholes: readonly Tensor[], ...rest: A): readonly [Tensor[], R] => {
    spread(wholes);
    const result = fn(...rest);
    const next = groups.map((group) => joined(values(group)));
    // They are handed on as parts of a whole, not as variables that the step assigns.
    for (const variable of groups.flat()) currentScope()!.assignments.delete(variable);
    return [next, result];
  };
  const first: readonly Tensor[] = groups.map((group) => joined(values(group)));
  const [last, result] = scanSteps(step, first, args);
  spread(last);
  return result;
}
