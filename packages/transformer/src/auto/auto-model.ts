import { loadAuto } from './load-auto.ts';
import type { AutoOptions, AutoResult } from './load-auto.ts';

/**
 * Reads a model without head; the class follows from the `model_type` of `config.json`.
 * @example
 * await new BertModel({ vocabSize: 9, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 }).savePretrained('auto-model');
 * const model = await AutoModel.fromPretrained('auto-model');
 * model.constructor.name; // => 'BertModel'
 * @category Pretrained
 */
export class AutoModel {
  /**
   * Reads a folder of Hugging Face, in evaluation mode.
   * @param folder - With `config.json` and safetensors files.
   * @param options - As for `fromPretrained` of the classes.
   * @throws {@link DataError} if there is no class for its kind of model, or the files do not fit.
   */
  static fromPretrained(folder: string, options: AutoOptions = {}): Promise<AutoResult<'base'>> {
    return loadAuto('base', folder, options);
  }
}
