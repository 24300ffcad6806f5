import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { fileSource, openSafetensors } from '@gai/core/io';
import type { ByteSource } from '@gai/core/io';
import { openGguf, openNpz, openTorch } from '@gai/formats';
import { openZip } from '@gai/formats/zip';
import { UsageError } from '../errors.ts';
import { openIndex } from './open-index.ts';

/** The weights of a file, whatever its format. */
export interface Weights {
  readonly format: 'gguf' | 'torch' | 'npz' | 'safetensors';
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Names of tensors that are the same as another, and its name. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What the file holds besides tensors, which safetensors has no place for. */
  readonly leftOut: readonly string[];
}

/** A part of a model would be written as if it were all of it. */
function checkWhole(parts: unknown, path: string): void {
  if (parts === undefined || Number(parts) <= 1) return;
  throw new DataError(
    `convert: the file is a part of a model. Got one of ${Number(parts)} parts, '${path}'; expected a whole model. Join them ` +
      `first: llama-gguf-split --merge.`,
    { op: 'convert', details: { parts } },
  );
}

/** Opens a file by what it begins with; its name may be anything. */
export async function openWeights(path: string, key: string | undefined): Promise<Weights> {
  if (path.endsWith('.index.json')) {
    if (key !== undefined)
      throw new UsageError('--key is for single checkpoints; an index names the tensors of a model.');
    return openIndex(path, openPart);
  }
  const source = await fileSource(fileStorage, path, 'convert');
  const start = await source.read(0, Math.min(4, source.size));
  const magic = String.fromCharCode(...start);
  if (magic === 'GGUF') {
    refuseKey(key, 'a GGUF file');
    const { tensors, metadata } = await openGguf(source);
    checkWhole(metadata['split.count'], path);
    return { format: 'gguf', tensors, aliases: new Map(), leftOut: Object.keys(metadata) };
  }
  if (magic.startsWith('PK') && (await isNpz(source))) {
    refuseKey(key, 'a file of NumPy');
    const { tensors, others } = await openNpz(source);
    return { format: 'npz', tensors, aliases: new Map(), leftOut: [...others.keys()] };
  }
  if (magic.startsWith('PK') || magic.startsWith('\u0080')) {
    const { tensors, aliases, values } = await openTorch(source, { key });
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values);
    return { format: 'torch', tensors, aliases, leftOut: isObject ? Object.keys(values) : [] };
  }
  throw new DataError(
    `convert: not a file that can be converted. Got '${path}', which begins with ` +
      `${JSON.stringify(magic.replaceAll(/[^\x20-\x7e]/g, '.'))}; expected a checkpoint of PyTorch, a GGUF or .npz ` +
      `file. Name one that ends in .bin, .pt, .pth, .gguf or .npz.`,
    { op: 'convert', details: { path } },
  );
}

/** A file that an index names. */
async function openPart(path: string): Promise<Weights> {
  if (!path.endsWith('.safetensors')) return openWeights(path, undefined);
  return { format: 'safetensors', ...(await openSafetensors(fileStorage, path)), aliases: new Map(), leftOut: [] };
}

/** Whether a zip archive is one of NumPy: checkpoints of PyTorch are such archives too. */
async function isNpz(source: ByteSource): Promise<boolean> {
  const { entries } = await openZip(source, 'convert');
  return [...entries.keys()].some((name) => name.endsWith('.npy'));
}

function refuseKey(key: string | undefined, what: string): void {
  if (key !== undefined) throw new UsageError(`--key is for checkpoints of PyTorch; ${what} has no parts.`);
}
