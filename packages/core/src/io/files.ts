import { DataError } from '../errors.ts';
import type { HostTensor, Storage } from '../backend/backend.ts';
import type { Tensor } from '../ir/tensor.ts';
import { data, evaluate, fetchValue } from '../runtime/read.ts';
import { resolve } from '../trace/bind.ts';
import { tensor } from '../trace/literal.ts';
import { headerLength, parseHeader } from './safetensors-header.ts';
import type { SafetensorsHeader } from './safetensors-header.ts';
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
  for await (const [name, { data: values, dtype, shape }] of readEntries(storage, path, header)) {
    Object.defineProperty(tensors, name, { value: tensor(values, { dtype, shape }), enumerable: true });
  }
  return { tensors, metadata: header.metadata };
}

/** Neighbours are read together up to this many bytes: a file of many small tensors would open it once for each. */
const BLOCK_BYTES = 1 << 20;

/** The tensors of a file in the order of its header. */
async function* readEntries(
  storage: Storage,
  path: string,
  { entries, dataStart }: SafetensorsHeader,
): AsyncGenerator<[string, HostTensor]> {
  const list = [...entries];
  let [start, end] = [0, 0];
  let block = new Uint8Array();
  for (const [index, [name, entry]] of list.entries()) {
    if (entry.start < start || entry.end > end) {
      ({ start, end } = entry);
      for (let next = index + 1; next < list.length; next++) {
        const neighbour = list[next]![1];
        if (neighbour.start !== end || neighbour.end - start > BLOCK_BYTES) break;
        end = neighbour.end;
      }
      block = await storage.read(path, dataStart + start, end - start);
    }
    yield [name, toHost(entry, block.subarray(entry.start - start, entry.end - start))];
  }
}
