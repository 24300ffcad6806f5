export { CacheView } from './cache-view.ts';
export type { CacheAttendOptions, CacheParts, KeysValues } from './cache-view.ts';
export { keepTokens } from './keep-tokens.ts';
export { KeyValueCache } from './key-value-cache.ts';
export type { CacheNames, KeyValueCacheOptions } from './key-value-cache.ts';
