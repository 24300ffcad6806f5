import { BackendError } from '../errors.ts';
import type { Storage } from '../backend/backend.ts';
import type { LazyBytes } from '../onnx/wire.ts';

/** Bytes of a file, at hand or read when they are written. */
export type Content = Uint8Array | LazyBytes;

/** External tensors begin at multiples of this, so that they can be mapped into memory. */
export const ALIGNMENT = 4096;
/** Bytes that are hashed at once: what hashes them makes a copy. */
const PIECE = 2 ** 24;
/** Digits of the hash in a file's name: 64 bits. */
const DIGITS = 16;

/**
 * The name of the file of weights that belongs to a model: one for each content, so that a model never finds those of
 * another export, however that ended.
 */
export async function weightsName(path: string, parts: readonly Content[]): Promise<string> {
  const hashes: Uint8Array[] = [];
  for await (const chunk of padded(parts)) {
    for (let at = 0; at < chunk.length; at += PIECE) hashes.push(await sha256(chunk.subarray(at, at + PIECE)));
  }
  const whole = new Uint8Array(hashes.length * 32);
  hashes.forEach((hash, index) => whole.set(hash, index * 32));
  const hex = Array.from(await sha256(whole), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${split(path).name}.${hex.slice(0, DIGITS)}.data`;
}

/**
 * Writes a model and the weights beside it: the weights under a name that no other model has, then the model; then weights
 * of earlier exports go. Whenever it ends, the model that is there finds its own weights.
 * @param pair.beside - The weights that are not in the model, and the file's name; undefined: all are in it.
 */
export async function writePair(
  storage: Storage,
  path: string,
  pair: {
    readonly model: AsyncIterable<Uint8Array>;
    readonly beside?: { readonly name: string; readonly parts: readonly Content[] } | undefined;
  },
): Promise<void> {
  const { folder, name } = split(path);
  const { beside } = pair;
  if (beside !== undefined) await storage.writeAtomic(folder + beside.name, padded(beside.parts));
  await storage.writeAtomic(path, pair.model);
  const isWeights = (other: string): boolean =>
    other.startsWith(`${name}.`) && /^\.[0-9a-f]{16}\.data$/.test(other.slice(name.length));
  for (const other of await storage.list(folder === '' ? '.' : folder)) {
    if (isWeights(other) && other !== beside?.name) await storage.remove(folder + other);
  }
  if (beside === undefined || (await storage.size(folder + beside.name)) !== undefined) return;
  throw new BackendError(
    `exportOnnx: another export to the same path removed the weights. Got no file '${folder}${beside.name}' beside '${path}'; ` +
      `expected one export at a time. Export it again.`,
    { op: 'exportOnnx', details: { path } },
  );
}

/** The folder of a path, with the slash at its end, and the last name. */
function split(path: string): { folder: string; name: string } {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  return { folder: path.slice(0, end), name: path.slice(end) };
}

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));

async function* padded(parts: readonly Content[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.chunks();
    const rest = (ALIGNMENT - (part.length % ALIGNMENT)) % ALIGNMENT;
    if (rest > 0) yield new Uint8Array(rest);
  }
}
