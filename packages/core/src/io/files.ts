import { DataError } from '../errors.ts';
import type { HostTensor, Storage } from '../backend/backend.ts';
import type { Tensor } from '../ir/tensor.ts';
import { data, evaluate, fetchValue } from '../runtime/read.ts';
import { resolve } from '../trace/bind.ts';
import { tensor } from '../trace/literal.ts';
import { headerLength, parseHeader } from './safetensors-header.ts';
import { toHost, writeSafetensors } from './safetensors.ts';

/** Tensors by name, as a file held them. */
export interface LoadedTensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The values of tensors, read in one run. */
export async function toHostTensors(tensors: Readonly<Record<string, Tensor>>): Promise<Map<string, HostTensor>> {
  await evaluate(...Object.values(tensors));
  const host = new Map<string, HostTensor>();
  for (const [name, value] of Object.entries(tensors)) {
    const { shape, dtype } = fetchValue(resolve(value));
    host.set(name, { dtype, shape, data: await data(value) });
  }
  return host;
}

/**
 * Writes tensors as a safetensors file: to a temporary name, flushed, then renamed.
 * @param storage - Where: `getDefaultBackend().storage`, or any other.
 * @param path - The file.
 * @param tensors - Tensors by name.
 * @param metadata - Free text by key.
 * @category Files
 */
export async function saveSafetensors(
  storage: Storage,
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  await storage.writeAtomic(path, writeSafetensors(await toHostTensors(tensors), metadata));
}

/**
 * Reads a safetensors file, checked before any tensor is made.
 * @throws {@link DataError} if there is no such file, or it is damaged.
 * @category Files
 */
export async function loadSafetensors(storage: Storage, path: string): Promise<LoadedTensors> {
  const size = await storage.size(path);
  if (size === undefined) {
    throw new DataError(`loadSafetensors: no such file. Got '${path}'; expected a safetensors file. Check the path.`, {
      op: 'loadSafetensors',
      details: { path },
    });
  }
  const first = await storage.read(path, 0, Math.min(8, size));
  const length = headerLength(first, size);
  const header = parseHeader(await storage.read(path, 0, 8 + length), size);
  const tensors: Record<string, Tensor> = {};
  for (const [name, entry] of header.entries) {
    const bytes = await storage.read(path, header.dataStart + entry.start, entry.end - entry.start);
    const host = toHost(entry, bytes);
    Object.defineProperty(tensors, name, {
      value: tensor(host.data, { dtype: host.dtype, shape: host.shape }),
      enumerable: true,
    });
  }
  return { tensors, metadata: header.metadata };
}
