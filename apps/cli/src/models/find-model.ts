import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@gai/core';
import { openModelCache } from '@gai/hub/node';
import { didYouMean } from '../suggest.ts';

/** What somebody named, found on this machine. */
export interface FoundModel {
  /** A folder or a file. */
  readonly path: string;
  /** The name of a model of the cache; undefined if a path was given. */
  readonly name: string | undefined;
}

/**
 * Finds the model that a command is to use: a path, or the name of a model that was fetched. A path that is there wins. A folder whose
 * model is a single GGUF file stands for that file. Nothing is fetched.
 * @throws {@link DataError} that says how to get the model, or which name was perhaps meant.
 */
export async function findModel(op: string, given: string): Promise<FoundModel> {
  const found = await stat(given).catch(() => undefined);
  if (found !== undefined) return { path: found.isDirectory() ? await modelIn(given) : given, name: undefined };
  const models = await openModelCache().list();
  const known = models.find(({ card }) => card.name === given);
  if (known?.cached !== undefined) return { path: await modelIn(known.cached.folder), name: given };
  throw known === undefined
    ? notFound(
        op,
        given,
        models.map(({ card }) => card.name),
      )
    : notFetched(op, given);
}

/** As {@link findModel}, for what takes the folder of a model or a GGUF file. */
export async function findModelPath(op: string, given: string): Promise<string> {
  const { path } = await findModel(op, given);
  const found = await stat(path);
  if (found.isDirectory() || (found.isFile() && path.endsWith('.gguf'))) return path;
  throw new DataError(
    `${op}: this file is no model. Got '${given}'; expected the folder of a model, or a .gguf file. Name the folder with its config.json.`,
    { op, details: { path } },
  );
}

/** What says as much about a model as a GGUF file beside it. */
const OTHERS = /^(?:config\.json|tokenizer\.json|vocab\.(?:txt|json)|.+\.model)$/;

async function modelIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  const files = names.filter((name) => name.endsWith('.gguf'));
  return files.length === 1 && !names.some((name) => OTHERS.test(name)) ? join(folder, files[0]!) : folder;
}

const notFetched = (op: string, name: string): DataError =>
  new DataError(
    `${op}: the model is not here. Got '${name}'; expected a model that was fetched. Run gai models fetch ${name}.`,
    { op, details: { name } },
  );

const notFound = (op: string, given: string, names: readonly string[]): DataError =>
  new DataError(
    `${op}: there is no such folder or file, and no model of that name. Got '${given}'; expected a path, or a name of gai models list. ` +
      `${didYouMean(given, names)}Check the path.`,
    { op, details: { path: given } },
  );
