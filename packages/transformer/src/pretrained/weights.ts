import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { fileSource, openSafetensors, quoted } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import { openTorch, weightMap } from '@gai/formats';
import { fileIn, readJson } from './folder.ts';

/** Tensors by their names in files; those of files are read when they are needed. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** The file of a model's weights. */
export const SINGLE = 'model.safetensors';
/** Which of several files has each tensor. */
export const INDEX = 'model.safetensors.index.json';

/** One kind of file that weights come in. */
interface Kind {
  /** The file with all of them. */
  readonly single: string;
  /** Which of several files holds which. */
  readonly index: string;
  /** What names of such files end in. */
  readonly ending: string;
  readonly open: (storage: Storage, path: string) => Promise<NamedTensors>;
}

/** In the order in which they are looked for; nothing in a `.bin` is run. */
const KINDS: readonly Kind[] = [
  {
    single: SINGLE,
    index: INDEX,
    ending: 'safetensors',
    open: async (storage, path) => (await openSafetensors(storage, path)).tensors,
  },
  {
    single: 'pytorch_model.bin',
    index: 'pytorch_model.bin.index.json',
    ending: 'bin',
    open: async (storage, path) => (await openTorch(await fileSource(storage, path, 'fromPretrained'))).tensors,
  },
];

/**
 * The weights in a folder: of `model.safetensors`, of the files that its index names, of `pytorch_model.bin`, or of the files that its
 * index names; of the first of these that is there.
 * @throws {@link DataError} if there are none, or the index does not fit the files or leads out of the folder.
 */
export async function openWeights(storage: Storage, folder: string): Promise<NamedTensors> {
  for (const kind of KINDS) {
    const single = fileIn(folder, kind.single);
    if ((await storage.size(single)) !== undefined) return kind.open(storage, single);
    const index = await readJson(storage, fileIn(folder, kind.index));
    if (index !== undefined) return openShards(storage, folder, { kind, index });
  }
  throw await noWeights(storage, folder);
}

/** What an index says, and of which files. */
interface Indexed {
  readonly kind: Kind;
  readonly index: Readonly<Record<string, unknown>>;
}

async function openShards(storage: Storage, folder: string, { kind, index }: Indexed): Promise<NamedTensors> {
  const path = fileIn(folder, kind.index);
  const shards = new Map<string, NamedTensors>();
  const tensors: Record<string, Tensor> = {};
  for (const [name, file] of weightMap(index, { op: 'fromPretrained', path, endings: [kind.ending] })) {
    const shard = shards.get(file) ?? (await kind.open(storage, fileIn(folder, file)));
    shards.set(file, shard);
    if (!Object.hasOwn(shard, name)) throw withoutTensor(path, file, name);
    Object.defineProperty(tensors, name, { value: shard[name], enumerable: true, configurable: true });
  }
  return tensors;
}

const withoutTensor = (path: string, file: string, name: string): DataError =>
  new DataError(
    `fromPretrained: the index does not fit. Got ${quoted(file)} without that tensor for ${quoted(name)} in '${path}'; expected a file ` +
      `that holds the tensor. Fetch the folder again.`,
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
  const expected = KINDS.flatMap(({ single, index }) => [single, index]).join(', ');
  return new DataError(
    `fromPretrained: there are no weights. Got ${found} in '${folder}'; expected ${expected}. ${remedy}`,
    { op: 'fromPretrained', details: { folder } },
  );
}
