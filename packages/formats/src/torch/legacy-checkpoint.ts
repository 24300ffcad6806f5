import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { describePickled } from '../pickle/values.ts';
import type { PickleValue } from '../pickle/values.ts';
import { parseGrowing } from '../window.ts';
import { MAX_PICKLE_BYTES, checkStorage, torchRules } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Storage } from './storage.ts';

const op = 'openTorch';
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

/** What comes before the bytes of the storages. */
interface Head {
  readonly value: PickleValue;
  readonly keys: readonly PickleValue[];
  readonly storages: ReadonlyMap<string, Storage>;
  readonly end: number;
}

/**
 * Reads what `torch.save` wrote before 1.6, and writes when it is told to: five pickles (a magic number, a version, the
 * machine, the object, the keys of the storages), then for each key a count of 64 bits and the elements.
 */
export async function readLegacyCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const head = await parseGrowing(source, 0, parseHead, {
    limit: MAX_PICKLE_BYTES,
    onLimit: (length) =>
      refuse({ op, problem: 'the pickle breaks off', got: `${length} bytes`, expected: 'a whole one' }),
  });
  const places = new Map<string, number>();
  let at = head.end;
  for (const key of head.keys) {
    const storage = typeof key === 'string' ? head.storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) {
      return refuse({ op, problem: 'a storage nobody uses', got: describePickled(key), expected: 'each of them once' });
    }
    const available = (await readCount(source, at)) * (storage.type?.bytes ?? 1);
    checkStorage(storage, Math.min(available, source.size - at - 8));
    places.set(storage.key, at + 8);
    at += 8 + available;
  }
  for (const key of head.storages.keys()) {
    if (!places.has(key)) refuse({ op, problem: 'a storage is missing', got: 'none', expected: quote(key) });
  }
  return { value: head.value, pickleLength: head.end, places };
}

async function readCount(source: ByteSource, at: number): Promise<number> {
  if (at + 8 > source.size) {
    refuse({ op, problem: 'the storages break off', got: `${source.size} bytes`, expected: `more than ${at + 8}` });
  }
  const bytes = await source.read(at, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

function parseHead(bytes: Uint8Array): Head {
  const { rules, storages } = torchRules();
  const magic = unpickle(bytes, 0, rules);
  if (magic.value !== MAGIC) {
    const remedy = 'A pickle that torch.save did not write holds no weights that are read here.';
    refuse({
      op,
      problem: 'no checkpoint of torch',
      got: describePickled(magic.value),
      expected: 'its magic number',
      remedy,
    });
  }
  const version = unpickle(bytes, magic.end, rules);
  if (version.value !== VERSION) {
    refuse({ op, problem: 'no such version', got: describePickled(version.value), expected: `${VERSION}` });
  }
  const machine = unpickle(bytes, version.end, rules);
  if (machine.value instanceof Map && machine.value.get('little_endian') === false) {
    const remedy = 'Save it on another machine.';
    refuse({ op, problem: 'another order of bytes', got: 'big-endian', expected: 'little-endian', remedy });
  }
  const object = unpickle(bytes, machine.end, rules);
  const keys = unpickle(bytes, object.end, rules);
  if (!Array.isArray(keys.value)) {
    return refuse({ op, problem: 'no list of storages', got: describePickled(keys.value), expected: 'a list' });
  }
  return { value: object.value, keys: keys.value, storages, end: keys.end };
}
