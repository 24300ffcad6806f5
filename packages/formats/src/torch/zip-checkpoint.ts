import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { NeedsMore } from '../window.ts';
import { openZip } from '../zip/open-zip.ts';
import type { ZipArchive, ZipEntry } from '../zip/open-zip.ts';
import { MAX_PICKLE_BYTES, checkStorage, torchRules } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';

const op = 'openTorch';

/** Reads what `torch.save` writes since 1.6: a zip archive of a pickle and one stored entry for each storage. */
export async function readZipCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const archive = await openZip(source, op);
  const root = findRoot(archive);
  await checkByteOrder(archive, root);
  const pickle = await readStored(archive, `${root}/data.pkl`, MAX_PICKLE_BYTES);
  const { rules, storages } = torchRules();
  const value = unpickleWhole(pickle, rules);
  const places = new Map<string, number>();
  for (const [key, storage] of storages) {
    const entry = storedEntry(archive, `${root}/data/${key}`);
    checkStorage(storage, entry.size);
    places.set(key, await archive.dataOffset(entry));
  }
  return { value, pickleLength: pickle.length, places };
}

function unpickleWhole(pickle: Uint8Array, rules: Parameters<typeof unpickle>[2]): Checkpoint['value'] {
  try {
    return unpickle(pickle, 0, rules).value;
  } catch (error) {
    if (!(error instanceof NeedsMore)) throw error;
    return refuse({ op, problem: 'the pickle breaks off', got: `${pickle.length} bytes`, expected: 'a whole one' });
  }
}

function findRoot({ entries }: ZipArchive): string {
  const names = [...entries.keys()];
  if (names.some((name) => /^[^/]+\/constants\.pkl$/.test(name))) {
    refuse({
      op,
      problem: 'a TorchScript program',
      got: 'code',
      expected: 'weights',
      remedy: 'In Python: torch.save(torch.jit.load(path).state_dict(), other).',
    });
  }
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length === 1) return pickles[0]!.slice(0, -'/data.pkl'.length);
  return refuse({
    op,
    problem: 'a zip archive that is no checkpoint of torch',
    got: pickles.length === 0 ? `no data.pkl among ${names.length} files` : `${pickles.length} of data.pkl`,
    expected: 'one, in a folder',
    remedy: 'Name a file that torch.save wrote.',
  });
}

async function checkByteOrder(archive: ZipArchive, root: string): Promise<void> {
  if (!archive.entries.has(`${root}/byteorder`)) return;
  const order = new TextDecoder().decode(await readStored(archive, `${root}/byteorder`, 64));
  if (order === 'little') return;
  refuse({
    op,
    problem: 'another order of bytes',
    got: quote(order),
    expected: "'little'",
    remedy: 'Save it on another machine.',
  });
}

async function readStored(archive: ZipArchive, name: string, most: number): Promise<Uint8Array> {
  const entry = storedEntry(archive, name);
  if (entry.size > most)
    refuse({ op, problem: `${quote(name)} is too large`, got: `${entry.size} bytes`, expected: `${most}` });
  return archive.read(entry);
}

/** An entry that lies in the archive as it is, as torch writes all of them. */
function storedEntry({ entries }: ZipArchive, name: string): ZipEntry {
  const entry = entries.get(name);
  if (entry === undefined) return refuse({ op, problem: 'a part is missing', got: 'none', expected: quote(name) });
  if (entry.method === 0 && entry.size === entry.compressedSize) return entry;
  return refuse({
    op,
    problem: `${quote(name)} is packed`,
    got: `method ${entry.method}`,
    expected: 'stored entries',
    remedy: 'The archive was packed again: in Python, torch.load it and torch.save it.',
  });
}
