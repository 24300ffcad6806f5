import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { quoted } from '@gai/core/io';
import { weightMap } from '@gai/formats';
import type { Weights } from './open-weights.ts';

const MOST_FILES = 10_000;

/**
 * Opens the files that an index names, as Hugging Face's library divides large models, and joins their tensors.
 * @param open - Opens one of the files.
 * @throws {@link DataError} if the index leads out of its folder, or does not fit the files.
 */
export async function openIndex(path: string, open: (file: string) => Promise<Weights>): Promise<Weights> {
  const index = parse(await readFile(path, 'utf8'));
  const map = weightMap(index, { op: 'convert', path, endings: ['bin', 'safetensors'] });
  const files = [...new Set(map.values())];
  if (files.length > MOST_FILES) throw badIndex(path, `${files.length} files`, `at most ${MOST_FILES}`);
  const tensors = new Map<string, Tensor>();
  const aliases = new Map<string, string>();
  const leftOut = new Set<string>();
  let format: Weights['format'] = 'torch';
  for (const file of files) {
    const part = await open(join(dirname(path), file));
    format = part.format;
    for (const [name, tensor] of Object.entries(part.tensors)) {
      if (tensors.has(name)) throw badIndex(path, `${quoted(name)} again in '${file}'`, 'every tensor once');
      tensors.set(name, tensor);
    }
    for (const [name, of] of part.aliases) aliases.set(name, of);
    for (const name of part.leftOut) leftOut.add(name);
  }
  for (const [name, file] of map) {
    if (!tensors.has(name)) throw badIndex(path, `'${file}' without ${quoted(name)}`, 'the tensors it names');
  }
  return { format, tensors: Object.fromEntries(tensors), aliases, leftOut: [...leftOut] };
}

/** What a JSON file holds; undefined if it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const badIndex = (path: string, got: string, expected: string): DataError =>
  new DataError(
    `convert: the index does not fit. Got ${got} in '${path}'; expected ${expected}. Fetch the folder again.`,
    {
      op: 'convert',
      details: { path },
    },
  );
