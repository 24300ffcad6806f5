import { loadAuto } from './load-auto.ts';
import type { AutoOptions, AutoResult } from './load-auto.ts';

/**
 * Reads a language model that writes from left to right; the class follows from the `model_type` of `config.json`.
 * @example
 * await new LlamaForCausalLM({ vocabSize: 9, hiddenSize: 4, intermediateSize: 4, numHiddenLayers: 1, numAttentionHeads: 1 }).savePretrained('auto-model-for-causal-lm');
 * const model = await AutoModelForCausalLM.fromPretrained('auto-model-for-causal-lm');
 * model.constructor.name; // => 'LlamaForCausalLM'
 * @category Pretrained
 */
export class AutoModelForCausalLM {
  /**
   * Reads a folder of Hugging Face, in evaluation mode.
   * @param folder - With `config.json` and safetensors files.
   * @param options - As for `fromPretrained` of the classes.
   * @throws {@link DataError} if there is no class for its kind of model, or the files do not fit.
   */
  static fromPretrained(folder: string, options: AutoOptions = {}): Promise<AutoResult<'causalLM'>> {
    return loadAuto('causalLM', folder, options);
  }
}
