import { isVariable } from '@gai/core';
import { isModule } from './brands.ts';
import { isContainer } from './containers.ts';

/** True for what is a part of a model, or may hold or compute one: not for numbers, text and plain tensors. */
export function isStructural(value: unknown): boolean {
  return typeof value === 'function' || isVariable(value) || isModule(value) || isContainer(value);
}
