import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { fileSource, openSafetensors, quoted } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import { openTorch } from '@gai/formats';
import { fileIn, readJson } from './folder.ts';

/** Tensors by their names in files; those of files are read when they are needed. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The file of a model's weights. */
export const SINGLE = 'model.safetensors';
/** Which of several files has each tensor. */
export const INDEX = 'model.safetensors.index.json';
const PICKLED = 'pytorch_model.bin';

/**
 * The weights in a folder: of `model.safetensors`, of the files that its index names, or of `pytorch_model.bin`.
 * @throws {@link DataError} if there are none, or the index does not fit the files or leads out of the folder.
 */
export async function openWeights(storage: Storage, folder: string): Promise<NamedTensors> {
  const single = fileIn(folder, SINGLE);
  if ((await storage.size(single)) !== undefined) return (await openSafetensors(storage, single)).tensors;
  const index = await readJson(storage, fileIn(folder, INDEX));
  if (index === undefined) return openPickled(storage, folder);
  return openShards(storage, folder, weightMap(index, fileIn(folder, INDEX)));
}

/** The weights of `pytorch_model.bin`, in folders from before safetensors; nothing in it is run. */
async function openPickled(storage: Storage, folder: string): Promise<NamedTensors> {
  const path = fileIn(folder, PICKLED);
  if ((await storage.size(path)) === undefined) throw await noWeights(storage, folder);
  return (await openTorch(await fileSource(storage, path, 'fromPretrained'))).tensors;
}

/** Which file of the folder holds each tensor. */
function weightMap(index: Readonly<Record<string, unknown>>, path: string): [name: string, file: string][] {
  const map = index.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw badIndex(path, 'no weight_map', '');
  return Object.entries(map).map(([name, file]: [string, unknown]) => {
    // A plain name: no folder, no way up, no drive.
    const isPlain = typeof file === 'string' && /^[\w.-]+\.safetensors$/.test(file) && !file.startsWith('.');
    if (!isPlain) throw badIndex(path, `the file ${quoted(file)}`, name);
    return [name, file];
  });
}

async function openShards(storage: Storage, folder: string, map: readonly [string, string][]): Promise<NamedTensors> {
  const shards = new Map<string, NamedTensors>();
  const tensors: Record<string, Tensor> = {};
  for (const [name, file] of map) {
    let shard = shards.get(file);
    if (shard === undefined) shards.set(file, (shard = (await openSafetensors(storage, fileIn(folder, file))).tensors));
    if (!Object.hasOwn(shard, name)) throw badIndex(fileIn(folder, INDEX), `'${file}' without that tensor`, name);
    Object.defineProperty(tensors, name, { value: shard[name], enumerable: true, configurable: true });
  }
  return tensors;
}

const badIndex = (path: string, got: string, name: string): DataError =>
  new DataError(
    `fromPretrained: the index does not fit. Got ${got} for ${quoted(name)} in '${path}'; expected the plain name of a safetensors file of ` +
      `the same folder that holds the tensor. Fetch the folder again.`,
    { op: 'fromPretrained', details: { path, name } },
  );

async function noWeights(storage: Storage, folder: string): Promise<DataError> {
  const files = await storage.list(folder);
  const other = files.filter((file) => /\.(bin|pt|pth|gguf|h5|msgpack|onnx)$/.test(file));
  const found = files.length === 0 ? 'no such folder, or an empty one' : `only ${files.slice(0, 8).join(', ')}`;
  const remedy =
    other.length === 0
      ? 'Check the path.'
      : `Open ${other[0]} with what reads it and pass its tensors as { weights }, or convert it to safetensors.`;
  return new DataError(
    `fromPretrained: there are no weights. Got ${found} in '${folder}'; expected ${SINGLE}, ${INDEX} or ${PICKLED}. ${remedy}`,
    { op: 'fromPretrained', details: { folder } },
  );
}
