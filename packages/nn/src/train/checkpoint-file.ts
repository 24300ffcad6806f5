import { DataError, getDefaultBackend, BackendError } from '@gai/core';
import type { HostTensor, Storage } from '@gai/core/backend';
import { loadSafetensors, quoted, toHostTensors, writeSafetensors } from '@gai/core/io';
import { rawBytes } from '@gai/core/onnx';
import { findNonFinite } from './finite.ts';
import type { BadElement } from './finite.ts';
import type { TrainState } from './train-step.ts';

/** Numbers, text, flags, lists and records: what JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A training run that can go on: named tensors, the number of updates, and whatever else it needs to know. */
export interface Checkpoint extends TrainState {
  /** Position in the data, epoch, history: plain JSON. */
  readonly progress: { readonly [key: string]: Json };
}

/** Number of the checkpoint format this version writes. */
const FORMAT = 1;

/** The storage of the default backend, or an error that says what lacks it. */
export function defaultStorage(op: string): Storage {
  const { storage, name } = getDefaultBackend();
  if (storage !== undefined) return storage;
  throw new BackendError(`${op}: the backend '${name}' has no files. Got no storage; expected a backend with one.`, {
    op,
  });
}

/**
 * Writes a checkpoint as one safetensors file with checksums: to a temporary name, flushed, then renamed, so that a
 * reader finds the old file or the new one, whatever happens in between.
 *
 * A checkpoint with a NaN or an infinity in it is not written: the file keeps the last good one. Constants that are
 * meant to be infinite (a mask) belong in buffers with `persistent: false`.
 * @param path - The file.
 * @throws {@link DataError} if a value is not finite, or the file cannot be written; the old one is then untouched.
 * @category Training
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint, storage?: Storage): Promise<void> {
  const tensors = await toHostTensors(checkpoint.tensors);
  const { step, progress, trained, updates } = checkpoint;
  const bad = findNonFinite(tensors);
  if (bad !== undefined) throw notFinite(path, step, bad);
  const metadata = new Map([
    ['format', 'gai-checkpoint'],
    ['version', String(FORMAT)],
    ['state', JSON.stringify({ step, progress, trained, updates })],
  ]);
  metadata.set('sha256', await digest(tensors, metadata));
  await (storage ?? defaultStorage('saveCheckpoint')).writeAtomic(path, writeSafetensors(tensors, metadata));
}

/**
 * Reads a checkpoint and checks that it is whole.
 * @throws {@link DataError} if there is none, it is damaged, or of another format version.
 * @category Training
 */
export async function loadCheckpoint(path: string, storage?: Storage): Promise<Checkpoint> {
  const { tensors, metadata } = await loadSafetensors(storage ?? defaultStorage('loadCheckpoint'), path);
  const refuse = (what: string, got: string, expected: string, cause?: unknown): never => {
    throw new DataError(`loadCheckpoint: ${what}. Got ${got}; expected ${expected}. Use an earlier checkpoint.`, {
      op: 'loadCheckpoint',
      details: { path },
      cause,
    });
  };
  if (metadata.get('format') !== 'gai-checkpoint')
    refuse(`'${path}' is no checkpoint`, 'other metadata', 'gai-checkpoint');
  const version = metadata.get('version');
  if (version !== String(FORMAT))
    refuse(`'${path}' has another format version`, quoted(version, 40), quoted(String(FORMAT)));
  const found = await digest(await toHostTensors(tensors), metadata);
  if (found !== metadata.get('sha256'))
    refuse(`'${path}' is damaged`, `checksum ${found.slice(0, 12)}…`, 'the stored one');
  const state = parseState(metadata.get('state') ?? '', refuse);
  return { tensors, ...state };
}

function parseState(
  text: string,
  refuse: (what: string, got: string, expected: string, cause?: unknown) => never,
): Pick<Checkpoint, 'step' | 'progress' | 'trained' | 'updates'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return refuse('the progress is not JSON', quoted(text, 20), 'JSON', cause);
  }
  const { step, progress, trained, updates } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isCount = Number.isSafeInteger(step) && (step as number) >= 0;
  if (
    !isRecord(progress) ||
    !isCount ||
    (updates !== undefined && !isRecord(updates)) ||
    (trained !== undefined && typeof trained !== 'boolean')
  ) {
    return refuse('the progress is malformed', quoted(text, 40), '{ step, progress } with a step of 0 or more');
  }
  const state = { step: step as number, progress: progress as Checkpoint['progress'] };
  return {
    ...state,
    ...(trained === true && { trained }),
    ...(updates !== undefined && { updates: updates as Readonly<Record<string, number>> }),
  };
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function notFinite(path: string, step: number, { name, index, value, count }: BadElement): DataError {
  return new DataError(
    `saveCheckpoint: '${name}' is not finite. Got ${value} at element ${index} (${count} in all) after step ${step}; ` +
      `expected finite numbers. Nothing was written: what '${path}' held before is untouched. Go on from it, with a lower ` +
      `learning rate or clipped gradients.`,
    { op: 'saveCheckpoint', details: { path, step, name, index, count, nonFinite: true } },
  );
}

/** SHA-256 over the names, types and digests of all tensors and the state. */
async function digest(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: ReadonlyMap<string, string>,
): Promise<string> {
  const lines = [metadata.get('state') ?? ''];
  for (const [name, { dtype, shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`${name} ${dtype} ${shape.join()} ${await sha256(rawBytes(data))}`);
  }
  return sha256(new TextEncoder().encode(lines.join('\n')));
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
