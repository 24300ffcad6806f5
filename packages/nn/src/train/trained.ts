import type { Module } from '../module.ts';
import type { Parameter } from '../parameter.ts';

/** The parameters of a model that an optimizer may change, with their paths. */
export const trained = (model: Module): [path: string, parameter: Parameter][] =>
  [...model.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);

const numbers = new WeakMap<Parameter, number>();
let last = 0;

/** Which parameters a model consists of, as text: changes when one is added, removed or replaced. */
export function structureKey(model: Module): string {
  return model.parameters().map(numberOf).join();
}

function numberOf(parameter: Parameter): number {
  const known = numbers.get(parameter);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(parameter, last);
  return last;
}
