import { data } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { saveSafetensors } from '@gai/core/io';
import { bytesPerElement, convertElements, hostLeaf, isFloat, sizeOf } from '@gai/core/ops';
import type { Storage } from '@gai/core/backend';
import type { ConfigJson } from '../config/fields.ts';
import { architectureOf, readConfig, writeConfig } from '../config/read-config.ts';
import type { ConfigFormat } from '../config/read-config.ts';
import type { PretrainedClass, PretrainedModel } from '../models/pretrained-model.ts';
import { configText } from './config-text.ts';
import { defaultStorage, fileIn, readText } from './folder.ts';
import { modelCard } from './model-card.ts';
import { INDEX, SINGLE } from './weights.ts';

/**
 * How a model is saved.
 * @category Pretrained
 */
export interface SaveOptions {
  /** Where the folder is. Default: the storage of the default backend. */
  readonly storage?: Storage | undefined;
  /** The dtype of the files. Default: that of each tensor in the files it came from; float32 for what is new. */
  readonly dtype?: 'float32' | 'float16' | 'bfloat16' | undefined;
  /** Weights are divided into files of at most so many bytes (a larger tensor has one of its own). Default: one file. */
  readonly maxShardBytes?: number | undefined;
  /** Text of the model card, `README.md`. Default: what is known of the model. */
  readonly card?: string | undefined;
}

/** See {@link PretrainedModel.savePretrained}. */
export async function savePretrained<Config extends object>(
  model: PretrainedModel<Config>,
  folder: string,
  options: SaveOptions,
): Promise<void> {
  const storage = options.storage ?? defaultStorage('savePretrained');
  const { origin } = model;
  const Class = model.constructor as unknown as PretrainedClass<PretrainedModel<Config>, Config>;
  const state = model.stateDict();
  const dtypeOf = (name: string): DType => options.dtype ?? origin?.dtypes.get(name) ?? state[name]!.dtype;
  const shards = divide(Object.entries(state), dtypeOf, options.maxShardBytes ?? Infinity);
  await writeWeights(storage, folder, shards, dtypeOf);
  const config = configOf(model.config, Class.format, origin?.configJson);
  const dtype = dtypeOf(Object.keys(state)[0] ?? '');
  const { architecture, modelType } = architectureOf(Class, model.config);
  const written = { ...config, architectures: [architecture], dtype };
  if ('torch_dtype' in written) written.torch_dtype = dtype;
  await writeText(storage, fileIn(folder, 'config.json'), configText(written, Class.format));
  if (origin?.generationConfig !== undefined) {
    await writeText(storage, fileIn(folder, 'generation_config.json'), origin.generationConfig);
  }
  const card = options.card ?? modelCard(model, { architecture, modelType, dtype });
  await writeText(storage, fileIn(folder, 'README.md'), card);
}

/** What the file said, with what has changed since; all of it for a model that was made anew. */
function configOf<Config extends object>(
  config: Config,
  format: ConfigFormat<Config>,
  before?: ConfigJson,
): ConfigJson & { torch_dtype?: unknown } {
  const now = writeConfig(config, format);
  if (before === undefined) return now;
  const unchanged = writeConfig(readConfigFields(before, format), format);
  const changed = Object.entries(now).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(unchanged[name]),
  );
  return { ...before, ...Object.fromEntries(changed) };
}

/** As it was read, without what the family does not know. */
function readConfigFields<Config extends object>(json: ConfigJson, format: ConfigFormat<Config>): Config {
  return readConfig(json, { ...format, harmless: [...format.harmless, ...Object.keys(json)] });
}

type Entry = readonly [name: string, value: Tensor];

/** Tensors in their order, as many in a file as may be. */
function divide(entries: readonly Entry[], dtypeOf: (name: string) => DType, most: number): Entry[][] {
  const shards: Entry[][] = [[]];
  let bytes = 0;
  for (const entry of entries) {
    const size = Number(sizeOf(entry[1].shape)) * bytesPerElement(dtypeOf(entry[0]));
    if (bytes > 0 && bytes + size > most) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)!.push(entry);
    bytes += size;
  }
  return shards;
}

// oxlint-disable-next-line max-params -- where, and what in which dtype.
async function writeWeights(
  storage: Storage,
  folder: string,
  shards: readonly (readonly Entry[])[],
  dtypeOf: (name: string) => DType,
): Promise<void> {
  const files = await fileNames(storage, folder, shards.length);
  const map: Record<string, string> = {};
  let total = 0;
  for (const [index, shard] of shards.entries()) {
    const tensors: Record<string, Tensor> = {};
    for (const [name, value] of shard) {
      tensors[name] = await inDType(value, dtypeOf(name));
      map[name] = files[index]!;
      total += Number(sizeOf(value.shape)) * bytesPerElement(dtypeOf(name));
    }
    await saveSafetensors(storage, fileIn(folder, files[index]!), tensors, new Map([['format', 'pt']]));
  }
  if (shards.length > 1) {
    const sorted = Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = JSON.stringify({ metadata: { total_size: total }, weight_map: sorted }, undefined, 2);
    await writeText(storage, fileIn(folder, INDEX), `${text}\n`);
  }
  // From here on the new weights are read: what was there before goes last.
  const stale = shards.length > 1 ? [SINGLE] : [INDEX];
  const parts = (await storage.list(folder)).filter((file) => PART.test(file) && !files.includes(file));
  for (const file of [...stale, ...parts]) await storage.remove(fileIn(folder, file));
}

const PART = /^model(?:-again)?-\d{5}-of-\d{5}\.safetensors$/;

/**
 * The names of the files, none of which the index that is there names: a model that is saved over another one must not become a
 * mixture of both if the process ends in between.
 */
async function fileNames(storage: Storage, folder: string, count: number): Promise<string[]> {
  if (count === 1) return [SINGLE];
  const before = await readText(storage, fileIn(folder, INDEX));
  const number = (index: number): string => String(index).padStart(5, '0');
  const named = (stem: string): string[] =>
    Array.from({ length: count }, (_, index) => `${stem}-${number(index + 1)}-of-${number(count)}.safetensors`);
  const usual = named('model');
  return usual.some((file) => before?.includes(`"${file}"`)) ? named('model-again') : usual;
}

/** Rounded on the host: no provider computes in bfloat16. */
async function inDType(value: Tensor, dtype: DType): Promise<Tensor> {
  if (value.dtype === dtype || !isFloat(value.dtype)) return value;
  return hostLeaf(
    convertElements(await data(value), value.dtype, dtype),
    { dtype, shape: value.shape as number[] },
    false,
  );
}

const writeText = (storage: Storage, path: string, text: string): Promise<void> =>
  storage.writeAtomic(path, [new TextEncoder().encode(text)]);
