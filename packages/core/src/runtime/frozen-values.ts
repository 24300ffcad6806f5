import type { Backend, ExternalContent } from '../backend/backend.ts';
import type { Leaf, StoredRange, Tensor, WatchedFile } from '../ir/tensor.ts';
import type { LowerRequest } from '../lowering/lower.ts';
import type { Weight } from '../onnx/emit.ts';
import { rawBytes } from '../onnx/model.ts';
import type { ExternalData } from '../onnx/model.ts';

/** Bytes from which what never changes is handed over beside the model instead of inside it. */
const BESIDE = 1024;
/** Beside weights in files nothing can be handed over; so much at most goes into the model then. */
const INSIDE = 2 ** 30;
/** So many bytes at most are read and handed over, though they lie in files: what is read cannot change any more. */
const READ = 2 ** 24;

/** A value as it was when it was asked for. */
export interface Held {
  readonly tensor: Tensor;
  readonly leaf: Leaf;
  readonly weight: Weight;
}

/** The values of one moment, as a session takes them. */
export interface FrozenValues {
  /** Equal text, equal model; undefined: the model holds values that may change. */
  readonly plan: string | undefined;
  readonly frozen: ReadonlyMap<Tensor, Weight>;
  readonly external: NonNullable<LowerRequest['external']>;
  readonly externalData?: ReadonlyMap<string, ExternalContent>;
  /** Where the locations lie. */
  readonly externalFolder?: string;
  /** The files in which they lie, to be let go of. */
  readonly files?: readonly WatchedFile[];
}

/** A weight in a file, as a model and as we name it. */
type Place = ExternalData & { readonly folder: string; readonly range: StoredRange };

/** Where each value lies for the session: in its file, if the runtime reads files and most do; else beside the model. */
export async function valuesOf(held: readonly Held[], backend: Backend): Promise<FrozenValues> {
  const files = new Map<Weight, Place>();
  for (const { leaf, weight } of held) {
    const file = await fileOf(leaf, backend);
    if (file !== undefined) files.set(weight, file);
  }
  const lengthOf = (weights: Iterable<Weight>): number =>
    [...weights].reduce((sum, { content }) => sum + content.length, 0);
  const inFiles = lengthOf(files.keys());
  const rest = lengthOf(held.map(({ weight }) => weight)) - inFiles;
  return inFiles > Math.max(rest, READ) && rest <= INSIDE ? inTheirFiles(held, files) : besideTheModel(held);
}

async function fileOf(leaf: Leaf, backend: Backend): Promise<Place | undefined> {
  if (leaf.kind !== 'stored' || leaf.source.data !== undefined || backend.locate === undefined) return undefined;
  const range = await leaf.source.file();
  const place = range && backend.locate(range.path);
  return place && { ...place, offset: range.offset, length: range.length, range };
}

/** The runtime maps files; what lies in none, or below another folder, goes into the model. */
async function inTheirFiles(held: readonly Held[], files: ReadonlyMap<Weight, Place>): Promise<FrozenValues> {
  const [{ folder: externalFolder } = { folder: undefined }] = files.values();
  const places = new Map([...files].filter(([, { folder }]) => folder === externalFolder));
  const frozen = new Map<Tensor, Weight>();
  for (const { tensor, leaf, weight } of held) {
    frozen.set(tensor, places.has(weight) ? weight : { ...weight, content: await bytesOf(leaf) });
  }
  const written = [...places.values()].map(({ location, offset, length }) => [location, offset, length]);
  const plan = places.size === held.length ? JSON.stringify([externalFolder, ...written]) : undefined;
  const external = (weight: Weight): ExternalData | undefined => places.get(weight);
  return { plan, frozen, external, externalFolder: externalFolder!, files: await watchAll(places.values()) };
}

/** Each file once. */
async function watchAll(places: Iterable<Place>): Promise<WatchedFile[]> {
  const ranges = new Map([...places].map(({ range }) => [range.path, range]));
  const files: WatchedFile[] = [];
  try {
    for (const range of ranges.values()) files.push(await range.watch());
    return files;
  } catch (error) {
    for (const file of files) file.release();
    throw error;
  }
}

/** All that is large or may change is handed over as bytes, or as the buffer that the backend has. */
async function besideTheModel(held: readonly Held[]): Promise<FrozenValues> {
  const places = new Map<Weight, ExternalData>();
  const externalData = new Map<string, ExternalContent>();
  for (const { tensor, leaf, weight } of held) {
    const { name, content } = weight;
    if (leaf.kind === 'host' && tensor.leaf?.kind !== 'variable' && content.length < BESIDE) continue;
    places.set(weight, { location: name, offset: 0, length: content.length });
    externalData.set(name, leaf.kind === 'device' ? leaf.buffer : await bytesOf(leaf));
  }
  const frozen = new Map(held.map(({ tensor, weight }) => [tensor, weight]));
  return { plan: 'beside', frozen, external: (weight) => places.get(weight), externalData };
}

async function bytesOf(leaf: Leaf): Promise<Uint8Array> {
  if (leaf.kind === 'device') return rawBytes(await leaf.buffer.read());
  if (leaf.kind === 'stored') return rawBytes(leaf.source.data ?? (await leaf.source.read()));
  return rawBytes((leaf as Extract<Leaf, { kind: 'host' }>).data);
}
