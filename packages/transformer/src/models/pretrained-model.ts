import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Module as ModuleType } from '@gai/nn';
import { Module } from '@gai/nn';
import type { ConfigFormat } from '../config/read-config.ts';
import { fromPretrained } from '../pretrained/from-pretrained.ts';
import type { PretrainedOptions } from '../pretrained/from-pretrained.ts';
import type { NameRules } from '../pretrained/names.ts';
import type { Origin } from '../pretrained/origin.ts';
import { savePretrained } from '../pretrained/save-pretrained.ts';
import type { SaveOptions } from '../pretrained/save-pretrained.ts';

/** Two names of one parameter: that of the part which computes with it, and that under which it is saved. */
export type TiedName = readonly [name: string, of: string];

/**
 * A class of models whose files are known: what {@link PretrainedModel.fromPretrained} needs of it.
 * @category Pretrained
 */
export interface PretrainedClass<Model extends ModuleType, Config extends object> {
  new (config: Partial<Config>): Model;
  /** Its name in `architectures` of a configuration file. */
  readonly architecture: string;
  /** What the configuration file looks like. */
  readonly format: ConfigFormat<Config>;
  /** What the tensors are called. */
  readonly names: NameRules;
  /** Parameters that stand in two places if the configuration says so. */
  readonly tied?: readonly TiedName[];
}

/**
 * The base of every model here: a module with a configuration, which can be read from and saved to a folder as Hugging Face's library
 * writes it.
 * @category Pretrained
 */
export abstract class PretrainedModel<Config extends object = object> extends Module {
  /** What the model is made of. */
  readonly config: Config;
  #origin: Origin | undefined;

  constructor(config: Config) {
    super();
    this.config = config;
  }

  /**
   * Reads a model from a folder with `config.json` and `model.safetensors` or `pytorch_model.bin` (or several files and their index), or
   * from a `.gguf` file, in evaluation mode.
   * float16 and bfloat16 are converted to float32 and remembered, so that {@link PretrainedModel.savePretrained} writes them as they were.
   * @param folder - A folder of the storage, or a `.gguf` file.
   * @param options - Changes of the configuration, progress, and how strict it is.
   * @throws {@link DataError} that names missing, superfluous and misshapen tensors, or a field of config.json that is not known.
   */
  static fromPretrained<Model extends PretrainedModel<Config>, Config extends object>(
    this: PretrainedClass<Model, Config>,
    folder: string,
    options: PretrainedOptions<Config> = {},
  ): Promise<Model> {
    return fromPretrained(this, folder, options);
  }

  /** Where the weights come from; undefined for a model that was made anew. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** @internal */
  set origin(origin: Origin | undefined) {
    this.#origin = origin;
  }

  /**
   * Writes `config.json`, `generation_config.json` if there was one, `model.safetensors` and a model card, in the dtypes of the files it
   * was read from. Weights that are there stay until the new ones are whole, also those of several files: a process that ends in between
   * leaves the weights of the one model or of the other. `config.json` is written after them: a model of another configuration belongs
   * into another folder, since new weights beside the old configuration may be left.
   * @param folder - A folder of the storage.
   */
  savePretrained(folder: string, options: SaveOptions = {}): Promise<void> {
    checkOptionNames('savePretrained', options, ['storage', 'dtype', 'maxShardBytes', 'card']);
    const rule = 'the path of a folder, which is made if there is none';
    checkArgument(typeof folder === 'string', folder, { op: 'savePretrained', name: 'folder', rule });
    return savePretrained(this, folder, options);
  }

  /** Makes parameters in two places one. */
  protected tie(names: readonly TiedName[]): void {
    const parameters = this.namedParameters();
    for (const [name, of] of names) this.replace(name, parameters.get(of)!);
  }
}
