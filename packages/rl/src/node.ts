export { serveEnv } from './serve/serve-env.ts';
export type { EnvServer, ServeEnvOptions } from './serve/serve-env.ts';
