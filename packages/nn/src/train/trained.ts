import type { Module } from '../module.ts';
import type { Parameter } from '../parameter.ts';

/** The parameters of a model that an optimizer may change, with their paths. */
export const trained = (model: Module): [path: string, parameter: Parameter][] =>
  [...model.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);
