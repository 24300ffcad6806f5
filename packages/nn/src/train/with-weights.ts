import type { Tensor } from '@gai/core';
import type { Module } from '../module.ts';
import { checkModel } from '../modules/check-model.ts';
import { checkFunction } from './check-options.ts';

/**
 * Runs `fn` while a model has other weights, and gives it back its own afterwards, also after an error.
 * @param model - Changed while `fn` runs; nothing else may train it then.
 * @param weights - Parameters and buffers by path, all or some of them.
 * @param fn - For example an evaluation.
 * @returns What `fn` returns.
 * @throws {@link DataError} if a name is not the model's, or a shape does not fit.
 * @example
 * const model = new Linear({ inFeatures: 1, outFeatures: 1 });
 * const weights = { weight: tensor([[3]]), bias: tensor([1]) };
 * await withWeights(model, weights, () => item(model.forward(tensor([[2]])))); // => 7
 * @category Training
 */
export async function withWeights<R>(
  model: Module,
  weights: Readonly<Record<string, Tensor>>,
  fn: () => R | Promise<R>,
): Promise<R> {
  checkModel('withWeights', model);
  checkFunction('withWeights', 'the third argument', fn, '() => … that uses the model');
  const own = model.stateDict();
  model.loadStateDict({ ...own, ...weights });
  try {
    return await fn();
  } finally {
    model.loadStateDict(own);
  }
}
