import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import type { GenerateOptions, GenerateResult } from './generate-options.ts';
import { searchBeams } from './beams/search-beams.ts';
import { callSettings, isSearch } from './call-settings.ts';
import { generateSteps } from './generate-steps.ts';

/**
 * Goes on with token ids until every row has ended: the best token each time, one drawn by its probability, or (`numBeams`) a search for
 * the best text as a whole.
 *
 * Rows may have different lengths and end on their own; each is what it is alone. A step computes one token per row with a cache of
 * what came before. The model is compiled at the first call, for all batches, lengths and settings; after training the next call has the
 * new weights, without compiling again. What was compiled, and its copy of the weights, stays until {@link releaseGeneration}. Settings
 * have the names and the meaning of Hugging Face's; what the model's generation_config.json says holds unless the call says otherwise.
 *
 * **Differs from the reference**: lengths count for each row, without what fills up a batch; `temperature: 0` takes the best token; beams
 * that are drawn may have a single candidate; what cannot be honoured throws.
 * @param model - A language model of this package; with an encoder, `inputIds` are its texts.
 * @param inputIds - The prompts, of any lengths, nothing filled up.
 * @param options - See {@link GenerateOptions}.
 * @returns The new tokens of each row, and why it ended; with `numReturnSequences` those of the first prompt, then of the next.
 * @throws {@link ArgumentError} for an option that there is not or cannot be honoured, ids that the model lacks, a prompt that is too
 *   long.
 * @throws {@link DataError} for a field of generation_config.json that is not known or cannot be honoured.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 16, nEmbd: 16, nLayer: 1, nHead: 2 });
 * const { sequences, finishReasons } = await generate(model, [[2, 7, 3], [5]], { maxNewTokens: 4 });
 * sequences.map((row) => row.length); // => [4, 4]
 * finishReasons; // => ['length', 'length']
 * @see Graves 2012, Sequence Transduction with Recurrent Neural Networks (beams), https://arxiv.org/abs/1211.3711
 * @see Vijayakumar et al. 2016, Diverse Beam Search, https://arxiv.org/abs/1610.02424
 * @category Generation
 */
export async function generate(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  inputIds: readonly (readonly number[])[],
  options: GenerateOptions = {},
): Promise<GenerateResult> {
  const settings = callSettings(model, options);
  if (isSearch(settings)) return searchBeams(model, inputIds, settings);
  const steps = generateSteps(model, inputIds, options);
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
  }
}
