import { Embedding, Parameter, init } from '@gai/nn';
import type { Module } from '@gai/nn';
import { DotProductAttention } from '../attention/dot-product-attention.ts';
import type { ConfigJson } from '../config/fields.ts';
import { readConfig } from '../config/read-config.ts';
import type { PretrainedClass, PretrainedModel } from '../models/pretrained-model.ts';

/**
 * What {@link modelSize} counts.
 * @category Pretrained
 */
export interface ModelSize<Config extends object> {
  /** The whole configuration. */
  readonly config: Config;
  /** Numbers that are learned; those in two places count once. */
  readonly parameters: number;
  /** Numbers of the matrices that each token is multiplied with: without tables that are looked up, and with an output that is tied to one. */
  readonly multiplied: number;
  /** Attentions that there are. */
  readonly attentions: number;
}

/**
 * Counts what a model of a configuration consists of, without memory for its weights: of any size.
 * @param Class - A class of this package.
 * @param configJson - The parts of a `config.json`.
 * @throws {@link DataError} for a field that is not known.
 * @example
 * const { parameters } = modelSize(GPT2LMHeadModel, { model_type: 'gpt2', n_embd: 12288, n_layer: 96, n_head: 96, n_positions: 2048 });
 * parameters; // => 174604259328
 * @category Pretrained
 */
export function modelSize<Model extends PretrainedModel<Config>, Config extends object>(
  Class: PretrainedClass<Model, Config>,
  configJson: ConfigJson,
): ModelSize<Config> {
  const config = readConfig(configJson, Class.format);
  const model = init.withoutInitialValues(() => new Class(config));
  const modules = [...model.namedModules().values()];
  return {
    config: model.config,
    parameters: sum([...model.namedParameters().values()].map(countOf)),
    multiplied: sum(modules.map(multipliedIn)),
    attentions: modules.filter((module) => module instanceof DotProductAttention).length,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const countOf = ({ shape }: Parameter): number => shape.reduce<number>((count, size) => count * Number(size), 1);

function multipliedIn(module: Module): number {
  if (module instanceof Embedding || !('weight' in module)) return 0;
  const { weight } = module;
  return weight instanceof Parameter && weight.shape.length === 2 ? countOf(weight) : 0;
}
