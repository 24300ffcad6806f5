export { cacheFolder } from './cache/cache-folder.ts';
export { openModelCache } from './cache/open-model-cache.ts';
export type { CacheOptions, CachedModel, FetchOptions, FileProblem, ModelCache } from './cache/open-model-cache.ts';
export { tryModel } from './cache/try-model.ts';
export type { RegistryClients } from './registry/run-client.ts';
