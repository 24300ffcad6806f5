export { CacheView } from './cache-view.ts';
export type { CacheParts, KeysValues } from './cache-view.ts';
export { KeyValueCache } from './key-value-cache.ts';
export type { CacheNames, KeyValueCacheOptions } from './key-value-cache.ts';
