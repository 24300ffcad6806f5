import { ArgumentError, DataError } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { Storage } from '@gai/core/backend';
import type { ConfigJson } from '../config/fields.ts';
import { llamaFromGguf } from '../families/llama/gguf.ts';
import { fileIn, ggufIn, readJson } from './folder.ts';
import { ggufFile } from './gguf-file.ts';
import { openWeights } from './weights.ts';
import type { NamedTensors } from './weights.ts';

/** A model that was found: what kind it is, and where its tensors are. */
export interface OpenedModel {
  readonly configJson: ConfigJson;
  /** Its tensors, read when they are needed. */
  readonly weights: () => Promise<NamedTensors>;
}

/** Families that GGUF files of a `general.architecture` are. */
const GGUF: Readonly<Record<string, typeof llamaFromGguf>> = { llama: llamaFromGguf };

/**
 * Opens a folder with `config.json`, or a GGUF file.
 * @throws {@link DataError} if there is neither.
 */
export async function openModel(storage: Storage, path: string): Promise<OpenedModel> {
  if (typeof path !== 'string') throw noPath(path);
  if (path.endsWith('.gguf')) return openGgufModel(storage, path);
  const config = fileIn(path, 'config.json');
  const configJson = await readJson(storage, config);
  if (configJson !== undefined) return { configJson, weights: () => openWeights(storage, path) };
  const gguf = await ggufIn(storage, path);
  if (gguf !== undefined) throw inFolder(path, gguf);
  throw new DataError(
    `fromPretrained: there is no configuration. Got no file '${config}'; expected a folder as Hugging Face's library writes it, or the ` +
      `path of a .gguf file. Names are not looked up: gai models fetch NAME fetches a model and prints its folder.`,
    { op: 'fromPretrained', details: { folder: path } },
  );
}

const inFolder = (folder: string, gguf: string): DataError =>
  new DataError(
    `fromPretrained: this is the folder of a GGUF file. Got ${quoted(folder, 200)}; expected the path of the file. Pass ` +
      `${quoted(gguf, 200)}.`,
    { op: 'fromPretrained', details: { folder, gguf } },
  );

const noPath = (path: unknown): ArgumentError =>
  new ArgumentError(
    `fromPretrained: there is no folder. Got ${quoted(path)}; expected a text, the path of a folder or of a .gguf file. Pass one.`,
    { op: 'fromPretrained' },
  );

async function openGgufModel(storage: Storage, path: string): Promise<OpenedModel> {
  const file = await ggufFile(storage, path, 'fromPretrained');
  const architecture = file.metadata['general.architecture'];
  const read = typeof architecture === 'string' && Object.hasOwn(GGUF, architecture) ? GGUF[architecture] : undefined;
  if (read === undefined) {
    throw new DataError(
      `fromPretrained: this GGUF file holds another kind of model. Got general.architecture ${quoted(architecture)} in '${path}'; ` +
        `expected one of ${Object.keys(GGUF).join(', ')}. Look for the model as a folder with safetensors.`,
      { op: 'fromPretrained', details: { path, architecture } },
    );
  }
  const { configJson, weights } = await read(file);
  return { configJson, weights: () => Promise.resolve(weights) };
}
