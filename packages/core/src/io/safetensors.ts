import { bytesPerElement, holds } from '../dtype.ts';
import { DataError } from '../errors.ts';
import type { HostTensor } from '../backend/backend.ts';
import { rawBytes } from '../onnx/model.ts';
import { SAFETENSORS_DTYPES, parseHeader } from './safetensors-header.ts';
import type { SafetensorsEntry } from './safetensors-header.ts';
import { viewOf } from './lazy-tensor.ts';

/** Named tensors and free text, as a safetensors file holds them. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The header's bytes are padded to a multiple of this, so that the data after it is aligned. */
const ALIGNMENT = 8;

/**
 * Writes named tensors in the safetensors format, as chunks in file order (the header, then each tensor's bytes).
 * Larger elements come first, so that every tensor is aligned.
 * @param tensors - Tensors by name.
 * @param metadata - Free text by key.
 * @example
 * const chunks = writeSafetensors(new Map([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]));
 * readSafetensors(concatBytes(chunks)).tensors.get('w')?.shape; // => [2]
 * @see https://github.com/huggingface/safetensors
 * @category Files
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array[] {
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  const { start, names } = planSafetensors(tensors, metadata);
  const chunks = names.map((name) => rawBytes(tensors.get(name)!.data));
  return [start, ...chunks];
}

/** The beginning of a safetensors file, and the order in which the bytes of the tensors follow. */
export function planSafetensors(
  tensors: ReadonlyMap<string, Omit<HostTensor, 'data'>>,
  metadata: ReadonlyMap<string, string>,
): { readonly start: Uint8Array; readonly names: readonly string[] } {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype) || (nameA < nameB ? -1 : 1),
  );
  checkMetadata(metadata);
  const header: [string, unknown][] = metadata.size > 0 ? [['__metadata__', Object.fromEntries(metadata)]] : [];
  let offset = 0;
  for (const [name, { dtype, shape }] of sorted) {
    checkName(name);
    const end = offset + shape.reduce((product, size) => product * size, bytesPerElement(dtype));
    header.push([name, { dtype: SAFETENSORS_DTYPES[dtype], shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const start = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(json, 8);
  return { start, names: sorted.map(([name]) => name) };
}

/** What is no text would be written, and the file refused by every reader. */
function checkMetadata(metadata: ReadonlyMap<string, string>): void {
  const [odd] = [...metadata].filter((entry) => entry.some((text) => typeof text !== 'string'));
  if (odd === undefined) return;
  throw new DataError(
    `writeSafetensors: metadata is not text. Got ${String(odd[0])}: ${typeof odd[1]}; expected strings. Write it as JSON.`,
    { op: 'writeSafetensors', details: { key: odd[0] } },
  );
}

function checkName(name: string): void {
  if (name !== '__metadata__' && name !== '__proto__') return;
  throw new DataError(
    `writeSafetensors: reserved name. Got a tensor called '${name}'; expected another name. Rename it.`,
    { op: 'writeSafetensors', details: { name } },
  );
}

function checkTensor(name: string, { dtype, shape, data }: HostTensor): void {
  const fail = (problem: string): never => {
    throw new DataError(`writeSafetensors: ${problem}`, { op: 'writeSafetensors', details: { name } });
  };
  checkName(name);
  if (!holds(dtype, data))
    fail(`'${name}' holds another dtype. Got ${data.constructor.name}; expected one for ${dtype}.`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length === count) return;
  fail(`'${name}' does not fill its shape. Got ${data.length} elements; expected ${count} for [${shape.join(',')}].`);
}

/**
 * Reads a safetensors file held in memory. Tensors are views into `bytes` where they are aligned.
 * @param bytes - The whole file.
 * @throws {@link DataError} if the header is malformed, or sizes, offsets and dtypes do not agree with the data.
 * @category Files
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const header = parseHeader(bytes, bytes.length);
  const tensors = new Map<string, HostTensor>();
  for (const [name, entry] of header.entries) {
    tensors.set(name, toHost(entry, bytes.subarray(header.dataStart + entry.start, header.dataStart + entry.end)));
  }
  return { tensors, metadata: header.metadata };
}

/** The bytes of one tensor as a typed array, copied only where they are not aligned. */
export function toHost({ dtype, shape }: SafetensorsEntry, bytes: Uint8Array): HostTensor {
  return { dtype, shape, data: viewOf(bytes, dtype) };
}

/** Several chunks as one array of bytes. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
