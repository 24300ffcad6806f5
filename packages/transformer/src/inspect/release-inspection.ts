import type { DecoderLanguageModel } from '../models/generative.ts';
import { releaseInspectPrograms } from './inspect-program.ts';

/**
 * Frees what {@link inspect} has compiled of a model, on whichever backends, with its copies of the weights. The next call compiles again.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 16, nEmbd: 16, nLayer: 1, nHead: 2 });
 * await inspect(model, [2, 7]);
 * await releaseInspection(model);
 * @category Inspecting
 */
export function releaseInspection(model: DecoderLanguageModel): Promise<void> {
  return releaseInspectPrograms(model);
}
