import type { Tensor } from '@gai/core';
import { lazyTensor } from '@gai/core/io';
import type { ByteSource } from '@gai/core/io';
import { define } from '../define.ts';
import { quote, refuse } from '../errors.ts';
import { toByteSource } from '../source.ts';
import type { Source } from '../source.ts';
import { Storage, StridedView } from '../torch/storage.ts';
import { viewElements } from '../torch/strided.ts';
import { openZip } from '../zip/open-zip.ts';
import type { ZipArchive, ZipEntry } from '../zip/open-zip.ts';
import { entrySource, entryStart } from './entry-source.ts';
import { MAX_NPY_HEADER, readNpyHeader } from './npy-header.ts';
import type { NpyHeader } from './npy-header.ts';

/**
 * An opened archive of NumPy.
 * @category Files
 */
export interface NpzFile {
  /** The arrays by name, read when something is computed with them. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** What is no tensor, and why: text, records, Python objects, other files. */
  readonly others: ReadonlyMap<string, string>;
}

const op = 'openNpz';

/**
 * Opens an archive that `numpy.savez` or `numpy.savez_compressed` wrote. Arrays of numbers become tensors in row-major order, int16 and
 * uint16 as int32; arrays of text or of Python objects are not read, and nothing in the file is run. The checksum of an array is
 * compared when it is read as a whole, but not where a runtime maps the file itself.
 * @param source - Bytes, a `Blob`, or a file: `await fileSource(storage, path)` of `@gai/core/io`.
 * @throws {@link DataError} if it is no such archive, or is damaged.
 * @example
 * const none = openNpz(new TextEncoder().encode('no archive')); // with one: its tensors
 * await none; // => throws DataError
 * @category Files
 */
export async function openNpz(source: Source): Promise<NpzFile> {
  const file = toByteSource(source, op);
  const archive = await openZip(file, op);
  const tensors: Record<string, Tensor> = {};
  const others = new Map<string, string>();
  for (const entry of archive.entries.values()) {
    const name = entry.name.replace(/\.npy$/, '');
    const found = name === entry.name ? 'a file of another kind' : await arrayOf(archive, entry, file);
    if (typeof found === 'string') others.set(name, found);
    else define(tensors, name, found);
  }
  if (Object.keys(tensors).length > 0) return { tensors, others };
  const got =
    others.size === 0
      ? 'none'
      : [...others]
          .slice(0, 3)
          .map(([name, why]) => `${quote(name)}, ${why}`)
          .join('; ');
  return refuse({
    op,
    problem: 'no arrays of numbers',
    got,
    expected: 'one or more',
    remedy: 'Name a file of numpy.savez.',
  });
}

/** The tensor of an entry, or why it is none. */
async function arrayOf(archive: ZipArchive, entry: ZipEntry, file: ByteSource): Promise<Tensor | string> {
  const content = await entrySource(archive, entry, file);
  const header = readNpyHeader(entry.name, await entryStart(archive, entry, file, MAX_NPY_HEADER));
  const { type, descr, offset } = header;
  if (type === undefined && /^[<>|=][biufc]\d+$/.test(descr)) {
    refuse({
      op,
      problem: `${quote(entry.name)} has numbers of a type that is not read`,
      got: descr,
      expected: 'little-endian floats of 16 to 64 bits, integers to int64 and uint32, or booleans',
      remedy: 'In NumPy, convert it with astype and save it again.',
    });
  }
  if (type === undefined) return `elements of type ${descr}`;
  const view = viewOf(entry.name, header, type);
  if (offset + view.storage.byteLength !== entry.size) {
    refuse({
      op,
      problem: `${quote(entry.name)} has another length`,
      got: `${entry.size} bytes`,
      expected: `${offset + view.storage.byteLength}`,
    });
  }
  return lazyTensor(viewElements(content, offset, view));
}

function viewOf(key: string, { shape, isFortran }: NpyHeader, type: NonNullable<NpyHeader['type']>): StridedView {
  const strides = shape.map(() => 0);
  let stride = 1;
  for (let index = 0; index < shape.length; index += 1) {
    const axis = isFortran ? index : shape.length - 1 - index;
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  const storage = new Storage({ key, type, byteLength: stride * type.bytes, byteOffset: 0 });
  return new StridedView({ storage, type, shape, strides, offset: 0 });
}
