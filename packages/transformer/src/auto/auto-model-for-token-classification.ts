import { loadAuto } from './load-auto.ts';
import type { AutoOptions, AutoResult } from './load-auto.ts';

/**
 * Reads a model that sorts tokens into classes; the class follows from the `model_type` of `config.json`.
 * @example
 * await new BertForTokenClassification({ vocabSize: 9, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 }).savePretrained('auto-model-for-token-classification');
 * const model = await AutoModelForTokenClassification.fromPretrained('auto-model-for-token-classification');
 * model.constructor.name; // => 'BertForTokenClassification'
 * @category Pretrained
 */
export class AutoModelForTokenClassification {
  /**
   * Reads a folder of Hugging Face, in evaluation mode.
   * @param folder - With `config.json` and safetensors files.
   * @param options - As for `fromPretrained` of the classes.
   * @throws {@link DataError} if there is no class for its kind of model, or the files do not fit.
   */
  static fromPretrained(folder: string, options: AutoOptions = {}): Promise<AutoResult<'tokenClassification'>> {
    return loadAuto('tokenClassification', folder, options);
  }
}
