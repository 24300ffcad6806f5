import { join } from 'node:path';
import { ArgumentError } from '@gai/core';
import { MODEL_CARDS } from '../cards/index.ts';
import { readManifest } from './manifest.ts';
import { hashFile } from './write-file.ts';

/**
 * What is wrong with a file of a model.
 * @category Models
 */
export interface FileProblem {
  readonly path: string;
  readonly problem: 'missing' | 'changed';
}

/** Reads every file of a model and compares it with its card, or with what was recorded when it was fetched. */
export async function checkModel(models: string, name: string): Promise<FileProblem[]> {
  const manifest = await readManifest(models, name);
  if (manifest === undefined) {
    throw new ArgumentError(
      `checkModel: the model is not here. Got '${name}'; expected one that was fetched. Run gai models fetch ${name}.`,
      { op: 'checkModel', details: { name } },
    );
  }
  const files = MODEL_CARDS.find((card) => card.name === name)?.files ?? manifest.files;
  const problems: FileProblem[] = [];
  for (const { path, bytes, sha256 } of files) {
    const there = await hashFile(join(models, name), path);
    if (there === undefined) problems.push({ path, problem: 'missing' });
    else if (there.bytes !== bytes || there.sha256 !== sha256) problems.push({ path, problem: 'changed' });
  }
  return problems;
}
