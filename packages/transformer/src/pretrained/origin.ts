import type { DType } from '@gai/core';
import type { ConfigJson } from '../config/fields.ts';

/** Where a model's weights come from, and what of their files is kept to write them back. */
export interface Origin {
  /** The folder, as it was given. */
  readonly folder: string;
  /** `config.json` as it was. */
  readonly configJson: ConfigJson;
  /** The text of `generation_config.json`, if there was one. */
  readonly generationConfig?: string | undefined;
  /** The dtype of each tensor in the files, by its name in the model. */
  readonly dtypes: ReadonlyMap<string, DType>;
  /** Tensors of the files that the model has no place for, such as those of another head. */
  readonly unused: readonly string[];
  /** Tensors of the model that the files do not have and that begin with random values: a new head. */
  readonly initialised: readonly string[];
}
