import { GaiError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { openModelCache } from './open-model-cache.ts';
import type { CachedModel, CacheOptions } from './open-model-cache.ts';

/**
 * A model for a test: from the cache, or fetched. Where neither works it is undefined, and standard error says so in
 * capital letters: a test that is left out must not look like one that passed. With `GAI_MODELS=required` in the
 * environment, as in CI, it is an error instead.
 * @param name - The name of a card.
 * @example
 * const model = await tryModel('minilm', { folder: '/nowhere', clients: { pip: ['no-such-program'] } });
 * model; // => undefined
 * @category Models
 */
export async function tryModel(name: string, options: CacheOptions = {}): Promise<CachedModel | undefined> {
  checkOptionNames('tryModel', options, ['folder', 'clients']);
  const cache = openModelCache(options);
  try {
    return await cache.fetch(name);
  } catch (error) {
    if (process.env['GAI_MODELS'] === 'required') throw error;
    if (!GaiError.isInstance(error) || (error.code !== 'FETCH' && error.code !== 'STORAGE')) throw error;
    process.stderr.write(
      `\nMODEL ${name.toUpperCase()} IS NOT HERE: TESTS THAT NEED IT ARE LEFT OUT. ${error.message}\n\n`,
    );
    return undefined;
  }
}
