import { loadAuto } from './load-auto.ts';
import type { AutoOptions, AutoResult } from './load-auto.ts';

/**
 * Reads a model that finds answers in a text; the class follows from the `model_type` of `config.json`.
 * @example
 * await new BertForQuestionAnswering({ vocabSize: 9, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 }).savePretrained('auto-model-for-question-answering');
 * const model = await AutoModelForQuestionAnswering.fromPretrained('auto-model-for-question-answering');
 * model.constructor.name; // => 'BertForQuestionAnswering'
 * @category Pretrained
 */
export class AutoModelForQuestionAnswering {
  /**
   * Reads a folder of Hugging Face, in evaluation mode.
   * @param folder - With `config.json` and safetensors files.
   * @param options - As for `fromPretrained` of the classes.
   * @throws {@link DataError} if there is no class for its kind of model, or the files do not fit.
   */
  static fromPretrained(folder: string, options: AutoOptions = {}): Promise<AutoResult<'questionAnswering'>> {
    return loadAuto('questionAnswering', folder, options);
  }
}
