import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { releaseSteps } from './step-program.ts';

/**
 * Frees what {@link generate} has compiled of a model, on whichever backends, with its copies of the weights. The next call compiles again.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 16, nEmbd: 16, nLayer: 1, nHead: 2 });
 * await generate(model, [[2, 7]], { maxNewTokens: 1 });
 * await releaseGeneration(model);
 * @category Generation
 */
export function releaseGeneration(model: CausalLanguageModel | Seq2SeqLanguageModel): Promise<void> {
  return releaseSteps(model);
}
