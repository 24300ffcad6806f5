import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { DataError } from '@gai/core';
import { findModel } from '../models/find-model.ts';

/** Where weights are, and where they go if nobody says it. */
export interface WeightsPlace {
  readonly path: string;
  readonly out: string;
}

/** The names that Hugging Face's library gives to the weights of a folder, the ones it prefers first. */
const USUAL: readonly string[] = ['pytorch_model.bin', 'pytorch_model.bin.index.json', 'model.safetensors.index.json'];
const KNOWN = /\.(?:bin|pt|pth|ckpt|gguf|npz)$/;

/** Finds the weights of what was named: a file, a folder that has one, or a model of the cache, which is left as it is. */
export async function findWeights(given: string): Promise<WeightsPlace> {
  const { path, name } = await findModel('convert', given);
  const isFolder = (await stat(path)).isDirectory();
  const file = isFolder ? join(path, await fileIn(path)) : path;
  const { dir, base, name: stem } = parse(file);
  // The loaders look for this name in a folder.
  const isModel = base.endsWith('.index.json') || (isFolder && USUAL.includes(base));
  const out = isModel ? join(dir, 'model.safetensors') : join(dir, `${stem}.safetensors`);
  return { path: file, out: name === undefined ? out : `${name}.safetensors` };
}

async function fileIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  const usual = USUAL.find((name) => names.includes(name));
  if (usual !== undefined) return usual;
  const found = names.filter((name) => KNOWN.test(name));
  if (found.length === 1) return found[0]!;
  const done = names.filter((name) => name.endsWith('.safetensors'));
  const [problem, got, remedy] =
    found.length > 1
      ? ['several files could be meant', found.slice(0, 8).join(', '), 'Name one of them.']
      : done.length > 0
        ? [
            'there is nothing to convert',
            `${done.slice(0, 3).join(', ')}, which is safetensors already`,
            'Take it as it is.',
          ]
        : ['there are no weights', names.slice(0, 8).join(', ') || 'an empty folder', 'Name a file.'];
  throw new DataError(
    `convert: ${problem}. Got ${got} in '${folder}'; expected ${USUAL.join(', ')}, or one checkpoint, GGUF or .npz file. ${remedy}`,
    { op: 'convert', details: { folder } },
  );
}
