import { DataError, zeros } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { equalTensors, quoted } from '@gai/core/io';
import { Parameter, init } from '@gai/nn';
import type { Module } from '@gai/nn';
import type { ConfigJson, Field } from '../config/fields.ts';
import { modelTypes, readConfig } from '../config/read-config.ts';
import type { ConfigFormat } from '../config/read-config.ts';
import type { PretrainedClass, PretrainedModel, TiedName } from '../models/pretrained-model.ts';
import { checkChanges } from './check-changes.ts';
import { fillModel } from './fill-model.ts';
import type { LoadProgress } from './fill-model.ts';
import { defaultStorage, fileIn, readText } from './folder.ts';
import { everyName, spellings } from './names.ts';
import { openModel } from './open-model.ts';
import type { NamedTensors } from './weights.ts';

/**
 * How a model is read from a folder.
 * @category Pretrained
 */
export interface LoadingOptions {
  /** Where the folder is. Default: the storage of the default backend. */
  readonly storage?: Storage | undefined;
  /** Tensors of a head that the files do not have begin with random values. Default: if `numLabels` is given. */
  readonly newHead?: boolean | undefined;
  /** Fields of config.json that have no effect though they are not known. Default: none. */
  readonly ignoreFields?: readonly string[] | undefined;
  /**
   * Leaves the weights in their files, which must stay as they are: `compile` maps them, and what nothing is computed with takes no
   * memory. Default false: they are read into memory.
   */
  readonly lazy?: boolean | undefined;
  /** Is told after each tensor. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Tensors under the names of files, in place of the folder's safetensors files: from a file of another format. */
  readonly weights?: NamedTensors | undefined;
}

/**
 * How a model is read from a folder, and what of its configuration is changed: `{ numLabels: 3 }`.
 * @category Pretrained
 */
export type PretrainedOptions<Config extends object> = Partial<Config> & LoadingOptions;

/** See {@link PretrainedModel.fromPretrained}. */
export async function fromPretrained<Model extends PretrainedModel<Config>, Config extends object>(
  Class: PretrainedClass<Model, Config>,
  folder: string,
  options: PretrainedOptions<Config>,
): Promise<Model> {
  const { storage: given, newHead, ignoreFields = [], lazy = false, onProgress, weights: own, ...changes } = options;
  checkChanges(changes, Class.format.fields);
  const storage = given ?? defaultStorage('fromPretrained');
  const { configJson, weights: open } = await openModel(storage, folder);
  checkType(configJson, folder, modelTypes(Class.format));
  const weights = own ?? (await open());
  const known = Object.fromEntries(Object.entries(configJson).filter(([name]) => !ignoreFields.includes(name)));
  const config = { ...readConfig(known, Class.format), ...(changes as Partial<Config>) };
  checkLayers(Class.format, config, weights);
  const apart = await differing(Class, weights);
  const isUntied = apart.some(([name]) => name.endsWith('.weight'));
  const settled = withNames(isUntied ? { ...config, tieWordEmbeddings: false } : config, changes);
  const model = init.withoutInitialValues(() => new Class(settled));
  separate(model, apart);
  const report = await fillModel(model, weights, {
    rules: Class.names,
    newHead: newHead ?? 'numLabels' in changes,
    std: (config as { readonly initializerRange?: number }).initializerRange ?? 0.02,
    lazy,
    onProgress,
  });
  const generationConfig = await readText(storage, fileIn(folder, 'generation_config.json'));
  model.origin = { folder, configJson, generationConfig, ...report };
  return model.eval();
}

/** Refuses a model of another family. */
function checkType(json: ConfigJson, folder: string, known: readonly string[]): void {
  if (known.some((type) => type === json.model_type)) return;
  throw new DataError(
    `fromPretrained: the folder holds another kind of model. Got model_type ${quoted(json.model_type)} in '${folder}'; expected ` +
      `${known.map((type) => `'${type}'`).join(' or ')}. Let AutoModel choose the class.`,
    { op: 'fromPretrained', details: { folder, modelType: json.model_type } },
  );
}

/** Refuses more layers than there are tensors, before any is made. */
function checkLayers<Config extends object>(
  { fields }: ConfigFormat<Config>,
  config: Config,
  weights: NamedTensors,
): void {
  const tensors = Object.keys(weights).length;
  for (const [key, field] of Object.entries(fields) as [keyof Config & string, Field<unknown>][]) {
    const value: unknown = config[key];
    if (field.rule.kind !== 'layers' || !(Number(value) > tensors)) continue;
    throw new DataError(
      `fromPretrained: the tensors do not fit the configuration. Got ${key} ${Number(value)} and ${tensors} tensors; expected some for ` +
        `every layer. Check config.json.`,
      { op: 'fromPretrained', details: { field: key } },
    );
  }
}

/** Another number of classes has other names. */
function withNames<Config extends object>(config: Config, changes: object): Config {
  if (!('numLabels' in changes) || 'id2label' in changes) return config;
  const { id2label: _, ...rest } = config as Config & { readonly id2label?: unknown };
  return rest as Config;
}

/**
 * The pairs of names of one parameter for which the files hold two different tensors: they are then two parameters, whatever the
 * configuration says.
 */
async function differing<Model extends PretrainedModel<Config>, Config extends object>(
  { tied = [], names }: PretrainedClass<Model, Config>,
  weights: NamedTensors,
): Promise<TiedName[]> {
  const find = (name: string): Tensor | undefined => {
    const source = Object.keys(weights).find((key) => spellings(names.rename(key), names.base).includes(name));
    return source === undefined ? undefined : weights[source];
  };
  const pairs: TiedName[] = [];
  for (const pair of tied) {
    const [one, other] = pair.map(find);
    if (one !== undefined && other !== undefined && !(await equalTensors(one, other))) pairs.push(pair);
  }
  return pairs;
}

/** Gives the part that computes with a shared parameter one of its own. */
function separate(model: Module, pairs: readonly TiedName[]): void {
  const own = everyName(model);
  for (const [name, of] of pairs) {
    const shared = own.get(name)!;
    if (shared === own.get(of)) model.replace(name, new Parameter(zeros(shared.shape, shared.dtype)));
  }
}
