import { stat } from 'node:fs/promises';
import { DataError } from '@gai/core';

/** Refuses what is neither a folder nor a GGUF file, and says what to do about it. */
export async function checkModelPath(op: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true || (found?.isFile() === true && path.endsWith('.gguf'))) return;
  const [what, remedy] =
    found === undefined
      ? ['there is no such folder or file', 'Models that were fetched are where gai models path says.']
      : ['this file is no model', 'Name the folder with its config.json.'];
  throw new DataError(`${op}: ${what}. Got '${path}'; expected the folder of a model, or a .gguf file. ${remedy}`, {
    op,
    details: { path },
  });
}
