import { openModelCache } from '@gai/hub/node';
import type { ModelsOptions } from '../commands/models.ts';
import type { Streams } from '../streams.ts';

/** Removes models; one that is not here is no failure. */
export async function removeModels(
  names: readonly string[],
  options: ModelsOptions,
  { stdout }: Streams,
): Promise<void> {
  const cache = openModelCache({ folder: options.cache });
  const removed = [];
  for (const name of names) {
    if (await cache.remove(name)) removed.push(name);
    else if (options.json !== true) stdout.write(`${name} was not here\n`);
  }
  if (options.json === true) stdout.write(`${JSON.stringify({ removed })}\n`);
  else if (removed.length > 0) stdout.write(`removed ${removed.join(', ')}\n`);
}
