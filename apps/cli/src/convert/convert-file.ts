import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import type { Tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { bytesPerElement } from '@gai/core/backend';
import { saveSafetensors } from '@gai/core/io';
import { UsageError } from '../errors.ts';
import type { Streams } from '../streams.ts';
import { counted } from '../terminal/counted.ts';
import { megabytes } from '../terminal/megabytes.ts';
import { plain } from '../terminal/plain.ts';
import { progress } from '../terminal/progress.ts';
import { findWeights } from './find-weights.ts';
import { openWeights } from './open-weights.ts';
import type { Weights } from './open-weights.ts';

/** Options of `gai convert`. */
export interface ConvertOptions {
  readonly out?: string;
  readonly key?: string;
  readonly tied: 'all' | 'once';
  readonly force?: boolean;
  readonly json?: boolean;
}

/** What is left out is listed up to so many names. */
const MAX_SHOWN = 5;
const MAX_NAME = 80;
/** The library transformers refuses a file that does not say where it comes from; it knows `pt`. */
const METADATA = new Map([['format', 'pt']]);

/** Writes the weights of a file as safetensors, reading one piece of a tensor after the other. */
export async function convertFile(given: string, options: ConvertOptions, streams: Streams): Promise<void> {
  const { path, out: usual } = await findWeights(given);
  const out = options.out ?? usual;
  if (resolve(out) === resolve(path)) throw new UsageError(`'${out}' is the file to be read. Choose another --out.`);
  const weights = await openWeights(path, options.key);
  if (options.force !== true && (await exists(out))) {
    throw new UsageError(`there is a file '${out}' already. Choose another --out, or add --force to replace it.`);
  }
  const tensors = options.tied === 'once' ? withoutAliases(weights) : weights.tensors;
  const total = Object.values(tensors).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  const bar = progress(streams.stderr, 'converting');
  const storage = counting(fileStorage, (bytes) => bar.update(Math.min(1, bytes / Math.max(total, 1))));
  try {
    await saveSafetensors(storage, out, tensors, METADATA);
  } finally {
    bar.end();
  }
  report({ out, weights, tensors, bytes: total }, options, streams);
}

function withoutAliases({ tensors, aliases }: Weights): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !aliases.has(name)));
}

const countOf = (tensor: Tensor): number => tensor.shape.reduce<number>((product, size) => product * Number(size), 1);
const bytesOf = (tensor: Tensor): number => countOf(tensor) * bytesPerElement(tensor.dtype);

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A storage that tells how many bytes were written. */
function counting(storage: Storage, onBytes: (bytes: number) => void): Storage {
  return {
    ...storage,
    writeAtomic(path, chunks) {
      async function* watched(): AsyncGenerator<Uint8Array> {
        let bytes = 0;
        for await (const chunk of chunks) {
          yield chunk;
          onBytes((bytes += chunk.length));
        }
      }
      return storage.writeAtomic(path, watched());
    },
  };
}

function report(
  { out, weights, tensors, bytes }: { out: string; weights: Weights; tensors: Weights['tensors']; bytes: number },
  { json, tied }: ConvertOptions,
  { stdout, stderr }: Streams,
): void {
  const { format, aliases, leftOut } = weights;
  const parameters = Object.entries(tensors).reduce(
    (sum, [name, tensor]) => sum + (aliases.has(name) ? 0 : countOf(tensor)),
    0,
  );
  const count = Object.keys(tensors).length;
  if (leftOut.length > 0) {
    const more = leftOut.length > MAX_SHOWN ? `, and ${leftOut.length - MAX_SHOWN} more` : '';
    stderr.write(
      `left out, not being tensors: ${leftOut
        .slice(0, MAX_SHOWN)
        .map((name) => plain(name.slice(0, MAX_NAME)))
        .join(', ')}${more}\n`,
    );
  }
  if (json === true) {
    const tiedNames = Object.fromEntries(aliases);
    stdout.write(`${JSON.stringify({ out, format, tensors: count, parameters, bytes, tied: tiedNames, leftOut })}\n`);
    return;
  }
  const same =
    aliases.size === 0 ? '' : `, ${aliases.size} of them the same as another${tied === 'once' ? ' and left out' : ''}`;
  stdout.write(
    `${plain(out)}\n  ${counted(count, 'tensor')}${same}; ${parameters.toLocaleString('en')} numbers, ${megabytes(bytes)}\n`,
  );
}
