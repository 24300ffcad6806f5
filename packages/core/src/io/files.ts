import type { HostTensor, Storage } from '../backend/backend.ts';
import type { Tensor } from '../ir/tensor.ts';
import { data, evaluate, sizesOf } from '../runtime/read.ts';
import { contentOf } from '../runtime/weights.ts';
import { hostLeaf } from '../trace/literal.ts';
import { fileSource } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';
import { lazyTensor, plainElements } from './lazy-tensor.ts';
import { headerLength, parseHeader } from './safetensors-header.ts';
import type { SafetensorsHeader } from './safetensors-header.ts';
import { planSafetensors, toHost } from './safetensors.ts';

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
    host.set(name, { dtype: value.dtype, shape: sizesOf(value), data: await data(value) });
  }
  return host;
}

/**
 * Writes tensors as a safetensors file: to a temporary name, flushed, then renamed. One tensor after the other is read,
 * so that nothing is held twice.
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
  await evaluate(...Object.values(tensors));
  const types = new Map(
    Object.entries(tensors).map(([name, value]) => [name, { dtype: value.dtype, shape: sizesOf(value) }]),
  );
  const { start, names } = planSafetensors(types, metadata);
  // What is written is what the tensors are now, whatever becomes of variables meanwhile.
  const contents = names.map((name) => contentOf(tensors[name]!));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield start;
    for (const content of contents) {
      if (content instanceof Uint8Array) yield content;
      else yield* content.chunks();
    }
  }
  await storage.writeAtomic(path, chunks());
}

/**
 * Reads a safetensors file, checked before any tensor is made.
 * @throws DataError if there is no such file, or it is damaged.
 * @category Files
 */
export async function loadSafetensors(storage: Storage, path: string): Promise<LoadedTensors> {
  const { header } = await readHeader('loadSafetensors', storage, path);
  const tensors: Record<string, Tensor> = {};
  for await (const [name, { data: values, dtype, shape }] of readEntries(storage, path, header)) {
    define(tensors, name, hostLeaf(values, { dtype, shape }, false));
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

/**
 * Opens a safetensors file whose tensors are read when something is computed with them, each once: for weights that do
 * not fit into memory twice, or of which only a part is needed. What nobody holds any longer is freed.
 *
 * The file must stay as it is as long as tensors of it are used; what is read of one that was replaced or written to is
 * refused where the storage can tell. Of more than 16 MB {@link compile} hands the runtime the places in the file, if that
 * reads files itself, and the runtime maps them. As long as such a program lives the file may be replaced (write another
 * and rename it, as `saveSafetensors` does; the program goes on with the old one) but not written to or cut off: before every
 * run its size and time are compared, and a changed one is refused. What that cannot see: a change during a run (a file
 * cut off ends the process then), one within the 4 ms that times of files are apart on Linux, and one whose writer set the
 * time back.
 * @example
 * const storage = getDefaultBackend().storage!;
 * await saveSafetensors(storage, 'weights.safetensors', { w: tensor([[1], [2]]) });
 * const { tensors } = await openSafetensors(storage, 'weights.safetensors');
 * await toArray(matmul(tensor([[1, 1]]), tensors.w!)); // => [[3]]
 * @throws DataError if there is no such file, or its header is damaged.
 * @category Files
 */
export async function openSafetensors(storage: Storage, path: string): Promise<LoadedTensors> {
  const { file, header } = await readHeader('openSafetensors', storage, path);
  const tensors: Record<string, Tensor> = {};
  for (const [name, { dtype, shape, start }] of header.entries) {
    const place = { dtype, shape, offset: header.dataStart + start };
    defineOnce(tensors, name, () => lazyTensor(plainElements(file, place)));
  }
  return { tensors, metadata: header.metadata };
}

/** A key called `__proto__` stays a key. */
function define(into: Record<string, Tensor>, name: string, value: Tensor): void {
  Object.defineProperty(into, name, { value, enumerable: true });
}

/** A tensor that is made when somebody asks for it: a file may have hundreds of thousands. */
function defineOnce(into: Record<string, Tensor>, name: string, make: () => Tensor): void {
  const get = (): Tensor => {
    const value = make();
    define(into, name, value);
    return value;
  };
  Object.defineProperty(into, name, { get, enumerable: true, configurable: true });
}

async function readHeader(
  op: string,
  storage: Storage,
  path: string,
): Promise<{ file: ByteSource; header: SafetensorsHeader }> {
  const file = await fileSource(storage, path, op);
  const length = headerLength(await storage.read(path, 0, Math.min(8, file.size)), file.size);
  return { file, header: parseHeader(await storage.read(path, 0, 8 + length), file.size) };
}
