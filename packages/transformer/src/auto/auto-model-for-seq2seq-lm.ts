import { loadAuto } from './load-auto.ts';
import type { AutoOptions, AutoResult } from './load-auto.ts';

/**
 * Reads a model that turns one text into another; the class follows from the `model_type` of `config.json`.
 * @example
 * await new T5ForConditionalGeneration({ vocabSize: 9, dModel: 4, dKv: 4, dFf: 4, numLayers: 1, numHeads: 1 }).savePretrained('auto-model-for-seq2seq-lm');
 * const model = await AutoModelForSeq2SeqLM.fromPretrained('auto-model-for-seq2seq-lm');
 * model.constructor.name; // => 'T5ForConditionalGeneration'
 * @category Pretrained
 */
export class AutoModelForSeq2SeqLM {
  /**
   * Reads a folder of Hugging Face, in evaluation mode.
   * @param folder - With `config.json` and safetensors files.
   * @param options - As for `fromPretrained` of the classes.
   * @throws {@link DataError} if there is no class for its kind of model, or the files do not fit.
   */
  static fromPretrained(folder: string, options: AutoOptions = {}): Promise<AutoResult<'seq2SeqLM'>> {
    return loadAuto('seq2SeqLM', folder, options);
  }
}
