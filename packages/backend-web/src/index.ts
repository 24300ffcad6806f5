export { webBackend } from './backend.ts';
export type { WebBackend, WebBackendOptions, WebDevice } from './options.ts';
