import { isVariable } from '@gai/core';
import { isContainer } from './containers.ts';
import { isObserved } from './targets.ts';

/** True for what is a part of a model, or may hold or compute one: not for numbers, text and plain tensors. */
export function isStructural(value: unknown): boolean {
  return typeof value === 'function' || isVariable(value) || isObserved(value) || isContainer(value);
}
